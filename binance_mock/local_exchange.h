#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "binance_mock/api.h"
#include "binance_mock/control_plane.h"
#include "binance_mock/transport.h"
#include "binance_mock/venue.h"

namespace naive::binance_mock {

/// The exchange as seen from the network: sends each path to who answers it.
///   /api/v3/...                     REST
///   /ws/..., /stream?streams=...    market streams
///   /ws-api/v3                      WebSocket API
///   /_mock/...                      the mock's own
class LocalExchange final : public Service {
 public:
  /// Reads the exchange's clock; never goes backwards.
  using Now = std::function<market::ExchangeTime()>;

  LocalExchange(Venue& venue, Api& api, ControlPlane& control, Now now);

  HttpReply http(const HttpRequest& request) override;
  std::unique_ptr<SocketProtocol> open(std::string_view path, std::string_view query,
                                       Peer& peer) override;

 private:
  HttpReply rest(const HttpRequest& request);

  Venue& venue_;
  Api& api_;
  ControlPlane& control_;
  Now now_;
};

}  // namespace naive::binance_mock
