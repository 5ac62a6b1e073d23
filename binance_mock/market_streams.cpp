#include "binance_mock/market_streams.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "binance_mock/json_writer.h"

namespace naive::binance_mock {
namespace {

using Kind = StreamName::Kind;

constexpr std::array<std::pair<std::string_view, Kind>, 3> kKinds{
    {{"trade", Kind::kTrade},
     {"aggTrade", Kind::kAggregateTrade},
     {"bookTicker", Kind::kBookTicker}}};

bool is_lower_case_symbol(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-' || c == '_' || c == '.';
  });
}

template <int Convert(int)>
std::string converted(std::string_view text) {
  std::string result{text};
  for (char& c : result) c = static_cast<char>(Convert(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace

std::string StreamName::to_string() const {
  std::string text = converted<std::tolower>(symbol);
  text += '@';
  for (const auto& [word, value] : kKinds) {
    if (value == kind) text += word;
  }
  return text;
}

std::optional<StreamName> StreamName::parse(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || !is_lower_case_symbol(text.substr(0, at))) {
    return std::nullopt;
  }
  for (const auto& [word, value] : kKinds) {
    if (word == text.substr(at + 1)) {
      return StreamName{.symbol = converted<std::toupper>(text.substr(0, at)), .kind = value};
    }
  }
  return std::nullopt;
}

const Text& StreamEvent::combined() const {
  if (!combined_) {
    JsonWriter json;
    json.begin_object().member("stream", stream_).member_raw("data", *raw_).end_object();
    combined_ = std::make_shared<const std::string>(json.take());
  }
  return combined_;
}

void MarketStreams::subscribe(const StreamName& stream, StreamSubscriber& subscriber) {
  subscribers_[{stream.symbol, stream.kind}].try_emplace(&subscriber);
}

void MarketStreams::unsubscribe(const StreamName& stream, StreamSubscriber& subscriber) {
  const auto found = subscribers_.find({stream.symbol, stream.kind});
  if (found == subscribers_.end()) return;
  found->second.erase(&subscriber);
  if (found->second.empty()) subscribers_.erase(found);
}

bool MarketStreams::has_subscribers(const StreamName& stream) const {
  return subscribers_.contains({stream.symbol, stream.kind});
}

bool MarketStreams::is_watched(const std::string& symbol) const {
  const auto first = subscribers_.lower_bound({symbol, kKinds.front().second});
  return first != subscribers_.end() && first->first.first == symbol;
}

void MarketStreams::stall(const std::string& symbol, market::ExchangeTime until) {
  for (auto& [key, subscribers] : subscribers_) {
    if (!symbol.empty() && symbol != key.first) continue;
    for (auto& [subscriber, silent_until] : subscribers) silent_until = until;
  }
}

void MarketStreams::publish(const StreamName& stream, std::string json,
                            market::ExchangeTime now) const {
  const auto found = subscribers_.find({stream.symbol, stream.kind});
  if (found == subscribers_.end()) return;
  const StreamEvent event{stream.to_string(), std::move(json)};
  for (const auto& [subscriber, silent_until] : found->second) {
    if (now >= silent_until) subscriber->stream_event(event);
  }
}

std::map<std::string, std::size_t> MarketStreams::counts() const {
  std::map<std::string, std::size_t> counts;
  for (const auto& [key, subscribers] : subscribers_) {
    counts[StreamName{.symbol = key.first, .kind = key.second}.to_string()] = subscribers.size();
  }
  return counts;
}

}  // namespace naive::binance_mock
