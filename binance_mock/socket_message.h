#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace naive::binance_mock {

/// A control message on a WebSocket: {"id":1,"method":"SUBSCRIBE","params":[...]} or with `params`
/// an object.
struct SocketMessage {
  std::string id = "null";  // JSON, to be echoed
  std::string method;
  std::vector<std::string> list;  // strings of an array; others as JSON
  std::vector<std::pair<std::string, std::string>>
      members;  // of an object; numbers as they are written

  enum class Error { kNotJson, kNotARequest };
  static std::expected<SocketMessage, Error> parse(std::string_view text);
};

}  // namespace naive::binance_mock
