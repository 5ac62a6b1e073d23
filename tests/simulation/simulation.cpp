#include "tests/simulation/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>

#include "gateway/order_desk.h"
#include "leader/roster.h"
#include "market/client_order_id.h"
#include "tests/simulation/exchange_model.h"
#include "trader/reconcile.h"
#include "trader/step.h"

namespace naive::simulation {
namespace {

using market::Order;
using market::OrderStatus;
using market::Quantity;
using market::Side;
using supervision::ExitReason;

constexpr std::uint32_t kSlots = 2;
constexpr microseconds kPatience = 2 * kFence + 200ms;

struct Violation : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Trader;
class World;

/// One run of the gateway: its desk, and the number by which its callbacks know that it is gone.
struct Gateway {
  std::uint64_t epoch = 0;
  gateway::Throttle throttle;
  gateway::OrderDesk desk{throttle, {}};
};

/// One trader process: the shell around step() in few lines.
struct Trader {
  std::uint32_t slot = 0;
  std::uint32_t incarnation = 0;
  bool alive = true;
  std::optional<trader::Machine> machine;
  std::uint64_t saved_revision = 0;
  std::uint64_t gateway_epoch = 0;
  std::uint64_t last_request = 0;
  struct Pending {
    std::uint64_t request;
    std::string id;
  };
  std::optional<Pending> place, query;
  // What it sent last on each connection: later messages do not overtake earlier ones.
  Time last_to_leader{}, last_to_gateway{};
  std::optional<Time> timer;
};

using TraderPtr = std::shared_ptr<Trader>;

class World {
 public:
  World(std::uint64_t seed, Broken broken, bool trace)
      : schedule_(seed),
        broken_(broken),
        trace_(trace),
        exchange_(schedule_, [this](const auto& report) { on_report(report); }) {}

  Outcome run();

 private:
  // ---- processes ----
  void start_gateway();
  void kill_gateway();
  void start_leader();
  void kill_leader();
  TraderPtr start_trader(std::uint32_t slot, std::uint32_t incarnation);
  void say_hello(const TraderPtr& trader);
  void kill(const TraderPtr& trader, ExitReason reason);
  void crash_something();
  bool crashes_now() { return exchange_.faults() && schedule_.chance(4); }

  // ---- the leader ----
  leader::Roster::Config roster_config();
  void act(const leader::Actions& actions, const TraderPtr& sender = nullptr);
  void act(const leader::Store& store);
  void tick_roster();
  void to_leader(const TraderPtr& from, std::function<void()> receive);
  std::string keep(const trader::State& state);
  trader::State kept(const std::string& bytes) const { return states_.at(std::stoul(bytes)); }

  // ---- a trader ----
  void assign(const TraderPtr& trader, const leader::Assign& assign);
  void tell(const TraderPtr& trader, const trader::Event& event);
  void act(const TraderPtr& trader, const trader::Action& action);
  void save(const TraderPtr& trader);
  void place(const TraderPtr& trader, Side side);
  void query(const TraderPtr& trader, Side side);
  void answer_at_once(const gateway::Asker& asker, const std::string& id);
  void forget_what_was_known(const TraderPtr& trader, const trader::Event& event);
  void set_timer(const TraderPtr& trader);
  void see_gateway(const TraderPtr& trader, std::uint64_t epoch);
  void give_up(const TraderPtr& trader, std::optional<Trader::Pending>& pending);

  // ---- the gateway ----
  void to_gateway(const TraderPtr& from, std::function<void(Gateway&)> receive);
  void deliver(const TraderPtr& from, const std::shared_ptr<Gateway>& to,
               std::function<void(Gateway&)> receive);
  void act(const std::shared_ptr<Gateway>& gateway, gateway::OrderDesk::Actions actions);
  void reply(const std::shared_ptr<Gateway>& gateway, const gateway::OrderDesk::Reply& reply);
  void on_report(const binance_mock::ExecutionReport& report);
  void publish(const std::function<trader::Event()>& event);

  // ---- what must hold ----
  void check_orders();
  void check_stored(const leader::SlotRecord& record);
  void check_account(const trader::State& finished);
  template <class... Arguments>
  void trace(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    if (!trace_) return;
    fmt::print("{:>10} {}\n", schedule_.now().time_since_epoch() / 1us,
               fmt::format(text, std::forward<Arguments>(arguments)...));
  }

