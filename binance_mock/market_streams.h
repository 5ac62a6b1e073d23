#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "binance_mock/transport.h"
#include "market/order.h"

namespace naive::binance_mock {

/// `btcusdt@trade`: what can be subscribed to.
struct StreamName {
  enum class Kind { kTrade, kAggregateTrade, kBookTicker };

  std::string symbol;  // upper case
  Kind kind = Kind::kTrade;

  std::string to_string() const;
  /// nullopt unless it is `<lower case symbol>@trade`, `@aggTrade` or `@bookTicker`.
  static std::optional<StreamName> parse(std::string_view text);
};

/// One event of one stream, ready to be sent in both of its forms.
class StreamEvent {
 public:
  StreamEvent(std::string stream, std::string json)
      : stream_(std::move(stream)), raw_(std::make_shared<const std::string>(std::move(json))) {}

  const Text& raw() const { return raw_; }
  /// {"stream":"btcusdt@trade","data":{...}}; made once, when first asked for.
  const Text& combined() const;

 private:
  std::string stream_;
  Text raw_;
  mutable Text combined_;
};

class StreamSubscriber {
 public:
  virtual ~StreamSubscriber() = default;
  virtual void stream_event(const StreamEvent& event) = 0;
};

/// Who listens to which market stream. Subscribers take themselves out before they end.
class MarketStreams {
 public:
  void subscribe(const StreamName& stream, StreamSubscriber& subscriber);
  void unsubscribe(const StreamName& stream, StreamSubscriber& subscriber);

  bool has_subscribers(const StreamName& stream) const;
  /// Whether any stream of this symbol (upper case) has a subscriber.
  bool is_watched(const std::string& symbol) const;
  void publish(const StreamName& stream, std::string json, market::ExchangeTime now) const;
  /// Whoever is subscribed now to a stream of `symbol` (empty: of any) gets nothing of it before
  /// `until`; who subscribes later does.
  void stall(const std::string& symbol, market::ExchangeTime until);
  /// Subscribers by stream, those with none left out.
  std::map<std::string, std::size_t> counts() const;

 private:
  using Key = std::pair<std::string, StreamName::Kind>;
  using SilentUntil = market::ExchangeTime;
  std::map<Key, std::map<StreamSubscriber*, SilentUntil>> subscribers_;
};

}  // namespace naive::binance_mock
