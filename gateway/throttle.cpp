#include "gateway/throttle.h"

#include <algorithm>

#include "binance/api_error.h"

namespace naive::gateway {

using namespace std::chrono_literals;

void Throttle::observe(int status, int code, std::optional<std::chrono::seconds> retry_after,
                       TimePoint now) {
  const auto until = [&](std::chrono::seconds usual) { return now + retry_after.value_or(usual); };
  if (status == 418) {
    all_until_ = std::max(all_until_, until(120s));
  } else if (code == binance::kTooManyOrders) {
    orders_until_ = std::max(orders_until_, until(10s));
  } else if (status == 429 || code == binance::kTooManyRequests ||
             code == binance::kTooManyConnections) {
    all_until_ = std::max(all_until_, until(10s));
  } else if (code == binance::kServerBusy) {
    all_until_ = std::max(all_until_, until(1s));
  }
}

std::optional<microseconds> Throttle::wait(Use use, TimePoint now) const {
  const TimePoint until = use == Use::kOrder ? std::max(all_until_, orders_until_) : all_until_;
  if (until <= now) return std::nullopt;
  return std::chrono::ceil<microseconds>(until - now);
}

}  // namespace naive::gateway
