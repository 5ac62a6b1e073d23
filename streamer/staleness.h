#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace naive::streamer {

/// Whether streams bring what the exchange has. A silent stream may be dead or its market quiet;
/// the exchange knows, so it is asked for its newest trade. Pure: tells whom to ask about and when,
/// is told what came of it.
///
///   nothing came for the symbol's patience    ask
///   the newest trade is the last that came    quiet: twice the patience
///   there is a newer one                      it may be on its way: wait for kGrace
///   still nothing came                        missing; the connection is stale, if it is its fault:
///                                             twice the patience, as a new one may not help
///   a trade comes                             patience is `stale_after` again
///
/// The newest trade of a symbol of which none ever came is where it begins. What the first answer
/// on a new connection shows to be missing was lost before or while it was made, and is no reason
/// for yet another one; unless nothing at all came on this one.
///
/// Questions are asked one at a time, first about the symbol whose silence is longest compared with
/// its patience: however many markets are quiet, a busy one that falls silent is noticed soon.
class Staleness {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Between two questions. One weighs 4 of the 6000 that Binance grants an address per minute, so
  /// all of them 240 at most.
  static constexpr std::chrono::seconds kSpacing{1};
  static constexpr std::chrono::seconds kGrace{2};
  /// Patience grows to 32 times `stale_after`.
  static constexpr int kMaxDoublings = 5;

  explicit Staleness(std::chrono::milliseconds stale_after) : stale_after_(stale_after) {}

  /// The symbol's stream has been requested: from now on its trades should come.
  void expect(const std::string& symbol, TimePoint now);
  void heard(const std::string& symbol, std::int64_t trade_id, TimePoint now);
  void forget(const std::string& symbol) { watches_.erase(symbol); }
  /// Nothing is expected until expect() says so again.
  void disconnected();

  /// The symbol to ask about now, if any. There is no other one before answered().
  std::optional<std::string> next_question(TimePoint now);
  /// `newest`: the id of the exchange's newest trade, 0 if there is none; nullopt: it did not say.
  void answered(const std::string& symbol, std::optional<std::int64_t> newest, TimePoint now);
  /// The exchange wants to be left alone.
  void pause(TimePoint until);

  struct Missing {
    std::string symbol;
    std::int64_t last = 0;    // trade that came, or that was the newest when we began
    std::int64_t newest = 0;  // trade at the exchange
    std::chrono::steady_clock::duration silent_for{};
    bool is_stale = false;  // the connection: it is of no use

    friend bool operator==(const Missing&, const Missing&) = default;
  };
  /// What is certain now, told once.
  std::optional<Missing> take_missing(TimePoint now);

  /// When to call next_question() and take_missing() again; nullopt: not before something else
  /// happens.
  std::optional<TimePoint> due() const;

 private:
  struct Watch {
    TimePoint heard;                      // the last trade; the first expect() before there was one
    TimePoint complete;                   // when nothing was missing, as far as we know
    std::optional<std::int64_t> last_id;  // 0: there is none
    int doublings = 0;                    // of its patience
    bool expected = true;
    bool begun = false;  // last_id is of this connection
  };
  struct Suspect {
    std::string symbol;
    std::int64_t newest = 0;
    TimePoint heard;  // the watch's: another one means that its stream lives
    TimePoint until;
  };

  std::chrono::milliseconds patience(const Watch& watch) const;
  static void wait_longer(Watch& watch);
  void make_silent_ones_wait_longer(TimePoint now);

  std::chrono::milliseconds stale_after_;
  std::unordered_map<std::string, Watch> watches_;
  bool alive_ = false;  // some trade came on this connection
  bool asked_ = false;
  std::optional<Suspect> suspect_;
  TimePoint next_allowed_{};
};

}  // namespace naive::streamer
