#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "binance_mock/api.h"
#include "binance_mock/socket_message.h"
#include "binance_mock/transport.h"
#include "binance_mock/venue.h"

namespace naive::binance_mock {

/// One connection to the WebSocket API (/ws-api/v3): the calls of the API table and the user data
/// stream.
class ApiSocket final : public SocketProtocol, private UserSubscriber {
 public:
  using Now = std::function<market::ExchangeTime()>;

  ApiSocket(Venue& venue, Api& api, Peer& peer, Now now);
  ApiSocket(const ApiSocket&) = delete;
  ApiSocket& operator=(const ApiSocket&) = delete;
  ~ApiSocket() override;

  void received(std::string_view text) override;
  std::size_t frames_per_second() const override { return 0; }
  void announce_shutdown(std::int64_t time) override;

 private:
  void user_event(const std::string& json) override;

  Api::Answer answer(const SocketMessage& message);
  Api::Answer subscribe(const Params& params);
  Api::Answer unsubscribe(const Params& params);
  void reply(std::string_view id, const Api::Answer& answer);

  Venue& venue_;
  Api& api_;
  Peer& peer_;
  Now now_;
  std::optional<std::int64_t> subscription_;
  std::int64_t next_subscription_ = 0;
};

}  // namespace naive::binance_mock
