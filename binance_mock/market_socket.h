#pragma once

#include <map>
#include <string>
#include <string_view>

#include "binance_mock/market_streams.h"
#include "binance_mock/socket_message.h"
#include "binance_mock/transport.h"
#include "binance_mock/venue.h"

namespace naive::binance_mock {

/// One connection to the market streams: /ws/<stream>, /stream?streams=a/b, and SUBSCRIBE and its
/// kin on either.
class MarketSocket final : public SocketProtocol, private StreamSubscriber {
 public:
  /// Streams that one connection may have.
  static constexpr std::size_t kMaxStreams = 1024;
  enum class Form { kRaw, kCombined };

  /// `streams`: those of the URL, separated by '/'; what is not the name of a stream is passed
  /// over, as in /ws/0.
  MarketSocket(Venue& venue, Peer& peer, Form form, std::string_view streams);
  MarketSocket(const MarketSocket&) = delete;
  MarketSocket& operator=(const MarketSocket&) = delete;
  ~MarketSocket() override;

  void received(std::string_view text) override;
  std::size_t frames_per_second() const override { return 5; }
  void announce_shutdown(std::int64_t time) override;

 private:
  void stream_event(const StreamEvent& event) override;

  void subscribe(const SocketMessage& message);
  void unsubscribe(const SocketMessage& message);
  void list_subscriptions(const SocketMessage& message);
  void set_property(const SocketMessage& message);
  void get_property(const SocketMessage& message);
  void add(const std::string& name, const StreamName& stream);
  void result(const SocketMessage& message, std::string_view json);
  void error(std::string_view id, int code, std::string_view text);

  Venue& venue_;
  Peer& peer_;
  Form form_;
  std::map<std::string, StreamName> streams_;
};

}  // namespace naive::binance_mock
