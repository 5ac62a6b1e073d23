#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "binance_mock/transport.h"
#include "runtime/program.h"

namespace boost::asio {
class io_context;
}

namespace naive::binance_mock {

/// The port is taken, or not ours to take.
class CannotListen : public runtime::ConfigError {
 public:
  using ConfigError::ConfigError;
};

/// Listens on one TCP port and serves HTTP/1.1 and WebSocket connections there, on the io_context
/// of its maker. Limits: kMaxConnections at once, 8 KiB of headers, 64 KiB of body.
class HttpServer {
 public:
  static constexpr std::size_t kMaxConnections = 4096;

  /// Listens from now on. `service` must outlive the io_context: connections end with it. Port 0
  /// takes any free one. Throws CannotListen.
  HttpServer(boost::asio::io_context& loop, const std::string& address, std::uint16_t port,
             Service& service);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  std::uint16_t port() const;
  /// "http://127.0.0.1:9080"
  std::string url() const;
  /// Takes no more connections and says goodbye on those with a WebSocket.
  void stop();

 private:
  struct Listener;
  std::shared_ptr<Listener> listener_;
};

}  // namespace naive::binance_mock
