// The whole table of trader/step.h, phase by event, as data. Every pair is here: a phase or an
// event without its row fails.
#include <gtest/gtest.h>

#include "tests/support/table.h"
#include "world.h"

namespace naive::trader::test {
namespace {

struct NamedEvent {
  std::string name;
  Event event;
};

Event update(Side side, OrderStatus status, std::string_view executed, bool with_fill) {
  OrderUpdated event{.order = order(side, status, executed, "0"), .fill = std::nullopt};
  if (with_fill) event.fill = market::Fill{.trade_id = 1, .quantity = amount<Quantity>(executed)};
  return event;
}

std::vector<NamedEvent> events_of(Side side) {
  const std::string s = side == Side::kBuy ? "B1" : "S1";
  const std::string id = "n1-BTCUSDT-0-1-" + s;
  const auto told = [&](OrderStatus status, std::string_view executed) {
    return order(side, status, executed, executed);
  };
  const auto later = kExchangeNow + std::chrono::seconds{16};
  return {
      {s + " accepted", Accepted{told(OrderStatus::kNew, "0")}},
      {s + " accepted and filled", Accepted{told(OrderStatus::kFilled, "1")}},
      {s + " rejected for now", Rejected{.id = id, .code = -2010, .message = "no balance"}},
      {s + " rejected for good",
       Rejected{
           .id = id, .rejection = Rejected::Class::kFatal, .code = -1013, .message = "filter"}},
      {s + " not sent", NotSent{.id = id, .retry_after = std::chrono::seconds{1}}},
      {s + " unknown", Unknown{.id = id}},
      {s + " found open", Found{told(OrderStatus::kNew, "0")}},
      {s + " found filled", Found{told(OrderStatus::kFilled, "1")}},
      {s + " found filled, fills not listed yet",
       Found{order(side, OrderStatus::kFilled, "1", "0")}},
      {s + " found canceled", Found{told(OrderStatus::kCanceled, "0")}},
      {s + " found canceled half done", Found{told(OrderStatus::kCanceled, "0.5")}},
      {s + " never sent, says the gateway that was there",
       NotFound{
           .id = id, .never_sent = true, .gateway_epoch = kGateway, .exchange_time = kExchangeNow}},
      {s + " never sent, says a new gateway", NotFound{.id = id,
                                                       .never_sent = true,
                                                       .gateway_epoch = kGateway + 1,
                                                       .exchange_time = kExchangeNow}},
      {s + " not found",
       NotFound{.id = id, .gateway_epoch = kGateway, .exchange_time = kExchangeNow}},
      {s + " not found, long after",
       NotFound{.id = id, .gateway_epoch = kGateway, .exchange_time = later}},
      {s + " not to be asked now", Unavailable{.id = id, .retry_after = std::chrono::seconds{1}}},
      {s + " updated to new", update(side, OrderStatus::kNew, "0", false)},
      {s + " updated to partly filled", update(side, OrderStatus::kPartiallyFilled, "0.5", true)},
      {s + " updated to filled", update(side, OrderStatus::kFilled, "1", true)},
      {s + " updated to filled, a fill missed", update(side, OrderStatus::kFilled, "1", false)},
      {s + " updated to expired", update(side, OrderStatus::kExpired, "0", false)},
  };
}

std::vector<NamedEvent> all_events() {
  std::vector<NamedEvent> events{
      {"started", Started{}},
      {"resumed", Resumed{}},
      {"trade 100", TradeSeen{amount<Price>("100")}},
      {"trade 99", TradeSeen{amount<Price>("99")}},
      {"trade 101.1", TradeSeen{amount<Price>("101.1")}},
      {"gap", OrdersGap{}},
      {"stored", Stored{}},
      {"the same gateway", GatewaySeen{kGateway}},
      {"another gateway", GatewaySeen{kGateway + 1}},
      {"tick", Tick{}},
      {"finish", FinishRequested{}},
  };
  for (const Side side : {Side::kBuy, Side::kSell}) {
    for (NamedEvent& event : events_of(side)) events.push_back(std::move(event));
  }
  return events;
}

constexpr Phase kPhases[] = {Phase::kAwaitingPrice, Phase::kBuying,  Phase::kResolvingBuy,
                             Phase::kBuyOpen,       Phase::kSelling, Phase::kResolvingSell,
                             Phase::kSellOpen,      Phase::kFinished};

#include "step_table.inc"

/// In ResolvingBuy and ResolvingSell the first "not found" sets the fence; here it has been set.
Machine fenced(Phase phase) {
  Machine machine = at(phase);
  const bool resolving = phase == Phase::kResolvingBuy || phase == Phase::kResolvingSell;
  if (resolving) machine.state.fence_until = kExchangeNow + std::chrono::seconds{15};
  return machine;
}

TEST(StepTable, EveryPhaseMeetsEveryEvent) {
  std::vector<std::pair<naive::test::Row, std::string>> happened;
  for (const Phase phase : kPhases) {
    for (const auto& [name, event] : all_events()) {
      happened.push_back(
          {{std::string{to_string(phase)}, name}, describe(tell(fenced(phase), event))});
    }
  }
  naive::test::expect_table(kTable, happened);
}

TEST(StepTable, IsDeterministic) {
  for (const Phase phase : kPhases) {
    for (const auto& [name, event] : all_events()) {
      const Step once = tell(at(phase), event);
      const Step again = tell(at(phase), event);
      EXPECT_EQ(once.machine.state, again.machine.state) << name;
      EXPECT_EQ(once.actions, again.actions) << name;
    }
  }
}

}  // namespace
}  // namespace naive::trader::test
