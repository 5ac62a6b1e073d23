#include "binance_mock/balances.h"

#include <limits>

#include "runtime/check.h"

namespace naive::binance_mock {
namespace {

using market::Decimal;

void increase(Decimal& value, Decimal amount) {
  // Who holds more of an asset than an amount can say, holds as much as it can say: a decision that was written down must
  // always be applicable, and play money of that size is missed by nobody.
  constexpr auto kMost = Decimal::from_units(std::numeric_limits<std::int64_t>::max());
  value = market::add(value, amount).value_or(kMost);
}

void decrease(Decimal& value, Decimal amount) {
  NAIVE_CHECK(!amount.is_negative() && amount <= value);
  value = Decimal::from_units(value.units() - amount.units());
}

}  // namespace

const Balance& Balances::of(const std::string& asset) const {
  static const Balance kNothing;
  const auto found = balances_.find(asset);
  return found == balances_.end() ? kNothing : found->second;
}

void Balances::credit(const std::string& asset, Decimal amount) {
  increase(balances_[asset].free, amount);
}

void Balances::lock(const std::string& asset, Decimal amount) {
  Balance& balance = balances_[asset];
  decrease(balance.free, amount);
  increase(balance.locked, amount);
}

void Balances::unlock(const std::string& asset, Decimal amount) {
  Balance& balance = balances_[asset];
  decrease(balance.locked, amount);
  increase(balance.free, amount);
}

void Balances::spend_locked(const std::string& asset, Decimal amount) {
  decrease(balances_[asset].locked, amount);
}

}  // namespace naive::binance_mock
