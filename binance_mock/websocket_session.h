#pragma once

// Only for http_server.cpp: names Boost.Beast.
#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <exception>
#include <memory>
#include <set>

#include "binance_mock/transport.h"

namespace naive::binance_mock {

class WebSocketSession;

/// The WebSocket connections there are. Shared by the server and each of them, for nobody knows who ends last.
using WebSocketSessions = std::shared_ptr<std::set<WebSocketSession*>>;

/// Takes over a connection that asked for a WebSocket and serves it until it ends. Pings every 20 s
/// with the time in ms, disconnects who has not answered for 60 s, who sends more frames than its
/// protocol allows, and who lets more than kMaxQueuedBytes pile up.
boost::asio::awaitable<void> serve_websocket(
    boost::beast::tcp_stream stream,
    boost::beast::http::request<boost::beast::http::string_body> request, Service& service,
    WebSocketSessions sessions);

inline constexpr std::size_t kMaxQueuedBytes = std::size_t{16} * 1024 * 1024;

/// For co_spawn: what a connection throws is a bug, or a book that cannot be written, and ends the process through
/// io_context::run().
inline void rethrow(const std::exception_ptr& error) {
  if (error) std::rethrow_exception(error);
}

/// Closes all of them with 1001.
void close_all(const WebSocketSessions& sessions);

}  // namespace naive::binance_mock
