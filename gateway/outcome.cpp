#include "gateway/outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace naive::gateway {
namespace {

using binance::ApiError;
using namespace std::chrono_literals;

constexpr microseconds kSoon = 500ms;
constexpr microseconds kInAMoment = 50ms;  // after the exchange has been asked for the time

bool is_unknown_by_code(const ApiError& error) {
  return error.code == binance::kUnknown || error.code == binance::kDisconnected ||
         error.code == binance::kUnexpectedResponse || error.code == binance::kTimeout;
}

/// A POST that says so was not executed, but an order of the same name is open: most likely an
/// earlier POST of ours.
bool is_duplicate(const ApiError& error) {
  return error.code == binance::kNewOrderRejected && error.message.starts_with("Duplicate order");
}

bool is_throttle(int status, const ApiError& error) {
  return status == 429 || status == 418 || error.code == binance::kTooManyRequests ||
         error.code == binance::kServerBusy || error.code == binance::kTooManyOrders ||
         error.code == binance::kTooManyConnections;
}

bool contains_any(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](auto word) { return text.contains(word); });
}

/// The filters that count or compare with the market, so that time may satisfy them.
bool may_pass_later(std::string_view filter_failure) {
  static constexpr std::array<std::string_view, 4> kWords{"MAX_NUM_", "MAX_POSITION",
                                                          "PERCENT_PRICE", "Market is closed"};
  return contains_any(filter_failure, kWords);
}

/// Texts of -2010 that no waiting changes. Messages may change; then we wait where we could have
/// given up.
bool is_refused_for_good(std::string_view message) {
  static constexpr std::array<std::string_view, 4> kWords{"not permitted", "not supported",
                                                          "Unsupported", "disabled"};
  return contains_any(message, kWords);
}

RejectClass class_of(const ApiError& error) {
  const int code = error.code;
  if (code == binance::kInvalidMessage) {
    return may_pass_later(error.message) ? RejectClass::kTryLater : RejectClass::kFatal;
  }
  if (code == binance::kNewOrderRejected) {
    return is_refused_for_good(error.message) ? RejectClass::kFatal : RejectClass::kTryLater;
  }
  const bool malformed_request = code <= -1100 && code > -1300;
  const bool fatal = is_key_trouble(error) || malformed_request ||
                     code == binance::kUnknownOrderComposition ||
                     code == binance::kUnsupportedOperation;
  return fatal ? RejectClass::kFatal : RejectClass::kTryLater;
}

std::string describe(const Response& response) {
  if (response.transport != Response::Transport::kAnswered) return response.reason;
  if (!response.error) return fmt::format("HTTP {}", response.status);
  return fmt::format("HTTP {}, {} {}", response.status, response.error->code,
                     response.error->message);
}

bool is_definite(const Response& response) {
  return response.status >= 400 && response.status < 500 && response.error &&
         !is_unknown_by_code(*response.error);
}

}  // namespace

bool is_key_trouble(const ApiError& error) {
  return error.code == binance::kUnauthorized || error.code == binance::kInvalidSignature ||
         error.code == binance::kBadApiKeyFormat || error.code == binance::kRejectedApiKey;
}

Outcome outcome_of(const Response& response) {
  if (response.transport == Response::Transport::kNotSent)
    return NotSent{describe(response), kSoon};
  if (response.transport == Response::Transport::kMaybeSent) return Unknown{describe(response)};
  if (response.status >= 200 && response.status < 300 && response.order) {
    return Accepted{*response.order};
  }
  if (!is_definite(response)) return Unknown{describe(response)};
  const ApiError& error = *response.error;
  if (is_duplicate(error)) return Unknown{describe(response)};
  if (error.code == binance::kInvalidTimestamp) return NotSent{describe(response), kInAMoment};
  if (is_throttle(response.status, error)) return NotSent{describe(response), kSoon};
  return Rejected{error.code, error.message, class_of(error)};
}

Finding finding_of(const Response& response) {
  const bool answered = response.transport == Response::Transport::kAnswered;
  if (answered && response.order) return Found{*response.order};
  if (answered && response.error) {
    const int code = response.error->code;
    // An archived order was canceled without a fill three months ago: as good as never placed.
    if (code == binance::kNoSuchOrder || code == binance::kOrderArchived) return NotFound{};
  }
  return Unavailable{describe(response), kSoon};
}

}  // namespace naive::gateway
