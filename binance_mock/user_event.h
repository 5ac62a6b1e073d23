#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "binance_mock/balances.h"
#include "binance_mock/order_record.h"

namespace naive::binance_mock {

enum class ExecutionType { kNew, kTrade, kCanceled, kExpired };
std::string_view to_string(ExecutionType type);

/// What the owner of an order is told about each of its steps.
struct ExecutionReport {
  ExecutionType type = ExecutionType::kNew;
  std::int64_t execution_id = 0;       // grows with every report
  OrderRecord order;                   // as it is after the step
  std::optional<Execution> execution;  // of kTrade
  market::ExchangeTime time;
};

/// Absolute balances of the assets that may have changed.
struct AccountPosition {
  market::ExchangeTime time;
  std::vector<std::pair<std::string, Balance>> balances;
};

using UserEvent = std::variant<ExecutionReport, AccountPosition>;
using UserEvents = std::vector<UserEvent>;

}  // namespace naive::binance_mock
