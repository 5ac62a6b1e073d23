#include "leader/codec.h"

#include <gtest/gtest.h>

namespace naive::leader::test {
namespace {

Settings settings(std::string_view target) {
  return {.profit_target = market::Decimal::parse(target).value(),
          .quantity = market::Quantity::parse("1").value()};
}

v1::TraderState parse(const std::string& bytes) {
  v1::TraderState state;
  EXPECT_TRUE(state.ParseFromString(bytes));
  return state;
}

TEST(LeaderCodec, AFreshStateWaitsForAPrice) {
  const auto state = parse(fresh_state("BTCUSDT", 2, 12, settings("0.01"), 77));
  EXPECT_EQ(state.phase(), v1::AWAITING_PRICE);
  EXPECT_EQ(state.slot(), 2U);
  EXPECT_EQ(state.cycle(), 12U);
  EXPECT_EQ(state.settings().profit_target(), 1'000'000);
  EXPECT_EQ(state.gateway_epoch(), 77U);
}

TEST(LeaderCodec, NewSettingsReachACycleThatHasNotBoughtAndNoOther) {
  auto state = parse(fresh_state("BTCUSDT", 0, 1, settings("0.01"), 0));
  TraderRecord record{.bytes = state.SerializeAsString()};
  EXPECT_EQ(parse(refresh_state(record, settings("0.02"))).settings().profit_target(), 2'000'000);
  state.set_phase(v1::SELL_OPEN);
  record.bytes = state.SerializeAsString();
  EXPECT_EQ(refresh_state(record, settings("0.02")), record.bytes);
}

TEST(LeaderCodec, AnUpdateSaysWhetherTheCycleIsFinished) {
  v1::StateUpdated update;
  update.set_revision(5);
  update.mutable_state()->set_cycle(9);
  update.mutable_state()->set_phase(v1::FINISHED);
  update.mutable_state()->set_reason("dust");
  const TraderRecord record = read(update);
  EXPECT_EQ(record.revision, 5U);
  EXPECT_EQ(record.cycle, 9U);
  EXPECT_TRUE(record.finished);
  EXPECT_EQ(record.reason, "dust");
}

TEST(LeaderCodec, AnOrderIsShownOnceTheExchangeHasIt) {
  Roster::Slot slot{.child = supervision::ChildState{{}}};
  v1::TraderState state;
  state.set_phase(v1::BUY_OPEN);
  auto& order = *state.mutable_buy()->mutable_order();
  order.set_client_order_id("n1-BTCUSDT-0-1-B1");
  order.set_price(9'900'000'000);
  slot.trader.bytes = state.SerializeAsString();
  EXPECT_FALSE(status(0, slot, 1).has_buy_order());
  order.set_status(v1::NEW);
  slot.trader.bytes = state.SerializeAsString();
  const auto view = status(0, slot, 4711);
  EXPECT_EQ(view.buy_order().price(), "99.00000000");
  EXPECT_EQ(view.buy_order().status(), "NEW");
  EXPECT_EQ(view.phase(), "BUY_OPEN");
  EXPECT_EQ(view.pid(), 4711);
}

}  // namespace
}  // namespace naive::leader::test
