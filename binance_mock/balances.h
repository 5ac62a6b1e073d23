#pragma once

#include <map>
#include <string>

#include "market/decimal.h"

namespace naive::binance_mock {

struct Balance {
  market::Decimal free;
  market::Decimal locked;

  friend bool operator==(const Balance&, const Balance&) = default;
};

/// What an account has, by asset. Amounts never become negative: a debit that is not covered is a
/// broken invariant, for whoever decides on a change has to look first.
class Balances {
 public:
  const Balance& of(const std::string& asset) const;
  const std::map<std::string, Balance>& all() const { return balances_; }

  void credit(const std::string& asset, market::Decimal amount);
  /// free -> locked
  void lock(const std::string& asset, market::Decimal amount);
  /// locked -> free
  void unlock(const std::string& asset, market::Decimal amount);
  /// locked -> gone
  void spend_locked(const std::string& asset, market::Decimal amount);

 private:
  std::map<std::string, Balance> balances_;
};

}  // namespace naive::binance_mock
