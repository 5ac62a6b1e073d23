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

/// A state in a leg, as its record.
TraderRecord in_leg(v1::Phase phase, std::uint32_t buy_attempt, std::uint32_t sell_attempt = 1) {
  v1::TraderState state = parse(fresh_state("BTCUSDT", 0, 5, settings("0.01"), 77));
  state.set_phase(phase);
  state.mutable_buy()->set_attempt(buy_attempt);
  state.mutable_sell()->set_attempt(sell_attempt);
  state.set_fence_until(123);
  return {.cycle = 5, .bytes = state.SerializeAsString()};
}

TEST(LeaderCodec, AnEarlierStateOfTheSameAttemptIsFitButTrustsNobody) {
  const auto state = earlier_state(in_leg(v1::BUY_OPEN, 2), in_leg(v1::AWAITING_PRICE, 2).bytes);
  ASSERT_TRUE(state);
  EXPECT_EQ(parse(*state).phase(), v1::AWAITING_PRICE);
  EXPECT_EQ(parse(*state).gateway_epoch(), 0U);
  EXPECT_EQ(parse(*state).fence_until(), 0);
}

TEST(LeaderCodec, AStateThatDoesNotKnowOfALaterOrderIsNotFit) {
  const TraderRecord now = in_leg(v1::SELL_OPEN, 2, 2);
  EXPECT_TRUE(earlier_state(now, in_leg(v1::SELLING, 2, 2).bytes));
  EXPECT_FALSE(earlier_state(now, in_leg(v1::SELL_OPEN, 2, 1).bytes)) << "an earlier attempt";
  EXPECT_FALSE(earlier_state(now, in_leg(v1::BUY_OPEN, 2, 2).bytes)) << "an earlier leg";
  EXPECT_FALSE(earlier_state(now, fresh_state("BTCUSDT", 0, 4, settings("0"), 1))) << "a cycle";
  EXPECT_FALSE(earlier_state(now, "\xff\xff"));
  EXPECT_FALSE(earlier_state({.bytes = "\xff\xff"}, now.bytes));
}

TEST(LeaderCodec, ADroppedCycleIsFinishedAndSaysWhy) {
  const TraderRecord ended = dropped(in_leg(v1::SELL_OPEN, 1));
  EXPECT_TRUE(ended.finished);
  EXPECT_EQ(parse(ended.bytes).reason(), "dropped by command");
  EXPECT_EQ(describe_order(in_leg(v1::SELL_OPEN, 1)), "SELL n1-BTCUSDT-0-5-S1");
}

TEST(LeaderCodec, AnOrderIsShownOnceTheExchangeHasIt) {
  Roster::Slot slot{.child = supervision::ChildState{{}}};
  v1::TraderState state;
  state.set_phase(v1::BUY_OPEN);
  auto& order = *state.mutable_buy()->mutable_order();
  order.set_client_order_id("n1-BTCUSDT-0-1-B1");
  order.set_price(9'900'000'000);
  slot.trader.bytes = state.SerializeAsString();
  EXPECT_FALSE(status(0, slot, 1, 0).has_buy_order());
  order.set_status(v1::NEW);
  slot.trader.bytes = state.SerializeAsString();
  const auto view = status(0, slot, 4711, 0);
  EXPECT_EQ(view.buy_order().price(), "99.00000000");
  EXPECT_EQ(view.buy_order().status(), "NEW");
  EXPECT_EQ(view.phase(), "BUY_OPEN");
  EXPECT_EQ(view.pid(), 4711);
}

TEST(LeaderCodec, ACycleCountsAllAttemptsAndNamesTheLast) {
  v1::TraderState state;
  state.set_phase(v1::FINISHED);
  auto& buy = *state.mutable_buy();
  buy.set_carried_quantity(300'000'000);
  buy.set_carried_quote(200'000'000);
  buy.mutable_carried_commission()->set_base(1'000);
  buy.mutable_order()->set_client_order_id("n1-BTCUSDT-0-7-B2");
  buy.mutable_order()->set_status(v1::FILLED);
  buy.mutable_order()->set_executed_quantity(500'000'000);
  buy.mutable_order()->set_executed_quote(400'000'000);
  buy.mutable_order()->mutable_commission()->set_base(2'000);
  state.mutable_sell()->mutable_order()->mutable_commission()->set_quote(4'000);
  const TraderRecord record{.cycle = 7, .bytes = state.SerializeAsString()};
  const auto cycle = read_cycle(3, record, {.base_asset = "BTC", .quote_asset = "USDT"});
  EXPECT_EQ(cycle.slot, 3U);
  EXPECT_EQ(cycle.number, 7U);
  EXPECT_EQ(cycle.phase, "FINISHED");
  EXPECT_EQ(cycle.buy.order.client_order_id, "n1-BTCUSDT-0-7-B2");
  EXPECT_EQ(cycle.buy.order.executed_quantity.to_string(), "5.00000000");
  EXPECT_EQ(cycle.buy.executed.to_string(), "8.00000000");
  EXPECT_EQ(cycle.buy.quote.to_string(), "6.00000000");
  EXPECT_EQ(cycle.commission.base.to_string(), "0.00003000");
  EXPECT_EQ(cycle.commission.quote.to_string(), "0.00004000");
  EXPECT_TRUE(cycle.sell.order.client_order_id.empty());
  EXPECT_EQ(cycle.sell.order.side, market::Side::kSell);
  EXPECT_EQ(cycle.base_asset, "BTC");
}

TEST(LeaderCodec, AStateThatIsNotStoredSaysWhy) {
  Roster::Slot slot{.child = supervision::ChildState{{}}};
  slot.trouble = "of an earlier time";
  EXPECT_EQ(status(0, slot, 1, 0).reason(), "");
  slot.store_again.emplace();
  EXPECT_EQ(status(0, slot, 1, 0).reason(), "of an earlier time");
}

}  // namespace
}  // namespace naive::leader::test
