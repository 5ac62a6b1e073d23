#include "proto/topics.h"

#include "market/symbol_rules.h"

namespace naive::wire {

std::string topic(std::string_view kind, std::string_view symbol) {
  return std::string{kind}.append(":").append(symbol).append("|");
}

std::string welcome_topic(pid_t subscriber) {
  return topic(kWelcome, std::to_string(subscriber));
}

std::optional<Subscription> read_subscription(std::string_view frame) {
  if (frame.empty()) return std::nullopt;
  const std::string_view topic = frame.substr(1);
  const auto colon = topic.find(':');
  const auto bar = topic.find('|');
  if (colon == std::string_view::npos || bar == std::string_view::npos || bar < colon)
    return std::nullopt;
  const Subscription subscription{.begins = frame.front() == '\1',
                                  .topic = topic,
                                  .kind = topic.substr(0, colon),
                                  .symbol = topic.substr(colon + 1, bar - colon - 1)};
  if (bar + 1 != topic.size() || !market::is_symbol(subscription.symbol)) return std::nullopt;
  return subscription;
}

}  // namespace naive::wire
