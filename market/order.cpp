#include "market/order.h"

#include <array>
#include <utility>

namespace naive::market {

std::string_view to_string(Side side) { return side == Side::kBuy ? "BUY" : "SELL"; }

std::string_view to_string(OrderStatus status) {
  switch (status) {
    case OrderStatus::kNone:
      return "";
    case OrderStatus::kNew:
      return "NEW";
    case OrderStatus::kPartiallyFilled:
      return "PARTIALLY_FILLED";
    case OrderStatus::kFilled:
      return "FILLED";
    case OrderStatus::kCanceled:
      return "CANCELED";
    case OrderStatus::kRejected:
      return "REJECTED";
    case OrderStatus::kExpired:
      return "EXPIRED";
  }
  return "";
}

OrderStatus parse_order_status(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, OrderStatus>, 9> kWords{{
      {"NEW", OrderStatus::kNew},
      {"PARTIALLY_FILLED", OrderStatus::kPartiallyFilled},
      {"FILLED", OrderStatus::kFilled},
      {"CANCELED", OrderStatus::kCanceled},
      {"REJECTED", OrderStatus::kRejected},
      {"EXPIRED", OrderStatus::kExpired},
      {"EXPIRED_IN_MATCH", OrderStatus::kExpired},
      {"PENDING_NEW", OrderStatus::kNew},
      {"PENDING_CANCEL", OrderStatus::kNew},
  }};
  for (const auto& [word, status] : kWords) {
    if (word == text) return status;
  }
  return OrderStatus::kNone;
}

Commission operator+(const Commission& a, const Commission& b) {
  return {.base = add(a.base, b.base).value_or(a.base),
          .quote = add(a.quote, b.quote).value_or(a.quote),
          .other = add(a.other, b.other).value_or(a.other),
          .other_asset = a.other_asset.empty() ? b.other_asset : a.other_asset};
}

}  // namespace naive::market
