#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Behind which topics `feed` and `orders` publish. Each ends in a delimiter, so that BTC does not get BTCUSDT's.
namespace naive::wire {

inline constexpr std::string_view kTradeEvents = "TRADE_EVENTS";
inline constexpr std::string_view kOrders = "ORDERS";
/// Subscribed to beside one of the others, by one subscriber alone: says when the other is in force. On the common topic
/// that would wake every trader of the symbol whenever one of them is started. It sorts last, and so it is told last:
/// ZeroMQ tells subscriptions that precede a connection in the order of their bytes.
inline constexpr std::string_view kWelcome = "WELCOME";

/// "ORDERS:BTCUSDT|"
std::string topic(std::string_view kind, std::string_view symbol);
/// "WELCOME:BTCUSDT|trader BTCUSDT/0#3"
std::string welcome_topic(std::string_view symbol, std::string_view subscriber);

/// What an XPUB is told of its subscribers. Views into the frame.
struct Subscription {
  bool begins;  // or ends
  std::string_view topic;
  std::string_view kind;  // up to the colon
  std::string_view symbol;
};
/// Nothing when that is no topic of one symbol: a prefix of several is nobody's demand for any.
std::optional<Subscription> read_subscription(std::string_view frame);

}  // namespace naive::wire
