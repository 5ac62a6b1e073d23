#pragma once

#include "market/symbol_rules.h"

namespace naive::market {

/// The three formulas of the strategy ("Hands-on Elixir & OTP", chapters 2 to 5), exact in decimals
/// and floored once, at the end. nullopt when the result does not fit or is not positive.

/// floor_tick(price * (1 - buy_down_interval)). 100.00, 0.01, tick 0.01 -> 99.00.
std::optional<Price> buy_price(Price price, Decimal buy_down_interval, Price tick_size);

/// floor_tick(buy * 1.001 * (1 + profit_target) * 1.001): the target after a fee of 0.1 % on either
/// side. 100.00, 0.02, tick 0.01 -> 102.20.
std::optional<Price> sell_price(Price buy, Decimal profit_target, Price tick_size);

/// floor_step(budget / buy). 10, 0.99, step 1 -> 10.
std::optional<Quantity> quantity_for(Money budget, Price buy, Quantity step_size);

/// The equal part of a budget that each of `chunks` slots trades with. `chunks` must be positive.
Money budget_share(Money budget, std::int64_t chunks);

}  // namespace naive::market
