#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace naive::binance {

/// The error codes that this system tells apart (Binance's errors.md). Codes are stable; messages
/// are not.
enum ErrorCode : int {
  kUnknown = -1000,
  kDisconnected = -1001,
  kUnauthorized = -1002,
  kTooManyRequests = -1003,
  kUnexpectedResponse = -1006,
  kTimeout = -1007,
  kServerBusy = -1008,
  kInvalidMessage = -1013,  // a filter said no, its name is in the message
  kUnknownOrderComposition = -1014,
  kTooManyOrders = -1015,
  kUnsupportedOperation = -1020,
  kInvalidTimestamp = -1021,
  kInvalidSignature = -1022,
  kTooManyConnections = -1034,
  kNewOrderRejected = -2010,
  kNoSuchOrder = -2013,
  kBadApiKeyFormat = -2014,
  kRejectedApiKey = -2015,
  kOrderArchived = -2026,
};

/// The body of every refusal: {"code":-1121,"msg":"Invalid symbol."}.
struct ApiError {
  int code = 0;
  std::string message;

  friend bool operator==(const ApiError&, const ApiError&) = default;
};

/// nullopt when the body is not Binance's: a proxy's HTML page, half an answer, nothing.
std::optional<ApiError> parse_api_error(std::string_view body);

}  // namespace naive::binance
