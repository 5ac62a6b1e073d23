#include "market/formulas.h"

namespace naive::market {
namespace {

constexpr std::int64_t kOne = Decimal::kUnitsPerOne;
// 1.001 * 1.001, exactly.
constexpr std::int64_t kFeesNumerator = 1'002'001;
constexpr std::int64_t kFeesDenominator = 1'000'000;

std::optional<Price> positive_on_tick(std::optional<std::int64_t> units, Price tick_size) {
  if (!units) return std::nullopt;
  const Price floored = floor_tick(Price::from_units(*units), tick_size);
  return floored.units() > 0 ? std::optional{floored} : std::nullopt;
}

}  // namespace

std::optional<Price> buy_price(Price price, Decimal buy_down_interval, Price tick_size) {
  const auto factor = subtract(Decimal::one(), buy_down_interval);
  if (!factor) return std::nullopt;
  return positive_on_tick(multiply_divide(price.units(), factor->units(), kOne), tick_size);
}

std::optional<Price> sell_price(Price buy, Decimal profit_target, Price tick_size) {
  const auto factor = add(Decimal::one(), profit_target);
  if (!factor) return std::nullopt;
  Wide product = static_cast<Wide>(buy.units()) * kFeesNumerator;
  if (__builtin_mul_overflow(product, static_cast<Wide>(factor->units()), &product)) {
    return std::nullopt;
  }
  const Wide divisor = static_cast<Wide>(kFeesDenominator) * kOne;
  return positive_on_tick(narrow(floor_divide(product, divisor)), tick_size);
}

std::optional<Quantity> quantity_for(Money budget, Price buy, Quantity step_size) {
  if (buy.units() <= 0) return std::nullopt;
  const auto units = multiply_divide(budget.units(), kOne, buy.units());
  if (!units) return std::nullopt;
  const Quantity floored = floor_step(Quantity::from_units(*units), step_size);
  return floored.units() > 0 ? std::optional{floored} : std::nullopt;
}

Money budget_share(Money budget, std::int64_t chunks) {
  return Money::from_units(budget.units() / chunks);
}

}  // namespace naive::market
