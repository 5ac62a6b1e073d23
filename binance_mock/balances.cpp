#include "binance_mock/balances.h"

#include "runtime/check.h"

namespace naive::binance_mock {
namespace {

using market::Decimal;

void increase(Decimal& value, Decimal amount) {
  const auto sum = market::add(value, amount);
  NAIVE_CHECK(sum.has_value());
  value = *sum;
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
