#include "trader/step.h"

#include <algorithm>
#include <utility>

#include "market/client_order_id.h"
#include "market/formulas.h"
#include "trader/reconcile.h"

namespace naive::trader {
namespace {

using market::Filter;
using market::Order;
using market::OrderStatus;
using market::Price;
using market::Quantity;
using market::Side;
using WhenStored = Session::WhenStored;

constexpr int kExitTryLater = 75;
constexpr int kExitGiveUp = 78;

constexpr Duration kTouchQueryInterval = std::chrono::seconds{1};
constexpr Duration kReconcileInterval = std::chrono::seconds{30};
constexpr Duration kShortestRetry = std::chrono::milliseconds{50};
constexpr Duration kLongestRetry = std::chrono::seconds{1};
constexpr Duration kIncompleteRetry = std::chrono::milliseconds{200};

bool is_placing(Phase phase) { return phase == Phase::kBuying || phase == Phase::kSelling; }
bool is_resolving(Phase phase) {
  return phase == Phase::kResolvingBuy || phase == Phase::kResolvingSell;
}
bool is_open_phase(Phase phase) { return phase == Phase::kBuyOpen || phase == Phase::kSellOpen; }

Side side_of(Phase phase) {
  switch (phase) {
    case Phase::kAwaitingPrice:
    case Phase::kBuying:
    case Phase::kResolvingBuy:
    case Phase::kBuyOpen:
      return Side::kBuy;
    case Phase::kSelling:
    case Phase::kResolvingSell:
    case Phase::kSellOpen:
    case Phase::kFinished:
      return Side::kSell;
  }
  return Side::kBuy;
}

/// One step under way: the machine, what it has to do, and the time.
class Stepper {
 public:
  Stepper(Machine& machine, Actions& actions, TimePoint now)
      : state_(machine.state), session_(machine.session), actions_(actions), now_(now) {}

  void on(const Started&) {}
  void on(const Resumed&);
  void on(const TradeSeen& trade);
  void on(const Accepted& accepted);
  void on(const Rejected& rejected);
  void on(const NotSent& not_sent);
  void on(const Unknown& unknown);
  void on(const Found& found);
  void on(const NotFound& not_found);
  void on(const Unavailable& unavailable);
  void on(const OrderUpdated& update);
  void on(const OrdersGap&);
  void on(const Stored&);
  void on(const GatewaySeen& gateway);
  void on(const Tick&);
  void on(const FinishRequested&);

 private:
  Side side() const { return side_of(state_.phase); }
  Leg& leg() { return side() == Side::kBuy ? state_.buy : state_.sell; }
  bool is_current(const std::string& id) const { return id == client_order_id(state_, side()); }
  /// Placing, and this is the answer.
  bool is_answer_to_place(const std::string& id) const {
    return is_placing(state_.phase) && is_current(id);
  }
  bool is_answer_to_query(const std::string& id);
  void go(Phase buy, Phase sell) { state_.phase = side() == Side::kBuy ? buy : sell; }

  void save() { actions_.emplace_back(Save{}); }
  void save_and_then(WhenStored what) {
    session_.when_stored = what;
    save();
  }
  void save_and_exit(int status) {
    session_.exit_status = status;
    save_and_then(WhenStored::kExit);
  }
  void query();
  void wake_after(Duration delay);

  void buy_at(Price price);
  void observe(const Order& merged);
  void buy_ended();
  void sell_ended();
  void enter_sell();
  void sell_when_stored(Price price, Quantity quantity);
  Order sell_order(Price price, Quantity quantity) const;
  void nothing_bought();
  bool trust_gateway();
  bool drop_fence() { return std::exchange(state_.fence_until, std::nullopt).has_value(); }
  void next_attempt();
  void end_attempt_without_order();
  void finish(std::string reason);
  void halt(std::string reason);

  Quantity left_to_sell() const;
  bool sellable(Price price, Quantity quantity) const;

