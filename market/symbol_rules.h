#pragma once

#include <string>

#include "market/amounts.h"

namespace naive::market {

/// What the exchange demands of an order for one symbol: Binance's PRICE_FILTER, LOT_SIZE and
/// NOTIONAL or MIN_NOTIONAL. A zero disables that bound, as at Binance.
struct SymbolRules {
  std::string symbol;
  std::string base_asset;
  std::string quote_asset;
  Price min_price;
  Price max_price;
  Price tick_size;
  Quantity min_quantity;
  Quantity max_quantity;
  Quantity step_size;
  Money min_notional;
  Money max_notional;

  friend bool operator==(const SymbolRules&, const SymbolRules&) = default;
};

/// The largest multiple of the tick size that is not above `price`; `price` itself when there is no
/// tick size.
Price floor_tick(Price price, Price tick_size);
/// The largest multiple of the step size that is not above `quantity`.
Quantity floor_step(Quantity quantity, Quantity step_size);

/// The filter that an order breaks, by Binance's name, or kNone. Checked in the order of this list.
enum class Filter { kNone, kPriceFilter, kLotSize, kNotional };

Filter broken_filter(const SymbolRules& rules, Price price, Quantity quantity);

/// A symbol as users and the exchange write it: 1 to 20 of A-Z, 0-9, '-', '_', '.'.
bool is_symbol(std::string_view text);

}  // namespace naive::market
