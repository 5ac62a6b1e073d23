#include "streamer/streamer.h"

#include <fmt/format.h>
#include <naive/v1/supervision.pb.h>

#include <algorithm>

#include "market/symbol_rules.h"
#include "proto/topics.h"
#include "runtime/log.h"

namespace naive::streamer {
namespace {

using runtime::EventLoop;
using runtime::Socket;

/// A symbol's prices wait for its missing trades, but not for long.
constexpr binance::HttpClient::Limits kFillLimits{.connect = std::chrono::seconds{1},
                                                  .total = std::chrono::seconds{2}};

/// Raw streams: a third fewer bytes than combined ones, and every event names its symbol anyway.
std::string raw_streams_url(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url.ends_with("/ws") || url.ends_with("/stream") ? url : url + "/ws";
}

}  // namespace

Streamer::Streamer(const Options& options, runtime::SignalFd& signals, runtime::Bus& bus,
                   runtime::SupervisorLink& supervisor)
    : supervisor_(supervisor),
      feed_(bus, loop_, [this](Socket& part) { drain_subscriptions(part); }),
      staleness_(options.stale_after),
      stream_(loop_, "market streams", raw_streams_url(options.stream_url),
              {.opened =
                   [this] {
                     stream_.established();
                     subscriptions_.connected();
                     request_streams();
                   },
               .message = [this](std::string_view text) { on_text(text); },
               .lost = [this] { disconnected(); }}),
      http_(loop_, options.rest_url, kFillLimits),
      watch_supervisor_(loop_, supervisor.socket(), EventLoop::Order::kControl,
                        [this] {
                          supervisor_.drain([this](const v1::SupervisorMessage& message) {
                            on_supervisor(message);
                          });
                        }),
      watch_signals_(loop_, signals.fd(), EventLoop::Order::kControl, EventLoop::kRead,
                     [this, &signals](EventLoop::Interest) {
                       if (signals.read()) loop_.stop();
                     }),
      heartbeat_(loop_, [this] { supervisor_.heartbeat(); }),
      request_timer_(loop_, [this] { request_streams(); }),
      staleness_timer_(loop_, [this] { check_staleness(); }) {
  feed_.bind(runtime::Sockets{options.child.run_directory}.feed());
  stream_.start();
  supervisor_.ready();
}

// Demand: who wants which symbol.

void Streamer::drain_subscriptions(Socket& part) {
  for (int i = 0; i < runtime::kDrainLimit && part.receive(frames_); ++i) {
    const auto subscription = wire::read_subscription(frames_[0]);
    if (!subscription) continue;
    const std::string symbol{subscription->symbol};
    if (subscription->kind == wire::kWelcome) {
      // A symbol may not run yet: then it is told when it does, with everybody who reads it.
      if (subscription->begins)
        part.send({subscription->topic, encoder_.subscribed(subscriptions_.running())});
    } else if (subscription->kind != wire::kTradeEvents) {
      continue;
    } else if (subscription->begins) {
      subscriber_came(symbol);
    } else {
      subscriptions_.last_subscriber_went(symbol, loop_.now());
      forget_feed_unless_wanted(symbol);
    }
  }
  request_streams();
}

void Streamer::subscriber_came(const std::string& symbol) {
  if (!subscriptions_.subscriber_came(symbol)) tell_too_many(symbol);
}

void Streamer::tell_too_many(const std::string& symbol) {
  log::error(fmt::format("{} is not streamed - a connection carries {} streams at most", symbol,
                         Subscriptions::kMaxStreams));
}

void Streamer::on_supervisor(const v1::SupervisorMessage& message) {
  if (!message.has_stream()) return;
  const std::string& symbol = message.stream().symbol();
  if (!message.stream().on()) {
    subscriptions_.unpin(symbol, loop_.now());
    forget_feed_unless_wanted(symbol);
  } else if (!subscriptions_.pin(symbol)) {
    tell_too_many(symbol);
  }
  request_streams();
}

void Streamer::request_streams() {
  if (subscriptions_.is_overdue(loop_.now())) {
    return stream_.reconnect("a request of ours was not answered");
  }
  if (const auto request = subscriptions_.next_request(loop_.now())) {
    std::vector<std::string> streams;
    for (const auto& symbol : request->symbols) streams.push_back(binance::trade_stream(symbol));
    const bool subscribe = request->verb == Subscriptions::Request::Verb::kSubscribe;
    if (subscribe) expect_trades(request->symbols);
    // One that cannot be sent is not answered either, and that is noticed.
    stream_.send(subscribe ? binance::subscribe_request(request->id, streams)
                           : binance::unsubscribe_request(request->id, streams));
  }
  if (const auto due = subscriptions_.due()) request_timer_.set(*due);
}

/// From the request on, as trades may come before its acknowledgement does.
void Streamer::expect_trades(const std::vector<std::string>& symbols) {
  for (const auto& symbol : symbols) {
    feed(symbol);
    staleness_.expect(symbol, loop_.now());
  }
  schedule_staleness_check();
}

void Streamer::disconnected() {
  subscriptions_.disconnected();
  staleness_.disconnected();
  std::erase_if(feeds_, [this](const auto& entry) {
    if (subscriptions_.has(entry.first)) return false;
    staleness_.forget(entry.first);
    return true;
  });
}

// Supply: what the exchange says.

void Streamer::on_text(std::string_view text) {
  const auto& frame = parser_.parse(text);
  switch (frame.kind) {
    case binance::MarketFrame::Kind::kTrade:
      return on_trade(frame.symbol, frame.trade);
    case binance::MarketFrame::Kind::kAcknowledged:
      return on_acknowledged(frame.id);
    case binance::MarketFrame::Kind::kRefused:
      return on_refused(frame.id, frame.error);
    case binance::MarketFrame::Kind::kServerShutdown:
      return stream_.reconnect("the server shuts down");
    case binance::MarketFrame::Kind::kMalformed:
      log::warn("The market streams sent something that cannot be read",
                {{"bytes", std::uint64_t{text.size()}}});
      return;
    case binance::MarketFrame::Kind::kOther:
      return;
  }
}

void Streamer::on_trade(std::string_view symbol, const market::Trade& trade) {
  const auto found = feeds_.find(symbol);
  if (found == feeds_.end()) return;
  auto& [name, feed] = *found;
  const auto step = feed.sequence.take(trade);
  if (step != TradeSequence::Step::kDuplicate) {
    staleness_.heard(name, trade.trade_id, loop_.now());
  }
  switch (step) {
    case TradeSequence::Step::kPublish:
      return publish(feed, name, trade);
    case TradeSequence::Step::kRenumbered:
      log::warn(fmt::format("The exchange counts the trades of {} anew", name),
                {{"from", trade.trade_id}});
      return publish(feed, name, trade);
    case TradeSequence::Step::kGap:
      return fill(name, *feed.sequence.gap());
    case TradeSequence::Step::kOverflow:
      log::warn(fmt::format("{} trades stay missing - asking takes too long", name));
      return release(name);
    case TradeSequence::Step::kDuplicate:
    case TradeSequence::Step::kHeld:
      return;
  }
}

void Streamer::on_acknowledged(std::int64_t id) {
  const auto result = subscriptions_.acknowledged(id, loop_.now());
  for (const auto& symbol : result.running)
    feed_.send(symbol, feed(symbol).topic, encoder_.running());
  for (const auto& symbol : result.forgotten) forget_feed_unless_wanted(symbol);
  request_streams();
}

void Streamer::on_refused(std::int64_t id, const std::string& error) {
  const auto symbols = subscriptions_.refused(id);
  for (const auto& symbol : symbols) {
    staleness_.forget(symbol);
    forget_feed_unless_wanted(symbol);
  }
  log::error(fmt::format("The exchange refuses streams - {}", error),
             {{"symbols", fmt::format("{}", fmt::join(symbols, ","))}});
  request_streams();
}

// What our readers get.

Streamer::Feed& Streamer::feed(const std::string& symbol) {
  const auto [entry, made] = feeds_.try_emplace(symbol);
  if (made) entry->second.topic = wire::topic(wire::kTradeEvents, symbol);
  return entry->second;
}

/// With its last trade id: a symbol that comes back later begins anew, it does not have a gap.
void Streamer::forget_feed_unless_wanted(const std::string& symbol) {
  if (subscriptions_.has(symbol)) return;
  staleness_.forget(symbol);
  feeds_.erase(symbol);
}

void Streamer::publish(const Feed& feed, std::string_view symbol, const market::Trade& trade,
                       bool late) {
  feed_.send(symbol, feed.topic, encoder_.trade(symbol, trade, late));
}

}  // namespace naive::streamer
