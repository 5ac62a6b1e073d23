#include "binance/websocket_handshake.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <strings.h>

#include <array>
#include <optional>

#include "runtime/check.h"

namespace naive::binance {
namespace {

std::string base64(const unsigned char* data, std::size_t size) {
  std::string text(4 * ((size + 2) / 3) + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), data, static_cast<int>(size));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::optional<std::string_view> header(std::string_view head, std::string_view name) {
  for (auto line_end = head.find("\r\n"); line_end != std::string_view::npos;
       line_end = head.find("\r\n")) {
    head.remove_prefix(line_end + 2);
    const auto line = head.substr(0, head.find("\r\n"));
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && same_word(line.substr(0, colon), name)) {
      return trim(line.substr(colon + 1));
    }
  }
  return std::nullopt;
}

}  // namespace

std::string make_websocket_key() {
  std::array<unsigned char, 16> bytes{};
  NAIVE_CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  return base64(bytes.data(), bytes.size());
}

std::string websocket_accept(std::string_view key) {
  const std::string text = std::string{key} + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha1(), nullptr);
  return base64(digest.data(), length);
}

std::string upgrade_request(std::string_view host, std::string_view target, std::string_view key) {
  return fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: {}\r\nSec-WebSocket-Version: 13\r\nUser-Agent: naive\r\n\r\n",
      target, host, key);
}

std::expected<void, std::string> check_upgrade_response(std::string_view head,
                                                        std::string_view key) {
  if (!head.starts_with("HTTP/1.1 101")) {
    constexpr std::size_t kShown = 80;
    const auto status = head.substr(0, std::min(head.find("\r\n"), kShown));
    return std::unexpected(fmt::format("the server answered '{}' instead of upgrading", status));
  }
  if (!same_word(header(head, "Upgrade").value_or(""), "websocket")) {
    return std::unexpected(std::string{"the server upgraded to something else than a WebSocket"});
  }
  if (header(head, "Sec-WebSocket-Accept").value_or("") != websocket_accept(key)) {
    return std::unexpected(std::string{"the server's Sec-WebSocket-Accept is not for our key"});
  }
  return {};
}

}  // namespace naive::binance
