#include "leader/codec.h"

#include <fmt/format.h>

#include "market/client_order_id.h"
#include "proto/codec.h"
#include "runtime/last_crashes.h"

namespace naive::leader {
namespace {

v1::TraderState parse(const TraderRecord& record) {
  v1::TraderState state;
  state.ParseFromString(record.bytes);
  return state;
}

void write(const Settings& settings, v1::TraderSettings& out) {
  out.set_profit_target(settings.profit_target.units());
  out.set_buy_down_interval(settings.buy_down_interval.units());
  out.set_budget(settings.budget.units());
  out.set_quantity(settings.quantity.units());
}

void write_view(const v1::Order& order, v1::OrderView& out) {
  const market::Order known = wire::read(order);
  out.set_client_order_id(known.client_order_id);
  out.set_status(std::string{market::to_string(known.status)});
  out.set_price(known.price.to_string());
  out.set_quantity(known.quantity.to_string());
  out.set_executed_quantity(known.executed_quantity.to_string());
}

market::Commission commission(const v1::Leg& leg) {
  return wire::read(leg.carried_commission()) + wire::read(leg.order().commission());
}

/// No order can be so large that its sums do not fit: the exchange counts in the same range.
store::Leg read_leg(const v1::Leg& leg, market::Side side) {
  store::Leg known{.order = wire::read(leg.order())};
  known.order.side = side;
  const auto carried = market::Quantity::from_units(leg.carried_quantity());
  const auto carried_quote = market::Money::from_units(leg.carried_quote());
  known.executed = add(carried, known.order.executed_quantity).value_or(carried);
  known.quote = add(carried_quote, known.order.executed_quote).value_or(carried_quote);
  return known;
}

/// What a slot's process and a standby have in common.
v1::TraderStatus process_view(std::uint32_t number, const supervision::ChildState& life,
                              std::int32_t pid, std::int64_t started) {
  v1::TraderStatus view;
  view.set_slot(number);
  view.set_pid(pid);
  view.set_started(started);
  view.set_incarnation(life.incarnation());
  view.set_state(std::string{supervision::to_string(life.state())});
  view.set_restarts(life.restarts());
  view.set_reason(life.reason());
  runtime::write(life.deaths(), *view.mutable_deaths());
  return view;
}

bool is_selling(v1::Phase phase) {
  return phase == v1::SELLING || phase == v1::RESOLVING_SELL || phase == v1::SELL_OPEN ||
         phase == v1::FINISHED;
}

bool is_on_exchange(const v1::Leg& leg) {
  return leg.has_order() && leg.order().status() != v1::ORDER_STATUS_UNSPECIFIED;
}

}  // namespace

std::string fresh_state(const std::string& symbol, std::uint32_t slot, std::uint64_t cycle,
                        const Settings& settings, std::uint64_t gateway_epoch) {
  v1::TraderState state;
  state.set_symbol(symbol);
  state.set_slot(slot);
  state.set_cycle(cycle);
  state.set_phase(v1::AWAITING_PRICE);
  write(settings, *state.mutable_settings());
  state.mutable_buy()->set_attempt(1);
  state.mutable_sell()->set_attempt(1);
  state.set_gateway_epoch(gateway_epoch);
  return state.SerializeAsString();
}

std::string refresh_state(const TraderRecord& record, const Settings& settings) {
  v1::TraderState state = parse(record);
  if (state.phase() != v1::AWAITING_PRICE) return record.bytes;
  write(settings, *state.mutable_settings());
  return state.SerializeAsString();
}

TraderRecord dropped(const TraderRecord& record) {
  constexpr const char* kReason = "dropped by command";
  v1::TraderState state = parse(record);
  state.set_cycle(record.cycle);
  state.set_reason(kReason);
  return {.cycle = record.cycle,
          .revision = record.revision,
          .finished = true,
          .reason = kReason,
          .bytes = state.SerializeAsString()};
}

std::expected<std::string, std::string> earlier_state(const TraderRecord& now,
                                                      const std::string& earlier) {
  v1::TraderState current, wanted;
  if (!current.ParseFromString(now.bytes) || !wanted.ParseFromString(earlier)) {
    return std::unexpected{
        "it cannot be read, so nobody can say which orders were placed after it"};
  }
  const bool same_leg = is_selling(current.phase()) == is_selling(wanted.phase());
  if (current.cycle() != wanted.cycle() || !same_leg ||
      current.buy().attempt() != wanted.buy().attempt() ||
      current.sell().attempt() != wanted.sell().attempt()) {
    return std::unexpected{"orders may have been placed after it, of which it does not know"};
  }
  wanted.set_gateway_epoch(0);
  wanted.clear_fence_until();
  return wanted.SerializeAsString();
}

std::string describe_order(const TraderRecord& record) {
  const v1::TraderState state = parse(record);
  const bool selling = is_selling(state.phase());
  const v1::Leg& leg = selling ? state.sell() : state.buy();
  const market::Order order = wire::read(leg.order());
  const std::string id =
      market::ClientOrderId{.symbol = state.symbol(),
                            .slot = state.slot(),
                            .cycle = state.cycle(),
                            .side = selling ? market::Side::kSell : market::Side::kBuy,
                            .attempt = leg.attempt()}
          .to_string();
  if (order.status == market::OrderStatus::kNone) return (selling ? "SELL " : "BUY ") + id;
  return fmt::format("{} {} {} {}/{} @ {}", selling ? "SELL" : "BUY", id,
                     market::to_string(order.status), order.executed_quantity.to_short_string(),
                     order.quantity.to_short_string(), order.price.to_short_string());
}

TraderRecord read(const v1::StateUpdated& update) {
  const v1::TraderState& state = update.state();
  return {.cycle = state.cycle(),
          .revision = update.revision(),
          .finished = state.phase() == v1::FINISHED,
          .reason = state.reason(),
          .bytes = state.SerializeAsString()};
}

store::Cycle read_cycle(std::uint32_t slot, const TraderRecord& record,
                        const market::SymbolRules& rules) {
  const v1::TraderState state = parse(record);
  return {.slot = slot,
          .number = record.cycle,
          .phase = v1::Phase_Name(state.phase()),
          .buy = read_leg(state.buy(), market::Side::kBuy),
          .sell = read_leg(state.sell(), market::Side::kSell),
          .commission = commission(state.buy()) + commission(state.sell()),
          .base_asset = rules.base_asset,
          .quote_asset = rules.quote_asset,
          .reason = state.reason()};
}

v1::TraderStatus status(std::uint32_t number, const Roster::Slot& slot, std::int32_t pid,
                        std::int64_t started) {
  const v1::TraderState state = parse(slot.trader);
  v1::TraderStatus view = process_view(number, slot.child, pid, started);
  view.set_cycle(static_cast<std::uint32_t>(slot.trader.cycle));
  view.set_revision(static_cast<std::uint32_t>(slot.trader.revision));
  view.set_phase(v1::Phase_Name(state.phase()));
  if (is_on_exchange(state.buy())) write_view(state.buy().order(), *view.mutable_buy_order());
  if (is_on_exchange(state.sell())) write_view(state.sell().order(), *view.mutable_sell_order());
  if (view.reason().empty()) view.set_reason(slot.store_again ? slot.trouble : state.reason());
  return view;
}

v1::TraderStatus status(std::uint32_t number, const Reserve::Place& standby, std::int32_t pid,
                        std::int64_t started) {
  v1::TraderStatus view = process_view(number, standby.life, pid, started);
  view.set_standby(true);
  // One that took a slot is not there any more, and the next one not yet.
  if (standby.refill_at) {
    view.set_state(std::string{supervision::to_string(supervision::State::kStarting)});
  }
  return view;
}

v1::Event::What to_proto(Report::What what) {
  switch (what) {
    case Report::What::kStarted:
      return v1::Event::STARTED;
    case Report::What::kReady:
      return v1::Event::READY;
    case Report::What::kDied:
      return v1::Event::DIED;
    case Report::What::kStopped:
      return v1::Event::STOPPED;
    case Report::What::kBackoff:
      return v1::Event::BACKOFF;
    case Report::What::kHalted:
      return v1::Event::HALTED;
    case Report::What::kQuarantined:
      return v1::Event::QUARANTINED;
    case Report::What::kCycleFinished:
      return v1::Event::CYCLE_FINISHED;
  }
  return v1::Event::WHAT_UNSPECIFIED;
}

}  // namespace naive::leader
