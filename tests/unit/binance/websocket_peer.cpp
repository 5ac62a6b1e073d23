#include "tests/unit/binance/websocket_peer.h"

#include <fmt/format.h>

#include <stdexcept>

#include "binance/websocket_handshake.h"

namespace naive::test {

std::string upgrade_answer(std::string_view request) {
  constexpr std::string_view kKey = "Sec-WebSocket-Key: ";
  constexpr std::size_t kKeyLength = 24;
  const auto key = request.substr(request.find(kKey) + kKey.size(), kKeyLength);
  return fmt::format(
      "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: {}\r\n\r\n",
      binance::websocket_accept(key));
}

std::string frame(int opcode, std::string_view payload, bool final) {
  std::string bytes;
  bytes += static_cast<char>((final ? 0x80 : 0) | opcode);
  if (payload.size() < 126) {
    bytes += static_cast<char>(payload.size());
  } else {
    bytes += static_cast<char>(126);
    bytes += static_cast<char>(payload.size() >> 8);
    bytes += static_cast<char>(payload.size() & 0xff);
  }
  return bytes.append(payload);
}

std::pair<int, std::string> read_frame(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes.at(i)); };
  if ((byte(1) & 0x80) == 0) throw std::runtime_error("a client must mask");
  const std::size_t short_length = byte(1) & 0x7fu;
  const std::size_t mask = short_length < 126 ? 2 : 4;
  const std::size_t length = short_length < 126 ? short_length : byte(2) * 256u + byte(3);
  std::string payload;
  for (std::size_t i = 0; i < length; ++i) {
    payload += static_cast<char>(byte(mask + 4 + i) ^ byte(mask + i % 4));
  }
  return {byte(0) & 0x0f, payload};
}

}  // namespace naive::test
