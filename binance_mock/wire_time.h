#pragma once

#include <chrono>
#include <cstdint>

#include "market/order.h"

namespace naive::binance_mock {

/// Times on the wire are milliseconds.
inline std::int64_t to_milliseconds(market::ExchangeTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace naive::binance_mock
