#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "market/order.h"

namespace naive::streamer {

/// Keeps one symbol's trades in order and without duplicates. At a gap it holds the trades behind
/// it back until the missing ones have been asked for, so that readers see ascending ids, whatever
/// happens.
class TradeSequence {
 public:
  /// Trades that are fetched for one gap; of a larger one, the last ones.
  static constexpr std::int64_t kMaxFill = 1000;
  /// Trades held back; with more the gap stays.
  static constexpr std::size_t kMaxHeld = 4096;

  struct Gap {
    std::int64_t from = 0;
    std::int64_t to = 0;

    friend bool operator==(const Gap&, const Gap&) = default;
  };
  enum class Step {
    kPublish,
    kRenumbered,  // publish as well: the exchange has begun to count anew, as Binance's testnet does every month
    kDuplicate,
    kGap,       // gap() is missing: fetch it, then filled()
    kHeld,      // behind a gap
    kOverflow,  // as kHeld, but enough: release()
  };
  Step take(const market::Trade& trade);

  /// The exchange has trades up to `to`, though none of them came: a gap with nothing behind it yet. It begins after the last
  /// trade that came, or after `after` if none ever did. nullopt: they came, or a gap is being filled already.
  std::optional<Gap> miss(std::int64_t after, std::int64_t to);
  /// The gap that is being filled.
  std::optional<Gap> gap() const { return gap_; }

  /// What came of fetching `gap`; nothing, if that failed. Returns what is to be published now, in order. There may be a
  /// next gap() then. A gap that is not being filled any more is ignored.
  std::vector<market::Trade> filled(const Gap& gap, const std::vector<market::Trade>& trades);
  /// Gives the gap up: everything that is held back, to be published now.
  std::vector<market::Trade> release();

  /// 0: none seen yet.
  std::int64_t last_trade_id() const { return last_; }

 private:
  Step take_behind_gap(const market::Trade& trade);
  void begin_gap(const market::Trade& next);
  void advance(const market::Trade& trade);

  std::int64_t last_ = 0;  // that was published
  market::ExchangeTime last_time_;
  std::optional<Gap> gap_;
  std::vector<market::Trade> held_;
};

}  // namespace naive::streamer
