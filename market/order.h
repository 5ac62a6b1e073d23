#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "market/amounts.h"

namespace naive::market {

/// Time as the exchange tells it.
using ExchangeTime = std::chrono::sys_time<std::chrono::microseconds>;

enum class Side { kBuy, kSell };
std::string_view to_string(Side side);  // "BUY", "SELL"

/// Binance's order statuses; kNone: not known to be on the exchange.
enum class OrderStatus { kNone, kNew, kPartiallyFilled, kFilled, kCanceled, kRejected, kExpired };
std::string_view to_string(OrderStatus status);  // "NEW", ...; "" for kNone
/// kNone for an unknown word. EXPIRED_IN_MATCH is kExpired, PENDING_NEW is kNew, PENDING_CANCEL is
/// kNew.
OrderStatus parse_order_status(std::string_view text);

constexpr bool is_open(OrderStatus status) {
  return status == OrderStatus::kNew || status == OrderStatus::kPartiallyFilled;
}
constexpr bool is_final(OrderStatus status) {
  return status != OrderStatus::kNone && !is_open(status);
}

/// What the exchange took, by the asset it was taken from.
struct Commission {
  Quantity base;
  Money quote;
  Decimal other;  // neither base nor quote, e.g. BNB
  std::string other_asset;

  friend bool operator==(const Commission&, const Commission&) = default;
};
/// Sums saturate rather than wrap; no exchange can charge that much.
Commission operator+(const Commission& a, const Commission& b);

/// An order as the exchange last told it. Executed quantities are cumulative.
struct Order {
  std::string client_order_id;
  std::int64_t order_id = 0;
  Side side = Side::kBuy;
  OrderStatus status = OrderStatus::kNone;
  Price price;
  Quantity quantity;
  Quantity executed_quantity;
  Money executed_quote;
  Commission commission;
  Quantity commissioned_quantity;  // the part of executed_quantity that `commission` covers
  ExchangeTime update_time;

  friend bool operator==(const Order&, const Order&) = default;
};

/// One fill of an order.
struct Fill {
  std::int64_t trade_id = 0;
  Quantity quantity;
  Price price;
  Commission commission;

  friend bool operator==(const Fill&, const Fill&) = default;
};

/// A public trade.
struct Trade {
  std::int64_t trade_id = 0;
  Price price;
  Quantity quantity;
  ExchangeTime trade_time;
  bool buyer_is_maker = false;
};

}  // namespace naive::market
