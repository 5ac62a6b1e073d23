#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace naive::binance_mock {

/// What travels between the sockets (http_server.cpp, websocket_session.cpp) and the exchange
/// behind them: the only place where the two meet, so that neither knows the other and only the
/// former know Boost.Beast.

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // "/api/v3/order"
  std::string query;   // raw, without '?'
  std::string body;    // raw
  std::string api_key;
};

/// What becomes of an answer on its way.
enum class Delivery {
  kSend,
  kDrop,  // the connection is closed instead
};

struct HttpReply {
  int status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string content_type = "application/json;charset=UTF-8";
  Delivery delivery = Delivery::kSend;
  std::chrono::milliseconds delay{0};  // before it is sent
};

/// One text that goes to many connections.
using Text = std::shared_ptr<const std::string>;

/// Codes of RFC 6455, section 7.4.1.
enum class CloseCode : std::uint16_t { kNormal = 1000, kGoingAway = 1001, kPolicyViolation = 1008 };

/// The connection, as the protocol on it sees it. Lives longer than the protocol.
class Peer {
 public:
  virtual ~Peer() = default;
  /// Queues a text frame. A peer that reads too slowly is disconnected when its queue is full.
  virtual void send(Text text) = 0;
  virtual void close(CloseCode code, std::string_view reason) = 0;
};

/// The protocol on one WebSocket connection.
class SocketProtocol {
 public:
  virtual ~SocketProtocol() = default;
  /// A text frame arrived.
  virtual void received(std::string_view text) = 0;
  /// Frames that a client may send in a rolling second, pings and pongs included; 0: any number.
  virtual std::size_t frames_per_second() const = 0;
  /// Tells the client that the connection is about to be closed; `time` in ms.
  virtual void announce_shutdown(std::int64_t time) = 0;
};

/// What listens behind the sockets.
class Service {
 public:
  virtual ~Service() = default;
  /// How long a request is to lie before http() is called with it, whether its sender waits or not.
  virtual std::chrono::milliseconds hold(const HttpRequest&) { return {}; }
  virtual HttpReply http(const HttpRequest& request) = 0;
  /// A WebSocket handshake; nullptr: there is nothing at this path.
  virtual std::unique_ptr<SocketProtocol> open(std::string_view path, std::string_view query,
                                               Peer& peer) = 0;
};

}  // namespace naive::binance_mock
