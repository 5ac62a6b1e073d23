#include "market/symbol_rules.h"

#include <algorithm>

namespace naive::market {
namespace {

std::int64_t floor_multiple(std::int64_t value, std::int64_t unit) {
  if (unit <= 0) return value;
  const auto floored = floor_divide(value, unit) * unit;
  // Only below the smallest multiple of int64 can this not fit; no amount is there.
  return narrow(floored).value_or(value);
}

template <class Value>
bool in_range_and_on_grid(Value value, Value min, Value max, Value unit) {
  if (!min.is_zero() && value < min) return false;
  if (!max.is_zero() && value > max) return false;
  return unit.is_zero() || value.units() % unit.units() == 0;
}

}  // namespace

Price floor_tick(Price price, Price tick_size) {
  return Price::from_units(floor_multiple(price.units(), tick_size.units()));
}

Quantity floor_step(Quantity quantity, Quantity step_size) {
  return Quantity::from_units(floor_multiple(quantity.units(), step_size.units()));
}

Filter broken_filter(const SymbolRules& rules, Price price, Quantity quantity) {
  if (!in_range_and_on_grid(price, rules.min_price, rules.max_price, rules.tick_size)) {
    return Filter::kPriceFilter;
  }
  if (!in_range_and_on_grid(quantity, rules.min_quantity, rules.max_quantity, rules.step_size)) {
    return Filter::kLotSize;
  }
  const auto value = notional(price, quantity);
  if (!value || *value < rules.min_notional) return Filter::kNotional;
  if (!rules.max_notional.is_zero() && *value > rules.max_notional) return Filter::kNotional;
  return Filter::kNone;
}

bool is_symbol(std::string_view text) {
  constexpr std::size_t kMaxLength = 20;
  const auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  };
  return !text.empty() && text.size() <= kMaxLength && std::ranges::all_of(text, allowed);
}

}  // namespace naive::market
