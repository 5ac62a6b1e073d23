#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "binance_mock/symbol_spec.h"
#include "market/order.h"

namespace naive::binance_mock {

/// A public trade to come, and how long after the one before it. Ids and times are given when it
/// happens.
struct Print {
  market::Price price;
  market::Quantity quantity;
  bool buyer_is_maker = false;
  std::int64_t recorded_id = 0;  // 0: not recorded
  std::chrono::microseconds gap{0};
};

/// An endless sequence of trades of one symbol.
class PriceSource {
 public:
  virtual ~PriceSource() = default;
  virtual Print next() = 0;
};

/// The recorded trades forwards, then backwards, then forwards again, the turning points once each:
/// prices stay continuous for ever. Played backwards a buyer is a seller. `trades` must not be
/// empty and outlive the source.
std::unique_ptr<PriceSource> play_tape(const std::vector<market::Trade>& trades);

/// A random walk on the symbol's own grid: a few trades a second that move the price by up to 0.02
/// %, but at least by a tick, and keep it between half and twice `start`. The same seed and symbol
/// give the same walk.
std::unique_ptr<PriceSource> walk_randomly(const market::SymbolRules& rules, market::Price start,
                                           std::uint64_t seed);

/// Where a walk starts when nothing is known: ten thousand ticks, four significant digits.
market::Price default_start(const market::SymbolRules& rules);

}  // namespace naive::binance_mock
