#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "market/order.h"

namespace naive::binance_mock {

enum class OrderType { kLimit, kLimitMaker, kMarket };
std::string_view to_string(OrderType type);

enum class TimeInForce { kGtc, kIoc, kFok };
std::string_view to_string(TimeInForce time_in_force);

enum class Liquidity { kTaker, kMaker };

/// What somebody asks the exchange to do; syntax checked, nothing else.
struct NewOrder {
  std::string symbol;
  market::Side side = market::Side::kBuy;
  OrderType type = OrderType::kLimit;
  TimeInForce time_in_force = TimeInForce::kGtc;
  market::Price price;           // not for MARKET
  market::Quantity quantity;     // zero: a MARKET order by quote_quantity
  market::Money quote_quantity;  // quoteOrderQty
  std::string client_order_id;
};

/// One fill. Its trade id counts this account's executions of the symbol: executions are not part
/// of the public trades.
struct Execution {
  std::int64_t trade_id = 0;
  market::Price price;
  market::Quantity quantity;
  market::Money quote;  // price * quantity, truncated
  market::Decimal commission;
  std::string commission_asset;
  Liquidity liquidity = Liquidity::kMaker;
  market::ExchangeTime time;

  friend bool operator==(const Execution&, const Execution&) = default;
};

/// An order as the exchange keeps it, for ever.
struct OrderRecord {
  std::string symbol;
  std::int64_t order_id = 0;
  std::string client_order_id;         // the one it was placed under
  std::string cancel_client_order_id;  // after a cancel: the cancel's
  market::Side side = market::Side::kBuy;
  OrderType type = OrderType::kLimit;
  TimeInForce time_in_force = TimeInForce::kGtc;
  market::OrderStatus status = market::OrderStatus::kNew;
  market::Price price;
  market::Quantity quantity;
  market::Money quote_quantity;
  market::Quantity executed;
  market::Money executed_quote;
  market::Decimal
      locked;  // of the quote asset (BUY) or the base asset (SELL), still set aside for it
  std::string expiry_reason;
  market::ExchangeTime time;
  market::ExchangeTime update_time;
  std::vector<Execution> executions;

  market::Quantity remaining() const {
    return market::Quantity::from_units(quantity.units() - executed.units());
  }
  /// A cancelled order goes by its cancel's id from then on.
  const std::string& current_client_order_id() const {
    return cancel_client_order_id.empty() ? client_order_id : cancel_client_order_id;
  }
};

/// The exchange's memory is the sum of these: it decides on changes first, and nothing but apply()
/// changes it. What a journal keeps, too.
struct Deposited {
  std::string asset;
  market::Decimal amount;
};
struct Accepted {
  OrderRecord order;
};
struct Filled {
  std::string symbol;
  std::int64_t order_id = 0;
  Execution execution;
};
/// Cancelled or expired.
struct Closed {
  std::string symbol;
  std::int64_t order_id = 0;
  market::OrderStatus status = market::OrderStatus::kCanceled;
  std::string cancel_client_order_id;
  std::string expiry_reason;
  market::ExchangeTime time;
};
/// The public trades of a symbol may from now on have ids below this: an exchange that starts again begins there, so that
/// ids grow for ever although public trades are not kept.
struct TradeIdsReserved {
  std::string symbol;
  std::int64_t below = 0;
};
using Change = std::variant<Deposited, Accepted, Filled, Closed, TradeIdsReserved>;
using Changes = std::vector<Change>;

}  // namespace naive::binance_mock
