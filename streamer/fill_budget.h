#pragma once

#include <algorithm>
#include <chrono>
#include <deque>

namespace naive::streamer {

/// How many gaps may be filled. A fetch weighs 25 of the 6000 that Binance grants an address per minute, and orders need
/// theirs: after a lost connection every symbol may have a gap.
class FillBudget {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  static constexpr std::size_t kMaxFills = 60;
  static constexpr std::chrono::seconds kPeriod{60};

  /// True: fill, and it is counted.
  bool take(TimePoint now) {
    while (!fills_.empty() && fills_.front() + kPeriod <= now) fills_.pop_front();
    if (now < paused_until_ || fills_.size() >= kMaxFills) return false;
    fills_.push_back(now);
    return true;
  }
  /// The exchange wants to be left alone.
  void pause(TimePoint until) { paused_until_ = std::max(paused_until_, until); }

 private:
  std::deque<TimePoint> fills_;
  TimePoint paused_until_{};
};

}  // namespace naive::streamer
