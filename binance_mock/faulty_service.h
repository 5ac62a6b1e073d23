#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "binance_mock/connections.h"
#include "binance_mock/fault_plan.h"
#include "binance_mock/transport.h"
#include "binance_mock/venue.h"

namespace naive::binance_mock {

/// Stands between the network and the exchange and spoils what the plan says. Without rules it changes nothing. Faults of
/// requests strike REST; /_mock is spared.
class FaultyService final : public Service {
 public:
  using Now = std::function<market::ExchangeTime()>;

  FaultyService(Service& exchange, FaultPlan& plan, Connections& connections, Venue& venue, Now now)
      : exchange_(exchange),
        plan_(plan),
        connections_(connections),
        venue_(venue),
        now_(std::move(now)) {}

  std::chrono::milliseconds hold(const HttpRequest& request) override;
  HttpReply http(const HttpRequest& request) override;
  std::unique_ptr<SocketProtocol> open(std::string_view path, std::string_view query,
                                       Peer& peer) override;

 private:
  bool is_lagging(const HttpRequest& request, const FaultSubject& subject);

  Service& exchange_;
  FaultPlan& plan_;
  Connections& connections_;
  Venue& venue_;
  Now now_;
};

}  // namespace naive::binance_mock
