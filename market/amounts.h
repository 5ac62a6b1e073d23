#pragma once

#include <optional>
#include <string>

#include "market/decimal.h"

namespace naive::market {

/// A Decimal that knows what it measures. Amounts of one kind compare, add and subtract; amounts of
/// different kinds do not mix: a price times a price does not compile.
template <class Kind>
class Amount {
 public:
  constexpr Amount() = default;
  constexpr explicit Amount(Decimal value) : value_(value) {}
  static constexpr Amount from_units(std::int64_t units) {
    return Amount{Decimal::from_units(units)};
  }

  static std::optional<Amount> parse(std::string_view text) {
    const auto value = Decimal::parse(text);
    return value ? std::optional{Amount{*value}} : std::nullopt;
  }

  constexpr Decimal value() const { return value_; }
  constexpr std::int64_t units() const { return value_.units(); }
  constexpr bool is_zero() const { return value_.is_zero(); }
  std::string to_string() const { return value_.to_string(); }
  std::string to_short_string() const { return value_.to_short_string(); }

  friend constexpr auto operator<=>(Amount, Amount) = default;

  friend std::optional<Amount> add(Amount a, Amount b) {
    const auto sum = market::add(a.value_, b.value_);
    return sum ? std::optional{Amount{*sum}} : std::nullopt;
  }
  friend std::optional<Amount> subtract(Amount a, Amount b) {
    const auto difference = market::subtract(a.value_, b.value_);
    return difference ? std::optional{Amount{*difference}} : std::nullopt;
  }

 private:
  Decimal value_;
};

/// Quote asset per base asset.
using Price = Amount<struct PriceKind>;
/// An amount of the base asset.
using Quantity = Amount<struct QuantityKind>;
/// An amount of the quote asset: what a budget, a notional or a proceeds is.
using Money = Amount<struct MoneyKind>;

/// price * quantity, truncated to eight places as the exchange does it. nullopt when it does not
/// fit.
inline std::optional<Money> notional(Price price, Quantity quantity) {
  const auto units = multiply_divide(price.units(), quantity.units(), Decimal::kUnitsPerOne);
  return units ? std::optional{Money::from_units(*units)} : std::nullopt;
}

}  // namespace naive::market
