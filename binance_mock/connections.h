#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "binance_mock/transport.h"
#include "market/order.h"

namespace naive::binance_mock {

enum class ConnectionKind { kMarket, kUserData };

/// The WebSocket connections that are open, so that they can be told to go.
class Connections {
 public:
  /// `protocol`, taken note of until it is destroyed.
  std::unique_ptr<SocketProtocol> track(ConnectionKind kind,
                                        std::unique_ptr<SocketProtocol> protocol, Peer& peer);

  void close(ConnectionKind kind) const;
  /// The event serverShutdown to all.
  void announce_shutdown(market::ExchangeTime now) const;

 private:
  class Tracked;
  std::vector<Tracked*> open_;
};

}  // namespace naive::binance_mock
