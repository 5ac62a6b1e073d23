#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "binance_mock/price_source.h"

namespace naive::binance_mock {

/// How fast prices move.
class Pace {
 public:
  static Pace recorded() { return Pace{1}; }
  /// Nothing moves by itself.
  static Pace stepped() { return Pace{0}; }
  /// `recorded`, `stepped`, or `x10`: ten times as fast, up to x100000.
  static std::optional<Pace> parse(std::string_view text);

  bool is_stepped() const { return factor_ == 0; }
  std::chrono::microseconds scale(std::chrono::microseconds gap) const {
    return is_stepped() ? gap : gap / factor_;
  }

 private:
  explicit Pace(int factor) : factor_(factor) {}
  int factor_;
};

/// What is to be published next.
struct FeedTrade {
  std::string symbol;
  Print print;
};

/// Decides when which symbol trades: the tapes always, a random walk only while somebody wants it.
/// Time is an argument.
class Feed {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using IsWanted = std::function<bool(const std::string& symbol)>;

  explicit Feed(Pace pace) : pace_(pace) {}

  /// `delay`: from the start of the tape to its first trade.
  void add_tape(const std::string& symbol, std::unique_ptr<PriceSource> source,
                std::chrono::microseconds delay, Time now);
  void add_walk(const std::string& symbol, std::unique_ptr<PriceSource> source);

  /// Somebody began to be interested in a symbol: its random walk goes on, if it has one.
  void wake(const std::string& symbol, Time now);
  /// When the next trade is due; nullopt: nothing will happen by itself.
  std::optional<Time> next_due() const;
  /// The next trade that is due at `now`. A walk that nobody wants any more falls asleep.
  std::optional<FeedTrade> take_due(Time now, const IsWanted& is_wanted);
  /// The next trade of the tapes, due or not. nullopt: there is no tape.
  std::optional<FeedTrade> step();

 private:
  enum class Kind { kTape, kWalk };
  struct Line {
    std::string symbol;
    Kind kind;
    std::unique_ptr<PriceSource> source;
    Print upcoming;
    bool scheduled = false;
  };

  FeedTrade take(std::size_t index, Time due);
  void schedule(std::size_t index, Time due);

  Pace pace_;
  std::vector<Line> lines_;
  std::map<std::string, std::size_t> walks_;
  std::set<std::pair<Time, std::size_t>> queue_;
};

}  // namespace naive::binance_mock
