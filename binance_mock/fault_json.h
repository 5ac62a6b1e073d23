#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "binance_mock/fault_plan.h"

namespace naive::binance_mock {

struct FaultRequest {
  std::optional<std::uint64_t> seed;  // of the dice behind `percent`
  std::vector<FaultRule> rules;
};

/// Reads [{"action":"drop_after","method":"POST","path":"/api/v3/order","symbol":"XRPUSDT","side":"BUY",
/// "client_order_id":"n1-XRPUSDT-0-","execution_type":"TRADE","skip":0,"times":1,"percent":100,"milliseconds":50,
/// "status":503,"retry_after":1}], of which all but the action may be left out (times: 1, but for ever for "lag"); or {"seed":7,"rules":[...]}. An error
/// says what is wrong.
std::expected<FaultRequest, std::string> parse_faults(std::string_view json);

/// {"rules":[...]}, each as it is read, with how often it has `fired`.
std::string faults_json(const std::vector<FaultRule>& rules);

}  // namespace naive::binance_mock
