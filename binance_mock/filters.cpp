#include "binance_mock/filters.h"

namespace naive::binance_mock {
namespace {

using market::Money;
using market::Price;
using market::Quantity;

template <class Value>
bool fits(Value value, Value min, Value max, Value grid) {
  if (!min.is_zero() && value < min) return false;
  if (!max.is_zero() && value > max) return false;
  return grid.is_zero() || value.units() % grid.units() == 0;
}

bool within_percent(const PercentPrice& percent, const NewOrder& order, Price last) {
  const bool buy = order.side == market::Side::kBuy;
  const auto bound = [&](market::Decimal multiplier) {
    return market::multiply_divide(last.units(), multiplier.units(), market::Decimal::kUnitsPerOne);
  };
  const auto down = bound(buy ? percent.bid_down : percent.ask_down);
  const auto up = bound(buy ? percent.bid_up : percent.ask_up);
  // A bound that does not fit into an amount is beyond every price.
  return (!down || order.price.units() >= *down) && (!up || order.price.units() <= *up);
}

bool notional_fits(const SymbolSpec& spec, const NewOrder& order, Price price) {
  const bool market_order = order.type == OrderType::kMarket;
  const auto applies = [&](AppliesToMarket flag) {
    return !market_order || flag == AppliesToMarket::kYes;
  };
  const auto value = market::notional(price, order.quantity);
  const Money min = spec.rules.min_notional;
  const Money max = spec.rules.max_notional;
  if (applies(spec.min_notional_on_market) && value && *value < min) return false;
  if (!applies(spec.max_notional_on_market) || max.is_zero()) return true;
  return value && *value <= max;
}

}  // namespace

std::optional<ApiError> broken_filter(const SymbolSpec& spec, const NewOrder& order,
                                      std::optional<Price> last_price, std::size_t open_orders) {
  const market::SymbolRules& rules = spec.rules;
  const bool market_order = order.type == OrderType::kMarket;
  if (!market_order) {
    if (!fits(order.price, rules.min_price, rules.max_price, rules.tick_size)) {
      return errors::filter_failure("PRICE_FILTER");
    }
    if (spec.percent_price && last_price &&
        !within_percent(*spec.percent_price, order, *last_price)) {
      return errors::filter_failure(spec.percent_price->filter);
    }
  }
  if (!fits(order.quantity, rules.min_quantity, rules.max_quantity, rules.step_size)) {
    return errors::filter_failure("LOT_SIZE");
  }
  if (market_order && spec.market_lot &&
      !fits(order.quantity, spec.market_lot->min, spec.market_lot->max, spec.market_lot->step)) {
    return errors::filter_failure("MARKET_LOT_SIZE");
  }
  const auto price = market_order ? last_price : std::optional{order.price};
  if (price && !notional_fits(spec, order, *price)) {
    return errors::filter_failure(spec.notional_filter);
  }
  if (spec.max_open_orders != 0 && open_orders >= spec.max_open_orders) {
    return errors::filter_failure("MAX_NUM_ORDERS");
  }
  return std::nullopt;
}

}  // namespace naive::binance_mock
