#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "market/symbol_rules.h"

namespace naive::binance_mock {

/// PERCENT_PRICE and PERCENT_PRICE_BY_SIDE: how far from the market an order may be.
struct PercentPrice {
  std::string filter;  // the one of the two names that a breach is reported under
  market::Decimal bid_up;
  market::Decimal bid_down;
  market::Decimal ask_up;
  market::Decimal ask_down;
};

/// MARKET_LOT_SIZE; a zero disables that bound.
struct MarketLot {
  market::Quantity min;
  market::Quantity max;
  market::Quantity step;
};

enum class AppliesToMarket { kNo, kYes };

/// One row of exchangeInfo: what the exchange needs to know of it, and its text for those who ask.
struct SymbolSpec {
  market::SymbolRules rules;
  std::string status;  // TRADING, BREAK, ...
  std::string notional_filter = "NOTIONAL";
  AppliesToMarket min_notional_on_market = AppliesToMarket::kNo;
  AppliesToMarket max_notional_on_market = AppliesToMarket::kNo;
  std::optional<MarketLot> market_lot;
  std::optional<PercentPrice> percent_price;
  std::size_t max_open_orders = 0;  // MAX_NUM_ORDERS; 0: no limit
  std::string row;                  // JSON
  std::string short_row;            // without permissionSets

  const std::string& symbol() const { return rules.symbol; }
  bool is_trading() const { return status == "TRADING"; }
};

/// The symbols of this exchange, in the order in which they were listed.
class SymbolTable {
 public:
  /// Earlier rows win.
  void add(SymbolSpec spec);
  const SymbolSpec* find(std::string_view symbol) const;
  const std::vector<SymbolSpec>& all() const { return specs_; }

 private:
  std::vector<SymbolSpec> specs_;
  std::unordered_map<std::string, std::size_t> index_;
};

}  // namespace naive::binance_mock
