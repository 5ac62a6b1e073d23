#include "streamer/subscriptions.h"

#include <algorithm>
#include <utility>

namespace naive::streamer {

/// The symbol's stream, made if need be; nullptr: there are too many.
Subscriptions::Stream* Subscriptions::want(const std::string& symbol) {
  if (streams_.size() >= kMaxStreams && !streams_.contains(symbol)) return nullptr;
  Stream& stream = streams_[symbol];
  if (stream.upstream == Upstream::kRefused) stream.upstream = Upstream::kOff;
  return &stream;
}

bool Subscriptions::subscriber_came(const std::string& symbol) {
  Stream* const stream = want(symbol);
  if (stream != nullptr) stream->subscribed = true;
  return stream != nullptr;
}

std::vector<std::string> Subscriptions::running() const {
  std::vector<std::string> symbols;
  for (const auto& [symbol, stream] : streams_) {
    if (stream.upstream == Upstream::kOn) symbols.push_back(symbol);
  }
  return symbols;
}

void Subscriptions::last_subscriber_went(const std::string& symbol, TimePoint now) {
  const auto found = streams_.find(symbol);
  if (found == streams_.end()) return;
  found->second.subscribed = false;
  found->second.unwanted_since = now;
  forget_unless_wanted(symbol);
}

bool Subscriptions::pin(const std::string& symbol) {
  Stream* const stream = want(symbol);
  if (stream != nullptr) stream->pinned = true;
  return stream != nullptr;
}

void Subscriptions::unpin(const std::string& symbol, TimePoint now) {
  const auto found = streams_.find(symbol);
  if (found == streams_.end()) return;
  found->second.pinned = false;
  found->second.unwanted_since = now;
  forget_unless_wanted(symbol);
}

void Subscriptions::forget_unless_wanted(const std::string& symbol) {
  const Stream& stream = streams_.at(symbol);
  const bool idle = stream.upstream == Upstream::kOff || stream.upstream == Upstream::kRefused;
  if (idle && !stream.wanted()) streams_.erase(symbol);
}

void Subscriptions::disconnected() {
  connected_ = false;
  pending_.clear();
  for (auto& [symbol, stream] : streams_) stream.upstream = Upstream::kOff;
  std::erase_if(streams_, [](const auto& entry) { return !entry.second.wanted(); });
}

std::vector<std::string> Subscriptions::to_subscribe() const {
  std::vector<std::string> symbols;
  for (const auto& [symbol, stream] : streams_) {
    if (symbols.size() == kMaxPerRequest) break;
    if (stream.upstream == Upstream::kOff && stream.wanted()) symbols.push_back(symbol);
  }
  return symbols;
}

std::vector<std::string> Subscriptions::to_unsubscribe(TimePoint now) const {
  std::vector<std::string> symbols;
  for (const auto& [symbol, stream] : streams_) {
    if (symbols.size() == kMaxPerRequest) break;
    if (stream.upstream != Upstream::kOn || stream.wanted()) continue;
    if (stream.unwanted_since + kLinger <= now) symbols.push_back(symbol);
  }
  return symbols;
}

Subscriptions::Request Subscriptions::request(Request::Verb verb, std::vector<std::string> symbols,
                                              TimePoint now) {
  const auto next =
      verb == Request::Verb::kSubscribe ? Upstream::kTurningOn : Upstream::kTurningOff;
  for (const std::string& symbol : symbols) streams_.at(symbol).upstream = next;
  Request made{.verb = verb, .id = ++last_id_, .symbols = std::move(symbols)};
  pending_.emplace(made.id, Pending{made, now});
  next_allowed_ = now + kSpacing;
  return made;
}

std::optional<Subscriptions::Request> Subscriptions::next_request(TimePoint now) {
  if (!connected_ || now < next_allowed_) return std::nullopt;
  if (auto symbols = to_subscribe(); !symbols.empty()) {
    return request(Request::Verb::kSubscribe, std::move(symbols), now);
  }
  if (auto symbols = to_unsubscribe(now); !symbols.empty()) {
    return request(Request::Verb::kUnsubscribe, std::move(symbols), now);
  }
  return std::nullopt;
}

std::optional<TimePoint> Subscriptions::due() const {
  if (!connected_) return std::nullopt;
  std::optional<TimePoint> due;
  const auto consider = [&](TimePoint time) { due = due ? std::min(*due, time) : time; };
  for (const auto& [id, pending] : pending_) consider(pending.sent + kAnswerLimit);
  for (const auto& [symbol, stream] : streams_) {
    if (stream.upstream == Upstream::kOff && stream.wanted()) consider(next_allowed_);
    if (stream.upstream == Upstream::kOn && !stream.wanted()) {
      consider(std::max(next_allowed_, stream.unwanted_since + kLinger));
    }
  }
  return due;
}

bool Subscriptions::is_overdue(TimePoint now) const {
  return std::ranges::any_of(
      pending_, [now](const auto& entry) { return entry.second.sent + kAnswerLimit <= now; });
}

Subscriptions::Acknowledged Subscriptions::acknowledged(std::int64_t id, TimePoint now) {
  const auto pending = pending_.extract(id);
  if (!pending) return {};
  const Request& request = pending.mapped().request;
  Acknowledged result;
  for (const std::string& symbol : request.symbols) {
    const auto found = streams_.find(symbol);
    if (found == streams_.end()) continue;
    Stream& stream = found->second;
    if (request.verb == Request::Verb::kSubscribe) {
      stream.upstream = Upstream::kOn;
      if (!stream.wanted()) stream.unwanted_since = now;
      result.running.push_back(symbol);
    } else {
      stream.upstream = Upstream::kOff;
      if (!stream.wanted()) result.forgotten.push_back(symbol);
      forget_unless_wanted(symbol);
    }
  }
  return result;
}

std::vector<std::string> Subscriptions::refused(std::int64_t id) {
  const auto pending = pending_.extract(id);
  if (!pending) return {};
  for (const std::string& symbol : pending.mapped().request.symbols) {
    const auto found = streams_.find(symbol);
    if (found == streams_.end()) continue;
    found->second.upstream = Upstream::kRefused;
    forget_unless_wanted(symbol);
  }
  return pending.mapped().request.symbols;
}

}  // namespace naive::streamer