  State& state_;
  Session& session_;
  Actions& actions_;
  TimePoint now_;
};

void Stepper::query() {
  if (session_.query_in_flight) return;
  session_.query_in_flight = true;
  session_.wake_at.reset();
  actions_.emplace_back(Query{side()});
}

void Stepper::wake_after(Duration delay) { session_.wake_at = now_ + delay; }

// ---- beginning and end ----

void Stepper::on(const Resumed&) {
  if (state_.phase == Phase::kFinished) return;
  go(Phase::kResolvingBuy, Phase::kResolvingSell);
  query();
}

void Stepper::on(const FinishRequested&) {
  session_.finish_requested = true;
  if (state_.phase == Phase::kAwaitingPrice && session_.when_stored != WhenStored::kExit) {
    finish("asked to finish before anything was bought");
  }
}

void Stepper::finish(std::string reason) {
  state_.phase = Phase::kFinished;
  state_.reason = std::move(reason);
  save_and_exit(0);
}

void Stepper::halt(std::string reason) {
  state_.reason = std::move(reason);
  save_and_exit(kExitGiveUp);
}

void Stepper::on(const Stored&) {
  switch (std::exchange(session_.when_stored, WhenStored::kNothing)) {
    case WhenStored::kNothing:
    case WhenStored::kBuy:
      return;  // the next trade buys
    case WhenStored::kPlaceSell:
      actions_.emplace_back(Place{Side::kSell});
      return;
    case WhenStored::kExit:
      actions_.emplace_back(Exit{session_.exit_status});
      [[fallthrough]];
    case WhenStored::kExited:
      session_.when_stored = WhenStored::kExited;  // nothing is begun any more
      return;
  }
}

// ---- the price ----

void Stepper::on(const TradeSeen& trade) {
  if (state_.phase == Phase::kAwaitingPrice) {
    const bool waiting = session_.when_stored != WhenStored::kNothing || session_.wake_at;
    if (!waiting && !trade.late) buy_at(trade.price);
    return;
  }
  if (!is_open_phase(state_.phase)) return;
  const Price ours = leg().order.price;
  const bool touched = side() == Side::kBuy ? trade.price <= ours : trade.price >= ours;
  if (!touched || now_ < session_.next_touch_query) return;
  session_.next_touch_query = now_ + kTouchQueryInterval;
  query();
}

void Stepper::buy_at(Price price) {
  const auto& settings = state_.settings;
  const auto& rules = session_.rules;
  const auto buy = market::buy_price(price, settings.buy_down_interval, rules.tick_size);
  if (!buy) return halt("no buy price can be made of " + price.to_short_string());
  const auto quantity = settings.budget.is_zero()
                            ? std::optional{market::floor_step(settings.quantity, rules.step_size)}
                            : market::quantity_for(settings.budget, *buy, rules.step_size);
  if (!quantity || market::broken_filter(rules, *buy, *quantity) != Filter::kNone) {
    return halt("the exchange does not take an order of " +
                quantity.value_or(Quantity{}).to_short_string() + " @ " + buy->to_short_string() +
                "; change budget or quantity of " + state_.symbol);
  }
  state_.buy.order = Order{.client_order_id = client_order_id(state_, Side::kBuy),
                           .side = Side::kBuy,
                           .price = *buy,
                           .quantity = *quantity};
  state_.reason.clear();
  state_.phase = Phase::kBuying;
  actions_.emplace_back(Place{Side::kBuy});
}

// ---- the answers to Place ----

void Stepper::on(const Accepted& accepted) {
  if (state_.phase == Phase::kFinished || !is_current(accepted.order.client_order_id)) return;
  observe(reconcile(leg().order, accepted.order));
}

void Stepper::on(const Rejected& rejected) {
  if (!is_answer_to_place(rejected.id)) return;
  const bool fatal = rejected.rejection == Rejected::Class::kFatal;
  const Order refused = leg().order;
  next_attempt();
  if (side() == Side::kSell) state_.sell.order = sell_order(refused.price, refused.quantity);
  go(Phase::kAwaitingPrice, Phase::kSelling);
  state_.reason = "rejected: " + rejected.message + " (" + std::to_string(rejected.code) + ")";
  save_and_exit(fatal ? kExitGiveUp : kExitTryLater);
}

void Stepper::on(const NotSent& not_sent) {
  if (!is_answer_to_place(not_sent.id)) return;
  wake_after(std::max(not_sent.retry_after, kShortestRetry));
  if (state_.phase == Phase::kSelling) {
    session_.place_again = true;
    return;
  }
  nothing_bought();
}

void Stepper::on(const Unknown& unknown) {
  if (!is_answer_to_place(unknown.id)) return;
  go(Phase::kResolvingBuy, Phase::kResolvingSell);
  query();
}

// ---- the answers to Query ----

/// An answer about an order that is no longer the current one leaves the question open for the one
/// that is.
bool Stepper::is_answer_to_query(const std::string& id) {
  session_.query_in_flight = false;
  if (!is_resolving(state_.phase) && !is_open_phase(state_.phase)) return false;
  if (is_current(id)) return true;
  query();
  return false;
}

void Stepper::on(const Found& found) {
  if (!is_answer_to_query(found.order.client_order_id)) return;
  const Order merged = reconcile(leg().order, found.order);
  if (is_final(merged.status) && !commission_complete(merged)) {
    // The exchange's list of fills lags behind its orders.
    if (drop_fence()) save();
    go(Phase::kBuyOpen, Phase::kSellOpen);
    return wake_after(kIncompleteRetry);
  }
  observe(merged);
}

void Stepper::on(const NotFound& answer) {
  if (!is_answer_to_query(answer.id)) return;
  go(Phase::kResolvingBuy, Phase::kResolvingSell);
  const bool witnessed = answer.never_sent && state_.gateway_epoch != 0 &&
                         answer.gateway_epoch == state_.gateway_epoch;
  if (witnessed || (state_.fence_until && answer.exchange_time > *state_.fence_until)) {
    return end_attempt_without_order();
  }
  if (!state_.fence_until) {
    state_.fence_until = answer.exchange_time + session_.fence;
    save();
  }
  const Duration left = *state_.fence_until - answer.exchange_time + kShortestRetry;
  wake_after(std::clamp(left, kShortestRetry, kLongestRetry));
}

void Stepper::on(const Unavailable& unavailable) {
  if (!is_answer_to_query(unavailable.id)) return;
  wake_after(std::max(unavailable.retry_after, kShortestRetry));
}

/// The exchange does not have the order of this attempt, and that is certain.
void Stepper::end_attempt_without_order() {
  session_.wake_at.reset();
  if (leg().order.status != OrderStatus::kNone) {
    // It was there once, and the exchange has forgotten it (a testnet is wiped every month).
    Order gone = leg().order;
    gone.status = OrderStatus::kCanceled;
    gone.commissioned_quantity = gone.executed_quantity;
    return observe(gone);
  }
  if (side() == Side::kBuy) return nothing_bought();
  state_.phase = Phase::kSelling;
  trust_gateway();
  if (drop_fence()) return save_and_then(WhenStored::kPlaceSell);
  actions_.emplace_back(Place{Side::kSell});
}

/// Back to where a price is awaited, and certain that this attempt was not sent.
void Stepper::nothing_bought() {
  state_.buy.order = {};
  state_.phase = Phase::kAwaitingPrice;
  if (session_.finish_requested) return finish("asked to finish before anything was bought");
  const bool trusts_another = trust_gateway();
  if (drop_fence()) return save_and_then(WhenStored::kBuy);
  if (trusts_another) save();
}

// ---- the order stream, and time ----

void Stepper::on(const OrderUpdated& update) {
  if (state_.phase == Phase::kFinished || !is_current(update.order.client_order_id)) return;
  const Order& known = leg().order;
  observe(update.fill ? reconcile(known, update.order, *update.fill)
                      : reconcile(known, update.order));
}

void Stepper::on(const OrdersGap&) {
  if (is_open_phase(state_.phase)) query();
}

void Stepper::on(const GatewaySeen& gateway) {
  const std::uint64_t before = std::exchange(session_.gateway_epoch, gateway.epoch);
  if (state_.phase == Phase::kAwaitingPrice && trust_gateway()) save();
  if (before != 0 && before != gateway.epoch) on(OrdersGap{});
}

/// Nothing of the current attempt has been sent to anybody, so the gateway that is there now will be able to say so.
/// True when that is news for the store.
bool Stepper::trust_gateway() {
  if (session_.gateway_epoch == 0) return false;
  return std::exchange(state_.gateway_epoch, session_.gateway_epoch) != session_.gateway_epoch;
}

void Stepper::on(const Tick&) {
  session_.wake_at.reset();
  if (is_resolving(state_.phase) || is_open_phase(state_.phase)) query();
  if (std::exchange(session_.place_again, false) && state_.phase == Phase::kSelling) {
    actions_.emplace_back(Place{Side::kSell});
  }
}

// ---- what the order's state means ----

void Stepper::observe(const Order& merged) {
  const bool had_fence = drop_fence();
  const bool changed = merged != leg().order || had_fence;
  leg().order = merged;
  if (is_open(merged.status)) {
    go(Phase::kBuyOpen, Phase::kSellOpen);
    state_.reason.clear();
    wake_after(kReconcileInterval);
    if (changed) save();
    return;
  }
  if (!commission_complete(merged)) {
    go(Phase::kBuyOpen, Phase::kSellOpen);
    wake_after(kReconcileInterval);
    if (changed) save();
    return query();
  }
  side() == Side::kBuy ? buy_ended() : sell_ended();
}

void Stepper::buy_ended() {
  session_.wake_at.reset();
  if (!state_.buy.executed().is_zero()) return enter_sell();
  next_attempt();
  state_.phase = Phase::kAwaitingPrice;
  if (session_.finish_requested) return finish("the buy order ended without a fill");
  save_and_then(WhenStored::kBuy);
}

void Stepper::enter_sell() {
  const Price bought_at = state_.buy.order.price;
  const auto price =
      market::sell_price(bought_at, state_.settings.profit_target, session_.rules.tick_size);
  const Quantity quantity = left_to_sell();
  if (!price || !sellable(*price, quantity)) {
    return finish("dust: " + quantity.to_short_string() + " " + session_.rules.base_asset +
                  " is less than the exchange lets us sell");
  }
  sell_when_stored(*price, quantity);
}

/// From here on the store knows that a sell order of this name may exist, and so will whoever comes after us.
void Stepper::sell_when_stored(Price price, Quantity quantity) {
  state_.phase = Phase::kSelling;
  state_.sell.order = sell_order(price, quantity);
  trust_gateway();
  save_and_then(WhenStored::kPlaceSell);
}

void Stepper::sell_ended() {
  session_.wake_at.reset();
  const Price price = state_.sell.order.price;
  const Quantity rest = left_to_sell();
  if (!sellable(price, rest)) {
    return finish(rest.is_zero() ? ""
                                 : "dust: " + rest.to_short_string() + " " +
                                       session_.rules.base_asset + " is left unsold");
  }
  next_attempt();
  sell_when_stored(price, rest);
}

Order Stepper::sell_order(Price price, Quantity quantity) const {
  return {.client_order_id = client_order_id(state_, Side::kSell),
          .side = Side::kSell,
          .price = price,
          .quantity = quantity};
}

/// The order of this attempt has ended; what it executed is carried on.
void Stepper::next_attempt() {
  Leg& ended = leg();
  ended.carried_quantity = ended.executed();
  ended.carried_quote =
      add(ended.carried_quote, ended.order.executed_quote).value_or(ended.carried_quote);
  ended.carried_commission = ended.commission();
  ended.order = {};
  ++ended.attempt;
  trust_gateway();
}

Quantity Stepper::left_to_sell() const {
  const auto net = subtract(state_.buy.executed(), state_.buy.commission().base);
  const auto left = net ? subtract(*net, state_.sell.executed()) : net;
  return market::floor_step(std::max(left.value_or(Quantity{}), Quantity{}),
                            session_.rules.step_size);
}

bool Stepper::sellable(Price price, Quantity quantity) const {
  return !quantity.is_zero() &&
         market::broken_filter(session_.rules, price, quantity) == Filter::kNone;
}

}  // namespace

std::string client_order_id(const State& state, Side side) {
  const Leg& leg = side == Side::kBuy ? state.buy : state.sell;
  return market::ClientOrderId{.symbol = state.symbol,
                               .slot = state.slot,
                               .cycle = state.cycle,
                               .side = side,
                               .attempt = leg.attempt}
      .to_string();
}

Step step(Machine machine, const Event& event, TimePoint now) {
  Step result{.machine = std::move(machine), .actions = {}};
  Stepper stepper{result.machine, result.actions, now};
  std::visit([&](const auto& concrete) { stepper.on(concrete); }, event);
  return result;
}

}  // namespace naive::trader