  Schedule schedule_;
  Broken broken_;
  bool trace_;
  ExchangeModel exchange_;
  std::shared_ptr<Gateway> gateway_;  // none: it is down
  std::unique_ptr<leader::Roster> roster_;
  std::map<std::uint32_t, TraderPtr> traders_;
  std::map<std::uint32_t, leader::SlotRecord> store_;
  std::vector<trader::State> states_;
  std::uint64_t last_epoch_ = 0;
  std::uint64_t leader_generation_ = 0;
  Outcome outcome_;
};

// ---- processes ----

void World::start_gateway() {
  gateway_ = std::make_shared<Gateway>();
  gateway_->epoch = ++last_epoch_;
  trace("gateway {} up", gateway_->epoch);
  publish([] { return trader::Event{trader::OrdersGap{}}; });
}

void World::kill_gateway() {
  if (!gateway_) return;
  trace("gateway {} killed", gateway_->epoch);
  ++outcome_.crashes;
  gateway_.reset();
  schedule_.after(schedule_.between(1ms, 30ms), [this] { start_gateway(); });
}

void World::start_leader() {
  std::vector<leader::SlotRecord> stored;
  for (const auto& [slot, record] : store_) {
    stored.push_back(record);
    if (broken_ == Broken::kIncarnationsBeginAnew) stored.back().incarnation = 0;
  }
  roster_ = std::make_unique<leader::Roster>(roster_config(), stored);
  trace("leader up");
  act(roster_->begin(schedule_.now()));
}

void World::kill_leader() {
  if (!roster_) return;
  trace("leader killed");
  ++outcome_.crashes;
  ++leader_generation_;
  roster_.reset();
  for (const auto& [slot, trader] : traders_) trader->alive = false;
  traders_.clear();
  schedule_.after(schedule_.between(2ms, 20ms), [this] { start_leader(); });
}

TraderPtr World::start_trader(std::uint32_t slot, std::uint32_t incarnation) {
  if (const auto before = traders_.find(slot); before != traders_.end() && before->second->alive) {
    throw Violation{"two live traders in a slot"};
  }
  const auto trader = std::make_shared<Trader>();
  trader->slot = slot;
  trader->incarnation = incarnation;
  traders_[slot] = trader;
  return trader;
}

void World::say_hello(const TraderPtr& trader) {
  act(roster_->hello(trader->slot, trader->incarnation, schedule_.now()), trader);
}

void World::kill(const TraderPtr& trader, ExitReason reason) {
  if (!trader->alive) return;
  trace("trader {}#{} {}", trader->slot, trader->incarnation, reason.to_string());
  trader->alive = false;
  if (reason.killed_by(9)) ++outcome_.crashes;
  const auto generation = leader_generation_;
  schedule_.after(schedule_.between(50us, 2ms), [=, this] {
    if (generation != leader_generation_ || !roster_) return;
    act(roster_->exited(trader->slot, trader->incarnation, reason, schedule_.now(), 0.5));
  });
}

void World::crash_something() {
  const int dice = schedule_.below(10);
  if (dice < 6) {
    const auto victim = traders_.find(static_cast<std::uint32_t>(schedule_.below(kSlots)));
    if (victim != traders_.end()) kill(victim->second, ExitReason::killed(9));
  }
  if (dice == 6 || dice == 7 || dice == 9) kill_gateway();
  if (dice == 8 || dice == 9) kill_leader();
}

// ---- the leader ----

leader::Roster::Config World::roster_config() {
  return {.chunks = kSlots,
          // Killing is what this is about; quarantine has tests of its own.
          .restarts = {.max_restarts = 1'000'000, .max_time = 5s},
          .silence_limit = std::chrono::hours{1},
          .fresh_state =
              [this](std::uint32_t slot, std::uint64_t cycle) {
                trader::State fresh{.symbol = ExchangeModel::kSymbol, .slot = slot, .cycle = cycle};
                fresh.settings = {.profit_target = market::Decimal::parse("-0.0012").value(),
                                  .buy_down_interval = market::Decimal::parse("0.0005").value(),
                                  .quantity = Quantity::parse("1").value()};
                fresh.gateway_epoch = gateway_ ? gateway_->epoch : last_epoch_;
                return keep(fresh);
              },
          .refresh_state = [](const leader::TraderRecord& record) { return record.bytes; }};
}

std::string World::keep(const trader::State& state) {
  states_.push_back(state);
  return std::to_string(states_.size() - 1);
}

void World::act(const leader::Actions& actions, const TraderPtr& sender) {
  const auto generation = leader_generation_;
  std::vector<TraderPtr> taken_over;
  for (const leader::Action& action : actions) {
    if (crashes_now()) return kill_leader();
    if (const auto* store = std::get_if<leader::Store>(&action)) act(*store);
    if (const auto* start = std::get_if<leader::StartProcess>(&action)) {
      const auto trader = start_trader(start->slot, start->incarnation);
      const bool stood_by = schedule_.chance(300);
      if (stood_by) {
        taken_over.push_back(trader);
      } else {
        to_leader(trader, [this, trader] { say_hello(trader); });
      }
    }
    if (const auto* assigned = std::get_if<leader::Assign>(&action)) assign(sender, *assigned);
    if (const auto* ack = std::get_if<leader::Acknowledge>(&action)) {
      schedule_.after(schedule_.between(30us, 200us), [=, this, revision = ack->revision] {
        if (sender->alive && sender->saved_revision == revision) tell(sender, trader::Stored{});
      });
    }
    if (std::holds_alternative<leader::Refuse>(action)) {
      schedule_.after(50us, [=, this] { kill(sender, ExitReason::exited(70)); });
    }
    if (const auto* report = std::get_if<leader::Report>(&action)) {
      if (report->what == leader::Report::What::kCycleFinished) ++outcome_.cycles;
    }
    if (generation != leader_generation_) return;
  }
  for (const TraderPtr& trader : taken_over) {
    if (generation == leader_generation_) say_hello(trader);
  }
  if (generation == leader_generation_) tick_roster();
}

void World::tick_roster() {
  const auto due = roster_->next_tick();
  if (!due || *due > schedule_.now() + std::chrono::minutes{1}) return;
  const auto generation = leader_generation_;
  schedule_.at(*due, [=, this] {
    if (generation == leader_generation_ && roster_) act(roster_->tick(schedule_.now()));
  });
}

void World::act(const leader::Store& store) {
  check_stored(store.record);
  store_[store.record.slot] = store.record;
}

void World::to_leader(const TraderPtr& from, std::function<void()> receive) {
  const auto generation = leader_generation_;
  from->last_to_leader =
      std::max(from->last_to_leader, schedule_.now() + schedule_.between(30us, 200us));
  // What was sent right before a death may never have left the process.
  schedule_.at(from->last_to_leader, [=, this] {
    if (generation != leader_generation_ || !roster_) return;
    if (!from->alive && schedule_.chance(300)) return;
    receive();
  });
}

// ---- a trader ----

void World::assign(const TraderPtr& trader, const leader::Assign& assign) {
  schedule_.after(schedule_.between(30us, 200us), [=, this] {
    if (!trader->alive || trader->machine) return;
    trader->machine.emplace();
    trader->machine->state = kept(assign.record.trader.bytes);
    trader->machine->session.rules = ExchangeModel::rules();
    trader->machine->session.fence = kFence + kRequestTtl;
    trader->saved_revision = assign.record.trader.revision;
    const bool resumes = assign.resumed && broken_ != Broken::kSuccessorDoesNotResolve;
    trace("trader {}#{} {} cycle {} {}", trader->slot, trader->incarnation,
          resumes ? "resumes" : "starts", trader->machine->state.cycle,
          trader::to_string(trader->machine->state.phase));
    tell(trader, resumes ? trader::Event{trader::Resumed{}} : trader::Event{trader::Started{}});
    if (gateway_) trader->gateway_epoch = gateway_->epoch;  // the order stream's welcome
    if (trader->gateway_epoch != 0) tell(trader, trader::GatewaySeen{trader->gateway_epoch});
  });
}

void World::tell(const TraderPtr& trader, const trader::Event& event) {
  if (!trader->alive || !trader->machine) return;
  if (crashes_now()) return kill(trader, ExitReason::killed(9));
  if (broken_ == Broken::kLastWordCounts) forget_what_was_known(trader, event);
  trader::Step step = trader::step(std::move(*trader->machine), event, schedule_.now());
  trader->machine = std::move(step.machine);
  for (const trader::Action& action : step.actions) {
    act(trader, action);
    if (!trader->alive) return;
    if (crashes_now()) return kill(trader, ExitReason::killed(9));
  }
  if (broken_ == Broken::kSellIsPlacedBeforeStored ||
      broken_ == Broken::kAttemptIsUsedBeforeStored) {
    auto& when = trader->machine->session.when_stored;
    const bool first_sell = trader->machine->state.sell.attempt == 1;
    const bool early = broken_ == Broken::kSellIsPlacedBeforeStored
                           ? when == trader::Session::WhenStored::kPlaceSell && first_sell
                           : when == trader::Session::WhenStored::kBuy ||
                                 (when == trader::Session::WhenStored::kPlaceSell && !first_sell);
    if (early) tell(trader, trader::Stored{});
  }
  set_timer(trader);
}

void World::forget_what_was_known(const TraderPtr& trader, const trader::Event& event) {
  const auto* update = std::get_if<trader::OrderUpdated>(&event);
  if (update == nullptr) return;
  auto& state = trader->machine->state;
  for (trader::Leg* leg : {&state.buy, &state.sell}) {
    if (leg->order.client_order_id == update->order.client_order_id) leg->order = update->order;
  }
}

void World::act(const TraderPtr& trader, const trader::Action& action) {
  struct Visitor {
    World& world;
    const TraderPtr& trader;
    void operator()(const trader::Save&) const { world.save(trader); }
    void operator()(const trader::Place& place) const { world.place(trader, place.side); }
    void operator()(const trader::Query& query) const { world.query(trader, query.side); }
    void operator()(const trader::Exit& exit) const {
      world.kill(trader, ExitReason::exited(exit.status));
    }
  };
  std::visit(Visitor{*this, trader}, action);
}

void World::save(const TraderPtr& trader) {
  trader::State state = trader->machine->state;
  const auto before = store_.find(trader->slot);
  if (broken_ == Broken::kFenceIsKept && before != store_.end() && !state.fence_until) {
    state.fence_until = kept(before->second.trader.bytes).fence_until;
  }
  leader::TraderRecord record{.cycle = state.cycle,
                              .revision = ++trader->saved_revision,
                              .finished = state.phase == trader::Phase::kFinished,
                              .reason = state.reason,
                              .bytes = keep(state)};
  trace("trader {}#{} saves {} {}", trader->slot, trader->incarnation, record.revision,
        trader::to_string(state.phase));
  to_leader(trader, [this, trader, record] {
    const bool of_anybody = broken_ == Broken::kStateGoesBackwards && !trader->alive;
    if (of_anybody) {
      auto& stored = store_.at(trader->slot);
      leader::SlotRecord taken = stored;
      taken.trader = record;
      return act(leader::Store{taken});
    }
    act(roster_->state_updated(trader->slot, trader->incarnation, record, schedule_.now()), trader);
  });
}

void World::place(const TraderPtr& trader, Side side) {
  trader::State& state = trader->machine->state;
  Order& order = (side == Side::kBuy ? state.buy : state.sell).order;
  if (broken_ == Broken::kIdsAreGenerated) {
    order.client_order_id += fmt::format("x{}", schedule_.below(1'000'000));
  }
  if (broken_ == Broken::kCommissionIsIgnored && side == Side::kSell && state.sell.attempt == 1) {
    order.quantity = state.buy.executed();
  }
  trace("trader {}#{} places {} {} @ {}", trader->slot, trader->incarnation, order.client_order_id,
        order.quantity.to_short_string(), order.price.to_short_string());
  const auto request = ++trader->last_request;
  trader->place = {.request = request, .id = order.client_order_id};
  const gateway::PlaceOrder place{.symbol = state.symbol,
                                  .client_order_id = order.client_order_id,
                                  .side = side,
                                  .price = order.price,
                                  .quantity = order.quantity,
                                  .deadline = schedule_.now() + kRequestTtl};
  to_gateway(trader, [=, this](Gateway& gateway) {
    const gateway::Asker asker{.identity = fmt::format("{}#{}", trader->slot, trader->incarnation),
                               .request_id = request};
    act(gateway_, gateway.desk.place(asker, trader->incarnation, place, schedule_.now()));
  });
  schedule_.after(kRequestTtl + kPatience, [=, this] {
    if (trader->alive && trader->place && trader->place->request == request)
      give_up(trader, trader->place);
  });
}

void World::query(const TraderPtr& trader, Side side) {
  const trader::State& state = trader->machine->state;
  const auto id = trader::client_order_id(state, side);
  const auto request = ++trader->last_request;
  trader->query = {.request = request, .id = id};
  to_gateway(trader, [=, this](Gateway& gateway) {
    const gateway::Asker asker{.identity = fmt::format("{}#{}", trader->slot, trader->incarnation),
                               .request_id = request};
    if (broken_ == Broken::kGatewayAnswersDuringAPost) return answer_at_once(asker, id);
    const auto fence = broken_ == Broken::kGatewayForgetsIncarnations ? 0U : trader->incarnation;
    auto actions = gateway.desk.query(asker, fence, {ExchangeModel::kSymbol, id}, schedule_.now());
    act(gateway_, std::move(actions));
  });
  schedule_.after(kPatience, [=, this] {
    if (trader->alive && trader->query && trader->query->request == request)
      give_up(trader, trader->query);
  });
}

/// A gateway that looks no further than the exchange and the list of orders that it has an answer for.
void World::answer_at_once(const gateway::Asker& asker, const std::string& id) {
  exchange_.get({ExchangeModel::kSymbol, id},
                [=, this, gateway = gateway_](const gateway::Response& response) {
                  if (gateway != gateway_) return;
                  auto finding = gateway::finding_of(response);
                  gateway::Answer answer =
                      std::visit([](const auto& value) { return gateway::Answer{value}; }, finding);
                  if (auto* not_found = std::get_if<gateway::NotFound>(&answer))
                    not_found->never_sent = true;
                  reply(gateway, {.to = asker, .answer = answer});
                });
}

void World::set_timer(const TraderPtr& trader) {
  if (!trader->alive) return;
  const auto wake = trader->machine->session.wake_at;
  if (!wake || trader->timer == wake) return;
  trader->timer = wake;
  schedule_.at(*wake, [=, this] {
    if (!trader->alive || trader->machine->session.wake_at != wake) return;
    trader->timer.reset();
    const bool open = trader->machine->state.phase == trader::Phase::kBuyOpen ||
                      trader->machine->state.phase == trader::Phase::kSellOpen;
    if (broken_ == Broken::kNobodyAsks && open) return;
    tell(trader, trader::Tick{});
  });
}

void World::see_gateway(const TraderPtr& trader, std::uint64_t epoch) {
  const auto before = std::exchange(trader->gateway_epoch, epoch);
  if (before == epoch) return;
  give_up(trader, trader->place);
  give_up(trader, trader->query);
  if (broken_ == Broken::kNobodyAsks && before != 0) return;
  tell(trader, trader::GatewaySeen{epoch});
  if (broken_ == Broken::kNewGatewayIsAWitness && trader->machine) {
    trader->machine->state.gateway_epoch = epoch;
  }
}

void World::give_up(const TraderPtr& trader, std::optional<Trader::Pending>& pending) {
  if (!pending || !trader->alive) return;
  const bool place = &pending == &trader->place;
  const std::string id = std::exchange(pending, std::nullopt)->id;
  tell(trader,
       place ? trader::Event{trader::Unknown{id}} : trader::Event{trader::Unavailable{.id = id}});
}

// ---- the gateway ----

void World::to_gateway(const TraderPtr& from, std::function<void(Gateway&)> receive) {
  // Now and then the gateway is stopped, or the machine is busy.
  const bool slow = exchange_.faults() && schedule_.chance(30);
  const auto delay = slow ? schedule_.between(1ms, 400ms) : schedule_.between(30us, 200us);
  from->last_to_gateway = std::max(from->last_to_gateway, schedule_.now() + delay);
  schedule_.at(from->last_to_gateway, [=, this, to = gateway_] { deliver(from, to, receive); });
}

/// A message that has left its sender is in the kernel's buffer of a connection to one process; it outlives the sender
/// but not the receiver. One that has not left it waits for the next gateway, and dies with the sender.
void World::deliver(const TraderPtr& from, const std::shared_ptr<Gateway>& to,
                    std::function<void(Gateway&)> receive) {
  if (to && to == gateway_) return receive(*gateway_);
  if (!from->alive || (to && schedule_.chance(500))) return;
  schedule_.after(1ms, [=, this, next = gateway_] { deliver(from, next, receive); });
}

void World::act(const std::shared_ptr<Gateway>& gateway, gateway::OrderDesk::Actions actions) {
  for (auto& action : actions) {
    if (gateway != gateway_) return;
    if (crashes_now()) return kill_gateway();
    if (const auto* told = std::get_if<gateway::OrderDesk::Reply>(&action)) reply(gateway, *told);
    if (const auto* post = std::get_if<gateway::OrderDesk::Post>(&action)) {
      const gateway::OrderName name{post->order.symbol, post->order.client_order_id};
      const auto posted = [=, this, order = post->order](const gateway::Response& response,
                                                         auto&& self) -> void {
        if (gateway != gateway_) return;
        auto outcome = gateway::outcome_of(response);
        const bool unknown = std::holds_alternative<gateway::Unknown>(outcome);
        if (unknown && broken_ == Broken::kGatewayRepeatsPosts) {
          return exchange_.post(order, [=](const auto& again) { self(again, self); });
        }
        if (unknown && broken_ == Broken::kUnknownIsRetried)
          outcome = gateway::NotSent{"failed", 1ms};
        act(gateway, gateway->desk.posted(name, outcome, schedule_.now()));
      };
      exchange_.post(post->order, [=](const auto& response) { posted(response, posted); });
    }
    if (const auto* fetch = std::get_if<gateway::OrderDesk::Fetch>(&action)) {
      exchange_.get(fetch->order,
                    [=, this, ticket = fetch->ticket](const gateway::Response& response) {
                      if (gateway != gateway_) return;
                      act(gateway, gateway->desk.fetched(ticket, gateway::finding_of(response)));
                    });
    }
  }
}

struct ToEvent {
  const World* world;
  std::string id;
  std::uint64_t epoch;

