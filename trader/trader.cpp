#include "trader/trader.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "proto/topics.h"
#include "runtime/log.h"
#include "runtime/program.h"
#include "runtime/publisher.h"
#include "runtime/sync_point.h"
#include "trader/codec.h"

namespace naive::trader {
namespace {

using runtime::Socket;

/// For a gateway that has forgotten us: it gives up each request to the exchange after ten seconds.
constexpr Duration kGatewayPatience = std::chrono::seconds{15};

template <class Message>
std::optional<Message> parse(std::string_view bytes) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  return message;
}

// In the variants' order.
constexpr std::array<std::string_view, std::variant_size_v<Event>> kEvents{
    "Started", "Resumed",     "TradeSeen", "Accepted",       "Rejected",     "NotSent",
    "Unknown", "Found",       "NotFound",  "Unavailable",    "OrderUpdated", "OrdersGap",
    "Stored",  "GatewaySeen", "Tick",      "FinishRequested"};
constexpr std::array<std::string_view, std::variant_size_v<Action>> kActions{"Save", "Place",
                                                                             "Query", "Exit"};

std::int64_t microseconds(TimePoint time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

}  // namespace

Trader::Trader(const Identity& identity, const runtime::Sockets& sockets)
    : identity_(identity),
      leader_(bus_, sockets.leader(identity.symbol), identity.link),
      feed_(bus_, Socket::Kind::kSub),
      gateway_(bus_, Socket::Kind::kDealer),
      orders_(bus_, Socket::Kind::kSub),
      watch_leader_(loop_, leader_.socket(), runtime::EventLoop::Order::kMessages,
                    [this] {
                      leader_.drain([this](std::string_view bytes) {
                        if (const auto message = parse<v1::LeaderMessage>(bytes))
                          on_leader(*message);
                      });
                    }),
      watch_feed_(loop_, feed_, runtime::EventLoop::Order::kMessages, [this] { drain_feed(); }),
      watch_gateway_(loop_, gateway_, runtime::EventLoop::Order::kMessages,
                     [this] { drain_gateway(); }),
      watch_orders_(loop_, orders_, runtime::EventLoop::Order::kMessages,
                    [this] { drain_orders(); }),
      heartbeat_(loop_,
                 [this] {
                   v1::TraderMessage message;
                   message.mutable_heartbeat();
                   send(std::move(message));
                 }),
      timer_(loop_, [this] { on_timer(); }) {
  v1::TraderMessage hello;
  hello.mutable_hello()->set_pid(::getpid());
  send(std::move(hello));
  // Subscriptions travel while the leader looks up our state.
  const std::string welcome = wire::welcome_topic(::getpid());
  feed_.subscribe(wire::topic(wire::kTradeEvents, identity.symbol));
  feed_.subscribe(welcome);
  feed_.connect(runtime::part_of(sockets.feed(), identity.symbol));
  orders_.subscribe(wire::topic(wire::kOrders, identity.symbol));
  orders_.subscribe(welcome);
  orders_.connect(runtime::part_of(sockets.orders(), identity.symbol));
  gateway_.connect(sockets.gateway());
}

int Trader::run() {
  loop_.run();
  return exit_status_;
}

// ---- messages into events ----

void Trader::on_leader(const v1::LeaderMessage& message) {
  switch (message.body_case()) {
    case v1::LeaderMessage::kAssigned:
      return on_assigned(message.assigned());
    case v1::LeaderMessage::kStateStored:
      if (message.state_stored().revision() == saved_revision_) apply(Stored{});
      return;
    case v1::LeaderMessage::kStateRefused:
      // Somebody else is this slot's trader now. Whatever we know is out of date.
      log::error("state refused by the leader - " + message.state_refused().reason(),
                 {{"slot", identity_.slot}, {"incarnation", identity_.incarnation}});
      return act(Exit{runtime::kExitSoftware});
    case v1::LeaderMessage::kFinish:
      return apply(FinishRequested{});
    case v1::LeaderMessage::BODY_NOT_SET:
      return;
  }
}

void Trader::on_assigned(const v1::Assigned& assigned) {
  if (machine_) return;
  machine_ = read(assigned);
  identity_.slot = assigned.slot();
  identity_.incarnation = assigned.incarnation();
  said_ready_ = false;
  saved_revision_ = assigned.revision();
  request_ttl_ = Duration{assigned.request_ttl()};
  const State& state = machine_->state;
  log::info(fmt::format("{} trader for {}", assigned.resumed() ? "Resuming" : "Initializing new",
                        identity_.symbol),
            {{"slot", identity_.slot},
             {"incarnation", identity_.incarnation},
             {"cycle", state.cycle},
             {"phase", to_string(state.phase)}});
  apply(assigned.resumed() ? Event{Resumed{}} : Event{Started{}});
  if (gateway_epoch_ != 0) apply(GatewaySeen{gateway_epoch_});
  if (assigned.finish()) apply(FinishRequested{});
  say_ready();
}

void Trader::drain_feed() {
  v1::FeedMessage message;
  for (int i = 0; i < runtime::kDrainLimit && feed_.receive(frames_); ++i) {
    if (frames_.size() != 2 || !message.ParseFromString(frames_[1])) continue;
    if (message.has_subscribed()) {
      on_feed(message.subscribed());
    } else if (message.has_running()) {
      stream_runs_ = true;
      say_ready();
    } else if (message.has_trade()) {
      apply(TradeSeen{.price = market::Price::from_units(message.trade().price()),
                      .late = message.trade().late()});
    }
  }
}

/// Whether our symbol's stream runs is told once more when it begins to.
void Trader::on_feed(const v1::FeedSubscribed& subscribed) {
  if (std::ranges::find(subscribed.running(), identity_.symbol) != subscribed.running().end()) {
    stream_runs_ = true;
  }
  say_ready();
}

void Trader::drain_gateway() {
  for (int i = 0; i < runtime::kDrainLimit && gateway_.receive(frames_); ++i) {
    if (const auto reply = parse<v1::GatewayReply>(frames_.back())) on_gateway(*reply);
  }
}

void Trader::drain_orders() {
  for (int i = 0; i < runtime::kDrainLimit && orders_.receive(frames_); ++i) {
    if (const auto message = parse<v1::OrdersMessage>(frames_.back())) on_orders(*message);
  }
}

void Trader::on_gateway(const v1::GatewayReply& reply) {
  // Taken out first: what a new gateway means for requests that were made to the old one is not
  // meant for this one.
  const auto answered = [&](std::optional<Pending>& pending) -> std::optional<Pending> {
    if (!pending || pending->request_id != reply.request_id()) return std::nullopt;
    return std::exchange(pending, std::nullopt);
  };
  const auto placed = answered(place_);
  const auto queried = answered(query_);
  see_gateway(reply.gateway_epoch());
  if (placed) apply(answer_to_place(reply, placed->client_order_id));
  if (queried) apply(answer_to_query(reply, queried->client_order_id));
}

void Trader::on_orders(const v1::OrdersMessage& message) {
  see_gateway(message.gateway_epoch());
  if (message.has_update()) {
    apply(read(message.update()));
  } else if (message.has_gap()) {
    apply(OrdersGap{});
  } else if (message.has_subscribed()) {
    orders_hear_us_ = true;
    say_ready();
  }
}

/// Another epoch is another gateway: what the one before had not answered, it will not answer any
/// more.
void Trader::see_gateway(std::uint64_t epoch) {
  const std::uint64_t before = std::exchange(gateway_epoch_, epoch);
  if (before == epoch) return;
  // In this order: giving up an order asks about it, and that question is the new gateway's.
  give_up(query_);
  give_up(place_);
  apply(GatewaySeen{epoch});
}

void Trader::give_up(std::optional<Pending>& pending) {
  if (!pending) return;
  const std::string id = std::exchange(pending, std::nullopt)->client_order_id;
  if (&pending == &place_) {
    apply(Unknown{.id = id});
  } else {
    apply(Unavailable{.id = id});
  }
}

// ---- events into actions ----

void Trader::apply(const Event& event) {
  if (!machine_ || exiting_) return;
  runtime::sync_point({"trader", kEvents.at(event.index()), to_string(machine_->state.phase)});
  Step result = step(std::move(*machine_), event, loop_.now());
  machine_ = std::move(result.machine);
  for (const Action& action : result.actions) {
    const auto name = kActions.at(action.index());
    const auto phase = to_string(machine_->state.phase);
    runtime::sync_point({"trader", "before", name, phase});
    std::visit([this](const auto& concrete) { act(concrete); }, action);
    runtime::sync_point({"trader", "after", name, phase});
  }
  set_timer();
}

void Trader::act(const Save&) {
  v1::TraderMessage message;
  auto& update = *message.mutable_state_updated();
  update.set_revision(++saved_revision_);
  write(machine_->state, *update.mutable_state());
  send(std::move(message));
}

void Trader::act(const Place& place) {
  const State& state = machine_->state;
  const market::Order& order = (place.side == market::Side::kBuy ? state.buy : state.sell).order;
  log::info(
      fmt::format("Placing {} order for {} @ {}, quantity: {}", market::to_string(place.side),
                  state.symbol, order.price.to_short_string(), order.quantity.to_short_string()),
      {{"slot", state.slot}, {"cycle", state.cycle}, {"id", order.client_order_id}});
  v1::GatewayRequest message;
  auto& body = *message.mutable_place();
  body.set_symbol(state.symbol);
  body.set_client_order_id(order.client_order_id);
  body.set_side(place.side == market::Side::kBuy ? v1::BUY : v1::SELL);
  body.set_price(order.price.units());
  body.set_quantity(order.quantity.units());
  body.set_deadline(microseconds(loop_.now() + request_ttl_));
  request(place_, std::move(message), order.client_order_id, request_ttl_ + kGatewayPatience);
}

void Trader::act(const Query& query) {
  const State& state = machine_->state;
  const std::string id = client_order_id(state, query.side);
  v1::GatewayRequest message;
  message.mutable_query()->set_symbol(state.symbol);
  message.mutable_query()->set_client_order_id(id);
  request(query_, std::move(message), id, kGatewayPatience);
}

void Trader::act(const Exit& exit) {
  if (exit.status == runtime::kExitOk) {
    log::info("Trade finished, trader will now exit",
              {{"slot", identity_.slot}, {"cycle", machine_->state.cycle}});
  } else if (exit.status != runtime::kExitSoftware) {
    const bool for_now = exit.status == runtime::kExitTempFail;
    log::warn(
        (for_now ? "trader gives up for now - " : "trader gives up - ") + machine_->state.reason,
        {{"slot", identity_.slot}, {"cycle", machine_->state.cycle}, {"exit", exit.status}});
  }
  exit_status_ = exit.status;
  exiting_ = true;  // the loop ends with its turn, which may bring more
  loop_.stop();
}

void Trader::send(v1::TraderMessage message) {
  message.set_slot(identity_.slot);
  message.set_incarnation(identity_.incarnation);
  leader_.send(message.SerializeAsString());
}

void Trader::request(std::optional<Pending>& pending, v1::GatewayRequest request,
                     const std::string& id, Duration patience) {
  request.set_request_id(++last_request_id_);
  request.set_incarnation(identity_.incarnation);
  pending = Pending{
      .request_id = last_request_id_, .client_order_id = id, .give_up = loop_.now() + patience};
  // A full queue is noticed when the answer does not come.
  gateway_.send({request.SerializeAsString()});
}

void Trader::say_ready() {
  const bool standby = identity_.incarnation == 0;
  if (said_ready_ || !stream_runs_ || !orders_hear_us_ || (!machine_ && !standby)) return;
  said_ready_ = true;
  v1::TraderMessage message;
  message.mutable_ready();
  send(std::move(message));
}

// ---- time ----

void Trader::set_timer() {
  std::optional<TimePoint> nearest = machine_->session.wake_at;
  for (const auto* pending : {&place_, &query_}) {
    if (*pending && (!nearest || (*pending)->give_up < *nearest)) nearest = (*pending)->give_up;
  }
  nearest ? timer_.set(*nearest) : timer_.cancel();
}

void Trader::on_timer() {
  for (auto* pending : {&place_, &query_}) {
    if (*pending && (*pending)->give_up <= loop_.now()) give_up(*pending);
  }
  if (machine_->session.wake_at && *machine_->session.wake_at <= loop_.now()) apply(Tick{});
  set_timer();
}

}  // namespace naive::trader
