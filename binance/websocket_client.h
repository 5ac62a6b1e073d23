#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "binance/curl_multi.h"
#include "runtime/event_loop.h"

namespace naive::binance {

/// One WebSocket connection at a time, in the common loop: libcurl connects (so TLS and proxies
/// come with it), the upgrade is our own, wslay does the frames and answers pings. When and whether
/// to connect again is its user's matter.
class WebSocketClient {
 public:
  /// Callbacks run inside the loop; they may send() and drop(). Only `closed` may connect() again.
  struct Events {
    std::function<void()> opened;
    /// A whole text message, with kTextPadding readable bytes behind it.
    std::function<void(std::string_view text)> message;
    /// The connection, or the attempt at one, is over. Not told after drop().
    std::function<void(const std::string& reason)> closed;
  };

  static constexpr std::chrono::milliseconds kConnectLimit{5000};  // the upgrade included

  /// `url`: ws:// or wss://.
  WebSocketClient(runtime::EventLoop& loop, std::string url, Events events);
  WebSocketClient(const WebSocketClient&) = delete;
  WebSocketClient& operator=(const WebSocketClient&) = delete;
  ~WebSocketClient();

  /// Begins to connect; what was there before is dropped.
  void connect();
  /// Ends the connection without telling anybody.
  void drop();
  bool is_open() const;
  /// False when there is no open connection or too much is waiting already.
  bool send(std::string_view text);
  /// When the server last said anything, pings included.
  runtime::TimePoint last_heard() const { return last_heard_; }

 private:
  struct Connection;

  void connected(int curl_code);
  void ready();
  void read_some();
  void take(std::string_view bytes);
  std::string_view upgrade(std::string_view bytes);
  void open();
  void flush();
  void watch_socket();
  void settle();

  runtime::EventLoop& loop_;
  std::string url_;
  Events events_;
  /// Its own: libcurl takes a readable connection in a shared cache for a dead one and closes it.
  CurlMulti multi_;
  std::unique_ptr<Connection> connection_;
  runtime::Timer deadline_;
  runtime::Timer resume_;
  runtime::TimePoint last_heard_;
  bool busy_ = false;  // inside ready(): the connection must not go yet
  bool drop_requested_ = false;
};

}  // namespace naive::binance
