#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <queue>
#include <random>
#include <vector>

#include "market/order.h"

namespace naive::simulation {

using Time = std::chrono::steady_clock::time_point;
using std::chrono::microseconds;
using namespace std::chrono_literals;

/// The exchange's clock: the same one, for nobody here has to guess an offset.
inline market::ExchangeTime exchange_time(Time time) {
  return market::ExchangeTime{std::chrono::duration_cast<microseconds>(time.time_since_epoch())};
}

/// Virtual time, and what will happen in it. One seed, one history.
class Schedule {
 public:
  explicit Schedule(std::uint64_t seed) : random_(seed) {}

  Time now() const { return now_; }
  market::ExchangeTime exchange_now() const { return exchange_time(now_); }
  void at(Time when, std::function<void()> what) {
    queue_.push({.when = std::max(when, now_), .number = ++last_number_, .what = std::move(what)});
  }
  void after(microseconds delay, std::function<void()> what) { at(now_ + delay, std::move(what)); }

  /// The next thing happens; false when it is later than `end`.
  bool step(Time end) {
    if (queue_.empty() || queue_.top().when > end) return false;
    auto what = std::move(const_cast<Entry&>(queue_.top()).what);
    now_ = queue_.top().when;
    queue_.pop();
    what();
    return true;
  }

  /// True with this probability, in thousandths.
  bool chance(int per_mille) { return below(1000) < per_mille; }
  int below(int limit) { return static_cast<int>(random_() % static_cast<std::uint64_t>(limit)); }
  microseconds between(microseconds least, microseconds most) {
    return least + microseconds{static_cast<std::int64_t>(
                       random_() % static_cast<std::uint64_t>((most - least).count() + 1))};
  }

 private:
  struct Entry {
    Time when;
    std::uint64_t number;  // what was scheduled first happens first
    std::function<void()> what;
    bool operator<(const Entry& other) const {
      return when != other.when ? when > other.when : number > other.number;
    }
  };

  std::priority_queue<Entry> queue_;
  Time now_{std::chrono::hours{1}};
  std::uint64_t last_number_ = 0;
  std::mt19937_64 random_;
};

}  // namespace naive::simulation
