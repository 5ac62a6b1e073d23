#include "binance_mock/process.h"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <optional>

#include "binance_mock/api.h"
#include "binance_mock/connections.h"
#include "binance_mock/control_plane.h"
#include "binance_mock/fault_plan.h"
#include "binance_mock/faulty_courier.h"
#include "binance_mock/faulty_service.h"
#include "binance_mock/http_server.h"
#include "binance_mock/local_exchange.h"
#include "binance_mock/market_setup.h"
#include "runtime/log.h"
#include "runtime/program.h"
#include "runtime/supervisor_link.h"

namespace naive::binance_mock {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// The system's clock, except that it never goes backwards.
class WallClock {
 public:
  market::ExchangeTime now() {
    const auto system = std::chrono::system_clock::now();
    last_ = std::max(last_, std::chrono::floor<std::chrono::microseconds>(system));
    return last_;
  }

 private:
  market::ExchangeTime last_;
};

/// Everything that the network sees and nothing that knows of it. Outlives the io_context, whose
/// last connections refer to it.
struct Trading {
  Trading(const Options& options, const Later& later)
      : symbols(load_symbols(options)),
        tape(load_tape(options, symbols)),
        venue(symbols, options.fill_rule()),
        feed(options.parsed_pace()),
        limits(options.rate_limit_mode()),
        api(venue,
            Authentication{options.key_file.empty() ? example_credentials()
                                                    : binance::read_credentials(options.key_file)},
            limits, seed_of_ids(clock.now())),
        courier(venue, plan, later),
        control(venue, feed, plan, connections, later),
        exchange(venue, api, control, [this] { return clock.now(); }),
        service(exchange, plan, connections, venue, [this] { return clock.now(); }) {
    open_market(options, symbols, tape, feed, venue, Feed::Time::clock::now());
    if (!options.book.empty() && venue.keep_book(options.book)) {
      log::info("the exchange goes on with its book", {{"file", options.book.string()}});
    } else {
      fund_account(options, symbols, venue);
    }
  }

  /// Not --seed: ids that the exchange makes up must be new ones after every start.
  static std::uint64_t seed_of_ids(market::ExchangeTime now) {
    return static_cast<std::uint64_t>(now.time_since_epoch().count());
  }

  WallClock clock;
  SymbolTable symbols;
  Tape tape;
  Venue venue;
  Feed feed;
  RateLimits limits;
  Api api;
  FaultPlan plan;
  FaultyCourier courier;
  Connections connections;
  ControlPlane control;
  LocalExchange exchange;
  FaultyService service;
};

/// Lets the feed's trades happen when they are due.
class Metronome {
 public:
  Metronome(asio::io_context& loop, Trading& trading) : timer_(loop), trading_(trading) {
    trading_.venue.on_interest([this](const std::string& symbol) {
      trading_.feed.wake(symbol, Feed::Time::clock::now());
      rearm();
    });
    // The book may have brought open orders.
    for (const auto& [symbol, ledger] : trading_.venue.exchange().ledger().symbols()) {
      if (ledger.open_count() > 0) trading_.feed.wake(symbol, Feed::Time::clock::now());
    }
    rearm();
  }
  ~Metronome() { trading_.venue.on_interest({}); }

 private:
  void rearm() {
    const auto due = trading_.feed.next_due();
    if (!due || due == armed_) return;
    armed_ = due;
    timer_.expires_at(*due);  // cancels an earlier wait
    timer_.async_wait([this](error_code error) {
      if (!error) beat();
    });
  }

  /// One trade a turn of the loop, however late we are: every connection writes one frame a turn, so the fastest tape
  /// fills no queue that its reader would empty.
  void beat() {
    armed_.reset();
    const auto is_wanted = [this](const std::string& symbol) {
      return trading_.venue.is_wanted(symbol);
    };
    const auto next = trading_.feed.take_due(Feed::Time::clock::now(), is_wanted);
    if (next) trading_.venue.publish(next->symbol, next->print, trading_.clock.now());
    rearm();
  }

  asio::steady_timer timer_;
  Trading& trading_;
  std::optional<Feed::Time> armed_;
};

/// The link to the supervisor on asio's loop: the one process whose loop is not runtime::EventLoop,
/// for Beast brings its own.
class SupervisorWatch {
 public:
  SupervisorWatch(asio::io_context& loop, runtime::SupervisorLink& link)
      : link_(link), readable_(loop, link.socket().fd()), heartbeat_(loop) {
    watch();
    beat();
  }
  /// The descriptor is ZeroMQ's to close.
  ~SupervisorWatch() { readable_.release(); }

 private:
  /// ZMQ_FD is edge-triggered and every send may swallow an edge, so it is drained at each wake-up
  /// and after each send.
  void drain() {
    link_.drain([](const v1::SupervisorMessage&) {});  // nothing is ever asked of the mock
  }

  void watch() {
    readable_.async_wait(asio::posix::stream_descriptor::wait_read, [this](error_code error) {
      if (error) return;
      drain();
      watch();
    });
  }

  void beat() {
    link_.heartbeat();
    drain();
    heartbeat_.expires_after(runtime::kHeartbeatInterval);
    heartbeat_.async_wait([this](error_code error) {
      if (!error) beat();
    });
  }

  runtime::SupervisorLink& link_;
  asio::posix::stream_descriptor readable_;
  asio::steady_timer heartbeat_;
};

/// What is to be done later. Its timers wait on a loop that is made after, and ends before, those who use it.
class Agenda {
 public:
  void wait_on(asio::io_context& loop) { loop_ = &loop; }

  void add(std::chrono::milliseconds delay, std::function<void()> what) {
    auto timer = std::make_unique<asio::steady_timer>(*loop_, delay);
    asio::steady_timer& waiting = *timer;
    waiting.async_wait([timer = std::move(timer), what = std::move(what)](error_code error) {
      if (!error) what();
    });
  }

 private:
  asio::io_context* loop_ = nullptr;
};

int serve(const Options& options, runtime::SupervisorLink& link) {
  Agenda agenda;
  Trading trading{options, [&](auto delay, auto what) { agenda.add(delay, std::move(what)); }};
  asio::io_context loop{1};
  agenda.wait_on(loop);
  asio::signal_set signals{loop, SIGTERM, SIGINT};
  HttpServer server{loop, options.bind, options.port, trading.service};
  const Metronome metronome{loop, trading};
  const SupervisorWatch watch{loop, link};

  asio::steady_timer grace{loop};
  signals.async_wait([&](error_code error, int) {
    if (error) return;
    // Long enough for the close frames to leave.
    constexpr std::chrono::milliseconds kGrace{200};
    server.stop();
    grace.expires_after(kGrace);
    grace.async_wait([&](error_code) { loop.stop(); });
  });

  log::info(fmt::format("the exchange listens on {}", server.url()),
            {{"symbols", std::uint64_t{trading.symbols.all().size()}},
             {"tapes", std::uint64_t{trading.tape.trades().size()}},
             {"pace", options.pace}});
  link.ready(server.url());
  loop.run();
  log::info("the exchange is closed");
  return runtime::kExitOk;
}

}  // namespace

int run(const Options& options, const runtime::ChildOptions& child) {
  runtime::Bus bus;
  runtime::SupervisorLink link{bus, child};
  try {
    return serve(options, link);
  } catch (const CannotListen& error) {
    if (link.failed("port_in_use", error.what())) return error.status();
    throw;
  } catch (const runtime::StartError& error) {
    if (link.failed("invalid_configuration", error.what())) return error.status();
    throw;
  }
}

}  // namespace naive::binance_mock
