#include "binance_mock/rate_limits.h"

#include "binance_mock/json_writer.h"

namespace naive::binance_mock {
namespace {

constexpr std::int64_t kWeightPerMinute = 6000;
constexpr std::int64_t kOrdersPerTenSeconds = 100;
constexpr std::int64_t kOrdersPerDay = 200'000;
constexpr std::int64_t kRequestsPerFiveMinutes = 61'000;

void write_limit(JsonWriter& json, std::string_view type, std::string_view interval,
                 std::int64_t intervals, std::int64_t limit) {
  json.begin_object().member("rateLimitType", type).member("interval", interval);
  json.member("intervalNum", intervals).member("limit", limit);
}

}  // namespace

std::int64_t& RateLimits::Window::at(market::ExchangeTime now) {
  const std::int64_t current = now.time_since_epoch() / length;
  if (current != number) {
    number = current;
    used = 0;
  }
  return used;
}

std::optional<ApiError> RateLimits::charge(std::int64_t weight, market::ExchangeTime now) {
  std::int64_t& used = weight_1m_.at(now);
  used += weight;
  if (mode_ == Mode::kEnforce && used > kWeightPerMinute) return errors::too_much_weight();
  return std::nullopt;
}

std::optional<ApiError> RateLimits::check_order(market::ExchangeTime now) {
  const bool full =
      orders_10s_.at(now) >= kOrdersPerTenSeconds || orders_1d_.at(now) >= kOrdersPerDay;
  if (mode_ == Mode::kEnforce && full) return errors::too_many_orders();
  return std::nullopt;
}

void RateLimits::count_order(market::ExchangeTime now) {
  ++orders_10s_.at(now);
  ++orders_1d_.at(now);
}

std::vector<std::pair<std::string, std::string>> RateLimits::weight_headers() const {
  const std::string used = std::to_string(weight_1m_.used);
  return {{"x-mbx-used-weight", used}, {"x-mbx-used-weight-1m", used}};
}

std::vector<std::pair<std::string, std::string>> RateLimits::order_headers() const {
  return {{"x-mbx-order-count-10s", std::to_string(orders_10s_.used)},
          {"x-mbx-order-count-1d", std::to_string(orders_1d_.used)}};
}

std::chrono::seconds RateLimits::retry_after(const ApiError& error, market::ExchangeTime now) {
  constexpr int kTooManyOrders = -1015;
  const std::chrono::seconds window{error.code == kTooManyOrders ? 10 : 60};
  return std::chrono::ceil<std::chrono::seconds>(window - now.time_since_epoch() % window);
}

std::string RateLimits::limits_json() {
  JsonWriter json;
  json.begin_array();
  write_limit(json, "REQUEST_WEIGHT", "MINUTE", 1, kWeightPerMinute);
  json.end_object();
  write_limit(json, "ORDERS", "SECOND", 10, kOrdersPerTenSeconds);
  json.end_object();
  write_limit(json, "ORDERS", "DAY", 1, kOrdersPerDay);
  json.end_object();
  write_limit(json, "RAW_REQUESTS", "MINUTE", 5, kRequestsPerFiveMinutes);
  return json.end_object().end_array().take();
}

std::string RateLimits::usage_json() const {
  JsonWriter json;
  json.begin_array();
  write_limit(json, "REQUEST_WEIGHT", "MINUTE", 1, kWeightPerMinute);
  return json.member("count", weight_1m_.used).end_object().end_array().take();
}

}  // namespace naive::binance_mock
