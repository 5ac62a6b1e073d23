#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

/// Behind which topics `feed` and `orders` publish. Each ends in a delimiter, so that BTC does not get BTCUSDT's.
namespace naive::wire {

inline constexpr std::string_view kTradeEvents = "TRADE_EVENTS";
inline constexpr std::string_view kOrders = "ORDERS";
/// Subscribed to beside one of the others, by one process alone: says when the other is in force. On the common topic that
/// would wake every trader of the symbol whenever one of them is started. It sorts last, and so it is told last: ZeroMQ
/// tells subscriptions that precede a connection in the order of their bytes. It is short, for whenever a subscriber dies
/// ZeroMQ looks through every byte of every subscription.
inline constexpr std::string_view kWelcome = "WELCOME";

/// "ORDERS:BTCUSDT|"
std::string topic(std::string_view kind, std::string_view symbol);
/// "WELCOME:4017|"
std::string welcome_topic(pid_t subscriber);

/// What an XPUB is told of its subscribers. Views into the frame.
struct Subscription {
  bool begins;  // or ends
  std::string_view topic;
  std::string_view kind;  // up to the colon
  std::string_view symbol;  // or pid, of a welcome
};
/// Nothing when that is no topic of one symbol or process: a prefix of several is nobody's demand for any.
std::optional<Subscription> read_subscription(std::string_view frame);

}  // namespace naive::wire
