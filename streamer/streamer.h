#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "binance/http_client.h"
#include "binance/market_stream.h"
#include "binance/persistent_stream.h"
#include "runtime/bus.h"
#include "runtime/child_options.h"
#include "runtime/directories.h"
#include "runtime/event_loop.h"
#include "runtime/heartbeat.h"
#include "runtime/publisher.h"
#include "runtime/signal_fd.h"
#include "runtime/supervisor_link.h"
#include "streamer/codec.h"
#include "streamer/fill_budget.h"
#include "streamer/staleness.h"
#include "streamer/subscriptions.h"
#include "streamer/trade_sequence.h"

namespace naive::streamer {

struct Options {
  runtime::ChildOptions child;
  std::string stream_url;  // without the path
  std::string rest_url;    // to fill gaps and to ask why a stream is silent
  std::chrono::milliseconds stale_after{10'000};
};

/// The process: the exchange's market streams on one side, the socket `feed` on the other.
class Streamer {
 public:
  /// Binds the socket. Throws StartError.
  Streamer(const Options& options, runtime::SignalFd& signals, runtime::Bus& bus,
           runtime::SupervisorLink& supervisor);

  /// Until SIGTERM, SIGINT or SIGHUP.
  void run() { loop_.run(); }

 private:
  /// What is published of one symbol.
  struct Feed {
    std::string topic;
    TradeSequence sequence;
  };
  /// Finds by string_view, so that no string is made for a trade.
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using Feeds = std::unordered_map<std::string, Feed, Hash, std::equal_to<>>;

  void drain_subscriptions(runtime::Socket& part);
  void subscriber_came(const std::string& symbol);
  static void tell_too_many(const std::string& symbol);
  void on_supervisor(const v1::SupervisorMessage& message);

  void on_text(std::string_view text);
  void on_trade(std::string_view symbol, const market::Trade& trade);
  void on_acknowledged(std::int64_t id);
  void on_refused(std::int64_t id, const std::string& error);
  void request_streams();
  void expect_trades(const std::vector<std::string>& symbols);
  void disconnected();

  void fill(const std::string& symbol, const TradeSequence::Gap& gap);
  void filled(const std::string& symbol, const TradeSequence::Gap& gap,
              const binance::HttpResult& result);
  void release(const std::string& symbol);
  void check_staleness();
  void schedule_staleness_check();
  void on_missing(const Staleness::Missing& missing);
  /// No further questions while the exchange wants to be left alone.
  void heed_limits(const binance::HttpResult& result);

  Feed& feed(const std::string& symbol);
  void forget_feed_unless_wanted(const std::string& symbol);
  void publish(const Feed& feed, std::string_view symbol, const market::Trade& trade,
               bool late = false);

  runtime::EventLoop loop_;
  runtime::SupervisorLink& supervisor_;
  runtime::Publisher feed_;
  runtime::Frames frames_;

  Subscriptions subscriptions_;
  Feeds feeds_;
  binance::MarketFrameParser parser_;
  FeedEncoder encoder_;
  FillBudget fill_budget_;
  Staleness staleness_;

  binance::PersistentStream stream_;
  binance::HttpClient http_;

  runtime::Watch watch_supervisor_;
  runtime::Watch watch_signals_;
  runtime::Heartbeat heartbeat_;
  runtime::Timer request_timer_;
  runtime::Timer staleness_timer_;
};

}  // namespace naive::streamer