  trader::Event operator()(const gateway::Accepted& a) const { return trader::Accepted{a.order}; }
  trader::Event operator()(const gateway::Rejected& r) const {
    using Class = trader::Rejected::Class;
    const bool fatal = r.reject_class == gateway::RejectClass::kFatal;
    return trader::Rejected{.id = id,
                            .rejection = fatal ? Class::kFatal : Class::kTryLater,
                            .code = r.code,
                            .message = r.message};
  }
  trader::Event operator()(const gateway::NotSent& n) const {
    return trader::NotSent{.id = id, .retry_after = n.retry_after};
  }
  trader::Event operator()(const gateway::Unknown&) const { return trader::Unknown{id}; }
  trader::Event operator()(const gateway::Found& f) const { return trader::Found{f.order}; }
  trader::Event operator()(const gateway::NotFound& n) const {
    return trader::NotFound{.id = id,
                            .never_sent = n.never_sent,
                            .gateway_epoch = epoch,
                            .exchange_time = exchange_time(n.asked)};
  }
  trader::Event operator()(const gateway::Unavailable& u) const {
    return trader::Unavailable{.id = id, .retry_after = u.retry_after};
  }
  template <class Other>
  trader::Event operator()(const Other&) const {
    return trader::Tick{};
  }
};

void World::reply(const std::shared_ptr<Gateway>& gateway, const gateway::OrderDesk::Reply& reply) {
  for (const auto& [slot, trader] : traders_) {
    if (reply.to.identity != fmt::format("{}#{}", trader->slot, trader->incarnation)) continue;
    const ToEvent to_event{.world = this, .id = "", .epoch = gateway->epoch};
    schedule_.after(schedule_.between(30us, 200us), [=, this] {
      if (!trader->alive) return;
      const auto answered =
          [&](std::optional<Trader::Pending>& pending) -> std::optional<Trader::Pending> {
        if (!pending || pending->request != reply.to.request_id) return std::nullopt;
        return std::exchange(pending, std::nullopt);
      };
      auto asked = answered(trader->place);
      if (!asked) asked = answered(trader->query);
      see_gateway(trader, to_event.epoch);
      if (!asked || !trader->alive) return;
      ToEvent complete = to_event;
      complete.id = asked->id;
      trader::Event event = std::visit(complete, reply.answer);
      if (auto* not_found = std::get_if<trader::NotFound>(&event)) {
        if (broken_ == Broken::kAnyGatewayIsAWitness && trader->machine) {
          not_found->gateway_epoch = trader->machine->state.gateway_epoch;
        }
        if (broken_ == Broken::kFenceIsJudgedByTheAnswer) {
          not_found->exchange_time = exchange_time(schedule_.now());
        }
        if (broken_ == Broken::kNotFoundIsBelievedAtOnce && trader->machine) {
          trader->machine->state.fence_until = market::ExchangeTime{};
        }
      }
      tell(trader, event);
    });
  }
}

void World::publish(const std::function<trader::Event()>& event) {
  const auto epoch = gateway_->epoch;
  for (const auto& [slot, trader] : traders_) {
    schedule_.after(schedule_.between(30us, 1ms), [=, this, event = event()] {
      if (!trader->alive) return;
      see_gateway(trader, epoch);
      const bool gap = std::holds_alternative<trader::OrdersGap>(event);
      if (!gap || broken_ != Broken::kNobodyAsks) tell(trader, event);
    });
  }
}

/// The user data stream: late, twice, out of order or never.
void World::on_report(const binance_mock::ExecutionReport& report) {
  check_orders();
  trader::OrderUpdated update{.order = ExchangeModel::told(report.order), .fill = std::nullopt};
  update.order.commission = {};
  update.order.commissioned_quantity = {};
  if (report.execution) {
    const bool base = report.execution->commission_asset == "XYZ";
    update.fill = market::Fill{
        .trade_id = report.execution->trade_id,
        .quantity = report.execution->quantity,
        .price = report.execution->price,
        .commission = {
            .base = base ? Quantity{report.execution->commission} : Quantity{},
            .quote = base ? market::Money{} : market::Money{report.execution->commission}}};
  }
  const bool faults = exchange_.faults();
  const int copies = faults && schedule_.chance(100) ? 2 : faults && schedule_.chance(150) ? 0 : 1;
  for (int i = 0; i < copies; ++i) {
    const auto delay = faults && schedule_.chance(100) ? schedule_.between(1ms, 300ms)
                                                       : schedule_.between(200us, 2ms);
    schedule_.after(delay, [=, this] {
      if (gateway_) publish([&] { return trader::Event{update}; });
    });
  }
}

// ---- what must hold ----

void World::check_orders() {
  std::map<std::string, int> ids;
  std::map<std::uint32_t, int> open;
  for (const auto& record : exchange_.ledger().orders) {
    const auto id = market::ClientOrderId::parse(record.client_order_id);
    if (!id) throw Violation{"I4: an order that nobody can ask for: " + record.client_order_id};
    if (++ids[record.client_order_id] > 1)
      throw Violation{"placed twice: " + record.client_order_id};
    if (market::is_open(record.status) && ++open[id->slot] > 1) {
      throw Violation{fmt::format("I2: two open orders in slot {}", id->slot)};
    }
    if (record.executed > record.quantity) throw Violation{"I1: " + record.client_order_id};
    const auto stored = store_.find(id->slot);
    if (stored == store_.end() || id->cycle > stored->second.trader.cycle) {
      throw Violation{"I4: of a cycle that is not stored: " + record.client_order_id};
    }
    if (id->cycle < stored->second.trader.cycle) continue;
    const trader::State state = kept(stored->second.trader.bytes);
    const auto& leg = id->side == Side::kBuy ? state.buy : state.sell;
    if (id->attempt > leg.attempt)
      throw Violation{"I4: of an attempt that is not stored: " + record.client_order_id};
    if (id->side == Side::kSell && state.phase < trader::Phase::kSelling) {
      throw Violation{"I4: of a leg that is not stored: " + record.client_order_id};
    }
  }
}

void World::check_stored(const leader::SlotRecord& record) {
  const auto before = store_.find(record.slot);
  if (before != store_.end()) {
    const auto& old = before->second;
    if (record.trader.revision < old.trader.revision || record.trader.cycle < old.trader.cycle ||
        record.incarnation < old.incarnation) {
      throw Violation{"I5: a stored state goes backwards"};
    }
  }
  if (record.trader.finished) check_account(kept(record.trader.bytes));
}

/// What the slot believes at the end of its cycle is what the exchange did.
void World::check_account(const trader::State& finished) {
  Quantity bought, sold, bought_net;
  for (const auto& record : exchange_.ledger().orders) {
    const auto id = market::ClientOrderId::parse(record.client_order_id);
    if (!id || id->slot != finished.slot || id->cycle != finished.cycle) continue;
    if (market::is_open(record.status)) throw Violation{"left open: " + record.client_order_id};
    const auto order = ExchangeModel::told(record);
    if (record.side == Side::kSell) {
      sold = add(sold, record.executed).value();
    } else {
      bought = add(bought, record.executed).value();
      bought_net =
          add(bought_net, subtract(record.executed, order.commission.base).value()).value();
    }
  }
  if (sold > bought_net)
    throw Violation{fmt::format("I3: sold {} of {}", sold.to_string(), bought_net.to_string())};
  if (bought != finished.buy.executed() || sold != finished.sell.executed()) {
    throw Violation{fmt::format(
        "lost: bought {} sold {}, but believes {} and {}", bought.to_string(), sold.to_string(),
        finished.buy.executed().to_string(), finished.sell.executed().to_string())};
  }
}

Outcome World::run() {
  const Time faults_end = schedule_.now() + 4s;
  const Time end = faults_end + 100s;
  std::function<void()> prices = [&] {
    const auto price = exchange_.trade();
    for (const auto& [slot, trader] : traders_) {
      if (exchange_.faults() && schedule_.chance(20)) continue;  // a lost message
      schedule_.after(100us, [=, this] {
        if (!trader->alive || !trader->machine) return;
        const auto& state = trader->machine->state;
        if (broken_ == Broken::kTouchIsTakenForAFill) {
          const bool buying = state.phase == trader::Phase::kBuyOpen;
          const bool selling = state.phase == trader::Phase::kSellOpen;
          const Order& order = buying ? state.buy.order : state.sell.order;
          if ((buying && price <= order.price) || (selling && price >= order.price)) {
            Order filled = order;
            filled.status = OrderStatus::kFilled;
            filled.executed_quantity = filled.commissioned_quantity = filled.quantity;
            tell(trader, trader::OrderUpdated{.order = filled, .fill = {}});
          }
        }
        if (broken_ == Broken::kNobodyAsks && state.phase != trader::Phase::kAwaitingPrice) return;
        tell(trader, trader::TradeSeen{price});
      });
    }
    schedule_.after(schedule_.between(1ms, 12ms), prices);
  };
  std::function<void()> crashes = [&] {
    if (!exchange_.faults()) return;
    crash_something();
    schedule_.after(schedule_.between(1ms, 200ms), crashes);
  };
  try {
    start_gateway();
    start_leader();
    schedule_.after(1ms, prices);
    schedule_.after(20ms, crashes);
    while (schedule_.step(faults_end)) {
    }
    exchange_.stop_faults();
    trace("faults stop");
    // I6: every slot begins two new cycles.
    std::map<std::uint32_t, std::uint64_t> goal;
    for (std::uint32_t slot = 0; slot < kSlots; ++slot) {
      goal[slot] = (store_.contains(slot) ? store_[slot].trader.cycle : 0) + 2;
    }
    const auto reached = [&] {
      return std::ranges::all_of(goal, [&](const auto& entry) {
        const auto stored = store_.find(entry.first);
        return stored != store_.end() && stored->second.trader.cycle >= entry.second;
      });
    };
    while (!reached()) {
      if (!schedule_.step(end)) throw Violation{"I6: a slot does not trade again"};
    }
    check_orders();
  } catch (const Violation& violation) {
    outcome_.violation = violation.what();
  }
  outcome_.orders = static_cast<int>(exchange_.ledger().orders.size());
  return outcome_;
}

}  // namespace

std::string to_string(Broken broken) {
  switch (broken) {
    case Broken::kNothing:
      return "Nothing";
    case Broken::kIdsAreGenerated:
      return "IdsAreGenerated";
    case Broken::kAttemptIsUsedBeforeStored:
      return "AttemptIsUsedBeforeStored";
    case Broken::kIncarnationsBeginAnew:
      return "IncarnationsBeginAnew";
    case Broken::kSellIsPlacedBeforeStored:
      return "SellIsPlacedBeforeStored";
    case Broken::kSuccessorDoesNotResolve:
      return "SuccessorDoesNotResolve";
    case Broken::kNotFoundIsBelievedAtOnce:
      return "NotFoundIsBelievedAtOnce";
    case Broken::kAnyGatewayIsAWitness:
      return "AnyGatewayIsAWitness";
    case Broken::kNewGatewayIsAWitness:
      return "NewGatewayIsAWitness";
    case Broken::kFenceIsJudgedByTheAnswer:
      return "FenceIsJudgedByTheAnswer";
    case Broken::kFenceIsKept:
      return "FenceIsKept";
    case Broken::kUnknownIsRetried:
      return "UnknownIsRetried";
    case Broken::kGatewayRepeatsPosts:
      return "GatewayRepeatsPosts";
    case Broken::kGatewayAnswersDuringAPost:
      return "GatewayAnswersDuringAPost";
    case Broken::kGatewayForgetsIncarnations:
      return "GatewayForgetsIncarnations";
    case Broken::kTouchIsTakenForAFill:
      return "TouchIsTakenForAFill";
    case Broken::kCommissionIsIgnored:
      return "CommissionIsIgnored";
    case Broken::kLastWordCounts:
      return "LastWordCounts";
    case Broken::kNobodyAsks:
      return "NobodyAsks";
    case Broken::kStateGoesBackwards:
      return "StateGoesBackwards";
  }
  return "";
}

std::vector<Broken> all_broken() {
  std::vector<Broken> all;
  for (int i = 1; i <= static_cast<int>(Broken::kStateGoesBackwards); ++i)
    all.push_back(static_cast<Broken>(i));
  return all;
}

Outcome run(std::uint64_t seed, Broken broken, bool trace) {
  return World{seed, broken, trace}.run();
}

}  // namespace naive::simulation
