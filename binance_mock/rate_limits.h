#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "binance_mock/api_error.h"
#include "market/order.h"

namespace naive::binance_mock {

/// The counters behind the X-MBX-* headers, in windows that are aligned to the clock. With kCount
/// nobody is turned away: five hundred local bots would be at once.
class RateLimits {
 public:
  enum class Mode { kCount, kEnforce };

  explicit RateLimits(Mode mode) : mode_(mode) {}

  /// Counts a request of this weight; an error when the minute's limit is used up.
  std::optional<ApiError> charge(std::int64_t weight, market::ExchangeTime now);
  /// An error when no more orders may be placed now.
  std::optional<ApiError> check_order(market::ExchangeTime now);
  /// Counts an order that was accepted.
  void count_order(market::ExchangeTime now);

  std::vector<std::pair<std::string, std::string>> weight_headers() const;
  std::vector<std::pair<std::string, std::string>> order_headers() const;
  /// Until the next window of the limit that `error` is about begins.
  static std::chrono::seconds retry_after(const ApiError& error, market::ExchangeTime now);

  /// `rateLimits` of exchangeInfo.
  static std::string limits_json();
  /// `rateLimits` of a WebSocket API answer.
  std::string usage_json() const;

 private:
  struct Window {
    std::chrono::seconds length;
    std::int64_t number = 0;
    std::int64_t used = 0;

    std::int64_t& at(market::ExchangeTime now);
  };

  Mode mode_;
  Window weight_1m_{std::chrono::minutes{1}};
  Window orders_10s_{std::chrono::seconds{10}};
  Window orders_1d_{std::chrono::hours{24}};
};

}  // namespace naive::binance_mock
