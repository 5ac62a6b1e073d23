#pragma once

#include <expected>
#include <string>
#include <string_view>

/// The HTTP/1.1 upgrade that opens a WebSocket: RFC 6455, section 4.
namespace naive::binance {

/// A fresh random Sec-WebSocket-Key.
std::string make_websocket_key();

/// What a server that has understood `key` must answer as Sec-WebSocket-Accept.
std::string websocket_accept(std::string_view key);

std::string upgrade_request(std::string_view host, std::string_view target, std::string_view key);

/// Checks the head of the server's answer, up to and including its empty line. The error is for
/// people.
std::expected<void, std::string> check_upgrade_response(std::string_view head,
                                                        std::string_view key);

}  // namespace naive::binance
