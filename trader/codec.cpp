#include "trader/codec.h"

#include "proto/codec.h"

namespace naive::trader {
namespace {

v1::Phase to_proto(Phase phase) {
  switch (phase) {
    case Phase::kAwaitingPrice:
      return v1::AWAITING_PRICE;
    case Phase::kBuying:
      return v1::BUYING;
    case Phase::kResolvingBuy:
      return v1::RESOLVING_BUY;
    case Phase::kBuyOpen:
      return v1::BUY_OPEN;
    case Phase::kSelling:
      return v1::SELLING;
    case Phase::kResolvingSell:
      return v1::RESOLVING_SELL;
    case Phase::kSellOpen:
      return v1::SELL_OPEN;
    case Phase::kFinished:
      return v1::FINISHED;
  }
  return v1::PHASE_UNSPECIFIED;
}

Phase phase_of(const v1::TraderState& state) {
  switch (state.phase()) {
    case v1::AWAITING_PRICE:
      return Phase::kAwaitingPrice;
    case v1::BUYING:
      return Phase::kBuying;
    case v1::RESOLVING_BUY:
      return Phase::kResolvingBuy;
    case v1::BUY_OPEN:
      return Phase::kBuyOpen;
    case v1::SELLING:
      return Phase::kSelling;
    case v1::RESOLVING_SELL:
      return Phase::kResolvingSell;
    case v1::SELL_OPEN:
      return Phase::kSellOpen;
    case v1::FINISHED:
      return Phase::kFinished;
    default:
      break;  // of a newer binary
  }
  return state.sell().has_order() ? Phase::kSelling : Phase::kAwaitingPrice;
}

void write(const Leg& leg, v1::Leg& out) {
  out.set_attempt(leg.attempt);
  if (!leg.order.client_order_id.empty()) wire::write(leg.order, *out.mutable_order());
  out.set_carried_quantity(leg.carried_quantity.units());
  out.set_carried_quote(leg.carried_quote.units());
  wire::write(leg.carried_commission, *out.mutable_carried_commission());
}

Leg read(const v1::Leg& leg) {
  return {.attempt = std::max(leg.attempt(), 1U),
          .order = leg.has_order() ? wire::read(leg.order()) : market::Order{},
          .carried_quantity = market::Quantity::from_units(leg.carried_quantity()),
          .carried_quote = market::Money::from_units(leg.carried_quote()),
          .carried_commission = wire::read(leg.carried_commission())};
}

}  // namespace

void write(const State& state, v1::TraderState& out) {
  out.set_symbol(state.symbol);
  out.set_slot(state.slot);
  out.set_cycle(state.cycle);
  out.set_phase(to_proto(state.phase));
  auto& settings = *out.mutable_settings();
  settings.set_profit_target(state.settings.profit_target.units());
  settings.set_buy_down_interval(state.settings.buy_down_interval.units());
  settings.set_budget(state.settings.budget.units());
  settings.set_quantity(state.settings.quantity.units());
  write(state.buy, *out.mutable_buy());
  write(state.sell, *out.mutable_sell());
  out.set_gateway_epoch(state.gateway_epoch);
  if (state.fence_until) out.set_fence_until(state.fence_until->time_since_epoch().count());
  out.set_reason(state.reason);
}

State read(const v1::TraderState& state) {
  const auto& settings = state.settings();
  return {
      .symbol = state.symbol(),
      .slot = state.slot(),
      .cycle = state.cycle(),
      .phase = phase_of(state),
      .settings = {.profit_target = market::Decimal::from_units(settings.profit_target()),
                   .buy_down_interval = market::Decimal::from_units(settings.buy_down_interval()),
                   .budget = market::Money::from_units(settings.budget()),
                   .quantity = market::Quantity::from_units(settings.quantity())},
      .buy = read(state.buy()),
      .sell = read(state.sell()),
      .gateway_epoch = state.gateway_epoch(),
      .fence_until = state.fence_until() == 0
                         ? std::nullopt
                         : std::optional{market::ExchangeTime{Duration{state.fence_until()}}},
      .reason = state.reason()};
}

Machine read(const v1::Assigned& assigned) {
  Machine machine{.state = read(assigned.state()), .session = {}};
  machine.session.rules = wire::read(assigned.rules());
  machine.session.fence = Duration{assigned.fence()} + Duration{assigned.request_ttl()};
  return machine;
}

Event answer_to_place(const v1::GatewayReply& reply, const std::string& id) {
  switch (reply.body_case()) {
    case v1::GatewayReply::kAccepted:
      return Accepted{wire::read(reply.accepted().order())};
    case v1::GatewayReply::kRejected:
      return Rejected{.id = id,
                      .rejection = reply.rejected().class_() == v1::Rejected::FATAL
                                       ? Rejected::Class::kFatal
                                       : Rejected::Class::kTryLater,
                      .code = reply.rejected().code(),
                      .message = reply.rejected().message()};
    case v1::GatewayReply::kNotSent:
      return NotSent{.id = id, .retry_after = Duration{reply.not_sent().retry_after()}};
    default:
      return Unknown{.id = id};
  }
}

Event answer_to_query(const v1::GatewayReply& reply, const std::string& id) {
  switch (reply.body_case()) {
    case v1::GatewayReply::kFound:
      return Found{wire::read(reply.found().order())};
    case v1::GatewayReply::kNotFound:
      return NotFound{
          .id = id,
          .never_sent = reply.not_found().never_sent(),
          .gateway_epoch = reply.gateway_epoch(),
          .exchange_time = market::ExchangeTime{std::chrono::microseconds{reply.exchange_time()}}};
    default:
      return Unavailable{.id = id, .retry_after = Duration{reply.unavailable().retry_after()}};
  }
}

OrderUpdated read(const v1::OrderUpdate& update) {
  OrderUpdated event{.order = wire::read(update.order()), .fill = std::nullopt};
  if (update.has_fill()) event.fill = wire::read(update.fill());
  return event;
}

}  // namespace naive::trader
