#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "binance/api_error.h"
#include "market/order.h"

/// The WebSocket API as far as user data needs it.
namespace naive::binance {

/// Something happened to one of our orders. `order` has no commission: one event knows only its own
/// fill's.
struct ExecutionReport {
  struct Execution {
    std::int64_t trade_id = 0;
    market::Quantity quantity;
    market::Price price;
    market::Decimal commission;
    std::string commission_asset;
  };
  std::string symbol;
  market::Order order;
  std::optional<Execution> execution;
};

/// The answer to a request of ours; no error: it was granted.
struct ApiAnswer {
  std::int64_t id = 0;
  std::optional<ApiError> error;
};

/// No further events come on this connection: eventStreamTerminated or serverShutdown.
struct StreamEnded {
  std::string reason;
};

/// A balance update, a list status, something of next year.
struct NotForUs {};

struct Malformed {};

using UserFrame = std::variant<ExecutionReport, ApiAnswer, StreamEnded, NotForUs, Malformed>;

UserFrame parse_user_frame(std::string_view text);

}  // namespace naive::binance
