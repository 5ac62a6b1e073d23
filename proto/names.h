#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// What processes are called, in events, in `status` and by users.
namespace naive::wire {

/// "trader BTCUSDT/0"; of a standby "trader BTCUSDT/standby-0".
inline std::string trader_name(std::string_view symbol, bool standby, std::uint32_t number) {
  return std::string{"trader "}
      .append(symbol)
      .append(standby ? "/standby-" : "/")
      .append(std::to_string(number));
}

}  // namespace naive::wire
