#include "gateway/gateway.h"

#include <fmt/format.h>
#include <naive/v1/supervision.pb.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <random>
#include <utility>

#include "proto/topics.h"
#include "runtime/log.h"
#include "runtime/sync_point.h"

namespace naive::gateway {
namespace {

using namespace std::chrono_literals;
using runtime::EventLoop;
using runtime::Socket;

constexpr std::chrono::minutes kClockInterval{1};
constexpr std::chrono::milliseconds kFirstRetry{50};
constexpr std::chrono::milliseconds kLongestRetry{5000};
constexpr std::chrono::seconds kRulesRetry{1};

// In the variant's order.
constexpr std::array<std::string_view, std::variant_size_v<OrderDesk::Action>> kActions{
    "Reply", "Post", "Cancel", "Fetch"};

/// Names this run; never 0, which in messages means "not known".
std::uint64_t random_epoch() {
  std::random_device random;
  std::uniform_int_distribution<std::uint64_t> any{1};
  return any(random);
}

}  // namespace

Gateway::Gateway(const Options& options, runtime::SignalFd& signals, runtime::Bus& bus,
                 runtime::SupervisorLink& supervisor, binance::Credentials credentials)
    : supervisor_(supervisor),
      epoch_(random_epoch()),
      signer_(std::move(credentials)),
      orders_desk_(throttle_, {}),
      exchange_(loop_, options.exchange, signer_, clock_,
                [this](const Response& response) { observe(response); }),
      user_data_(loop_, options.ws_api_url, signer_, clock_, options.exchange.recv_window,
                 {.began = [this] { user_data_began(); },
                  .report =
                      [this](const binance::ExecutionReport& report) {
                        publish(report.symbol,
                                encode_update(epoch_, report, rules_desk_.assets(report.symbol)));
                      },
                  .refused = [this](const binance::ApiError& error) { observe_error(error); }}),
      requests_(bus, Socket::Kind::kRouter),
      orders_(bus, loop_, [this](Socket& part) { drain_subscriptions(part); }),
      watch_requests_(loop_, requests_, EventLoop::Order::kMessages, [this] { drain_requests(); }),
      watch_supervisor_(loop_, supervisor.socket(), EventLoop::Order::kControl,
                        [this] { supervisor_.drain([](const v1::SupervisorMessage&) {}); }),
      watch_signals_(loop_, signals.fd(), EventLoop::Order::kControl, EventLoop::kRead,
                     [this, &signals](EventLoop::Interest) {
                       if (signals.read()) loop_.stop();
                     }),
      heartbeat_(loop_, [this] { supervisor_.heartbeat(); }),
      clock_timer_(loop_, [this] { synchronize(); }),
      rules_timer_(loop_, [this] { perform(rules_desk_.prepare()); }),
      clock_retry_(kFirstRetry) {
  const runtime::Sockets sockets{options.child.run_directory};
  requests_.bind(sockets.gateway());
  orders_.bind(sockets.orders());
  orders_desk_.hold("the exchange's time is not known yet");
  synchronize();
  perform(rules_desk_.prepare());
}

void Gateway::drain_requests() {
  for (int i = 0; i < runtime::kDrainLimit && requests_.receive(frames_); ++i) {
    const auto request = frames_.size() == 2 ? decode_request(frames_[1]) : std::nullopt;
    if (request) {
      handle(frames_[0], *request);
    } else {
      log::warn("Dropped a message that is no request",
                {{"frames", std::uint64_t{frames_.size()}}});
    }
  }
}

void Gateway::handle(const std::string& identity, const Request& request) {
  const Asker asker{identity, request.id};
  const auto now = loop_.now();
  if (const auto* place = std::get_if<PlaceOrder>(&request.body)) {
    perform(orders_desk_.place(asker, request.incarnation, *place, now));
  } else if (const auto* query = std::get_if<QueryOrder>(&request.body)) {
    perform(orders_desk_.query(asker, request.incarnation, query->order, now));
  } else if (const auto* cancel = std::get_if<CancelOrder>(&request.body)) {
    perform(orders_desk_.cancel(asker, cancel->order, now));
  } else if (const auto* rules = std::get_if<QueryRules>(&request.body)) {
    perform(rules_desk_.query(asker, rules->symbol, now));
  } else if (const auto* last = std::get_if<QueryLastCycle>(&request.body)) {
    find_last_cycle(asker, last->symbol);
  } else if (const auto* bad = std::get_if<BadRequest>(&request.body)) {
    log::warn("Refused a request", {{"reason", bad->reason}});
    reply(asker, Rejected{.message = bad->reason});
  }
}

void Gateway::find_last_cycle(const Asker& asker, const std::string& symbol) {
  if (!clock_.known())
    return reply(asker, Unavailable{"the exchange's time is not known yet", 500ms});
  if (const auto wait = throttle_.wait(Throttle::Use::kQuery, loop_.now())) {
    return reply(asker, Unavailable{"the exchange wants us to back off", *wait});
  }
  // What was only asked for is used up, too: whoever asked may have shut out lower incarnations.
  exchange_.last_cycle(symbol, [this, asker, symbol](const Exchange::Cycle& cycle) {
    if (!cycle) return reply(asker, Unavailable{cycle.error(), 500ms});
    reply(asker, LastCycle{std::max(*cycle, orders_desk_.highest_cycle(symbol))});
  });
}

void Gateway::reply(const Asker& asker, const Answer& answer) {
  // A fence is judged by this: an order may come into being while the answer that it is not there is on its way.
  const auto* not_found = std::get_if<NotFound>(&answer);
  const ReplyHeader header{
      .request_id = asker.request_id,
      .gateway_epoch = epoch_,
      .exchange_time = clock_.at(not_found != nullptr ? not_found->asked : loop_.now())};
  // An asker that is gone will be told by the exchange itself, when its successor asks.
  requests_.send({asker.identity, encode_reply(header, answer)});
}

void Gateway::drain_subscriptions(Socket& part) {
  for (int i = 0; i < runtime::kDrainLimit && part.receive(frames_); ++i) {
    const auto subscription = wire::read_subscription(frames_[0]);
    if (!subscription) continue;
    if (subscription->kind == wire::kWelcome) {
      if (subscription->begins) part.send({subscription->topic, encode_subscribed(epoch_)});
    } else if (subscription->kind != wire::kOrders) {
      continue;
    } else if (subscription->begins) {
      subscribed_.emplace(subscription->symbol);
    } else {
      subscribed_.erase(std::string{subscription->symbol});
    }
  }
}

void Gateway::publish(std::string_view symbol, const std::string& message) {
  runtime::sync_point({"gateway", "before", "Publish"});
  orders_.send(symbol, wire::topic(wire::kOrders, symbol), message);
  runtime::sync_point({"gateway", "after", "Publish"});
}

void Gateway::perform(const OrderDesk::Actions& actions) {
  for (const auto& action : actions) {
    runtime::sync_point({"gateway", "before", kActions.at(action.index())});
    std::visit([this](const auto& one) { perform(one); }, action);
    runtime::sync_point({"gateway", "after", kActions.at(action.index())});
  }
}

void Gateway::perform(const OrderDesk::Post& action) {
  const auto& order = action.order;
  exchange_.post(order, rules_desk_.assets(order.symbol),
                 [this, name = OrderName{order.symbol, order.client_order_id}](Outcome outcome) {
                   perform(orders_desk_.posted(name, std::move(outcome), loop_.now()));
                 });
}

void Gateway::perform(const OrderDesk::Cancel& action) {
  exchange_.cancel(action.order, [this, ticket = action.ticket](const Outcome& outcome) {
    perform(orders_desk_.canceled(ticket, outcome));
  });
}

void Gateway::perform(const OrderDesk::Fetch& action) {
  exchange_.find(action.order, rules_desk_.assets(action.order.symbol),
                 [this, ticket = action.ticket](const Finding& finding) {
                   perform(orders_desk_.fetched(ticket, finding));
                 });
}

void Gateway::perform(const RulesDesk::Actions& actions) {
  for (const auto& [to, answer] : actions.replies) reply(to, answer);
  if (actions.fetch) fetch_rules();
}

void Gateway::fetch_rules() {
  if (throttle_.wait(Throttle::Use::kQuery, loop_.now())) {
    rules_timer_.set_after(kRulesRetry);
    return perform(rules_desk_.failed("the exchange wants us to back off"));
  }
  exchange_.symbols([this](std::expected<Exchange::Listings, std::string> listings) {
    if (!listings) {
      rules_timer_.set_after(kRulesRetry);
      return perform(rules_desk_.failed(listings.error()));
    }
    log::debug("Read the symbols' rules", {{"symbols", std::uint64_t{listings->size()}}});
    perform(rules_desk_.loaded(*std::move(listings), loop_.now()));
  });
}

void Gateway::synchronize() {
  if (std::exchange(synchronizing_, true)) return;
  exchange_.time([this, sent = loop_.now()](std::expected<market::ExchangeTime, std::string> time) {
    synchronizing_ = false;
    if (!time || !synchronized(sent, *time)) {
      if (!std::exchange(exchange_trouble_told_, true)) {
        const std::string why = time ? "it takes longer than a second to answer" : time.error();
        log::warn(fmt::format("Cannot reach the exchange - {} - trying again", why));
      }
      clock_timer_.set_after(clock_retry_);
      clock_retry_ = std::min(clock_retry_ * 2, kLongestRetry);
    }
    if (!std::exchange(ready_told_, true)) supervisor_.ready();
  });
}

bool Gateway::synchronized(runtime::TimePoint sent, market::ExchangeTime server_time) {
  const auto round_trip = std::chrono::duration_cast<microseconds>(loop_.now() - sent);
  const bool news = !clock_.known() || exchange_trouble_told_;
  if (!clock_.synchronize(sent, loop_.now(), server_time)) return false;
  if (news) {
    log::info("The exchange is there", {{"round_trip_us", std::int64_t{round_trip.count()}}});
  }
  exchange_trouble_told_ = false;
  clock_retry_ = kFirstRetry;
  clock_timer_.set_after(kClockInterval);
  orders_desk_.release();
  user_data_.start();
  perform(rules_desk_.prepare());
  return true;
}

void Gateway::observe(const Response& response) {
  const auto now = loop_.now();
  throttle_.observe(response.status, response.error ? response.error->code : 0,
                    response.retry_after, now);
  const auto wait = throttle_.wait(Throttle::Use::kOrder, now);
  if (wait && !std::exchange(backing_off_, true)) {
    log::warn("The exchange wants us to back off",
              {{"http", response.status}, {"for_ms", std::int64_t{*wait / 1ms}}});
  }
  if (!wait && response.status == 200) backing_off_ = false;
  if (response.error) observe_error(*response.error);
}

void Gateway::observe_error(const binance::ApiError& error) {
  if (error.code == binance::kInvalidTimestamp) {
    if (!synchronizing_) log::warn("The exchange finds our clock wrong - asking it for the time");
    orders_desk_.hold("the clock is being set by the exchange's");
    synchronize();
  } else if (is_key_trouble(error) && !std::exchange(key_trouble_told_, true)) {
    log::error(fmt::format("The exchange refuses our key - {}", error.message),
               {{"code", error.code}});
  }
}

void Gateway::user_data_began() {
  key_trouble_told_ = false;
  for (const std::string& symbol : subscribed_) {
    publish(symbol, encode_gap(epoch_, "the user data stream was connected"));
  }
}

}  // namespace naive::gateway
