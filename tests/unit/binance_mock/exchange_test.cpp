#include "binance_mock/exchange.h"

#include <gmock/gmock.h>

#include "world.h"

namespace naive::binance_mock {
namespace {

using market::OrderStatus;
using market::Side;
using testing::ElementsAre;

/// NEW, TRADE, ... of the last step, "position" for the balances.
std::vector<std::string> kinds(const UserEvents& events) {
  std::vector<std::string> kinds;
  for (const UserEvent& event : events) {
    const auto* report = std::get_if<ExecutionReport>(&event);
    kinds.emplace_back(report != nullptr ? to_string(report->type) : "position");
  }
  return kinds;
}

TEST(Exchange, GoldenScenario) {
  ExchangeWorld world;
  world.trade("0.43183010");
  ASSERT_TRUE(world.place(buy("0.4307", "100", "B1")));
  world.trade("0.43183020");
  world.trade("0.43183030");
  EXPECT_EQ(world.order("B1").status, OrderStatus::kNew);
  world.trade("0.4307");
  EXPECT_EQ(world.order("B1").status, OrderStatus::kFilled);
  EXPECT_EQ(world.order("B1").executions.at(0).price, price("0.4307"));

  ASSERT_TRUE(world.place(sell("0.4319", "99.9", "S1")));
  world.trade("0.43065");
  EXPECT_EQ(world.order("S1").status, OrderStatus::kNew);
  world.trade("0.4319");
  EXPECT_EQ(world.order("S1").status, OrderStatus::kFilled);

  world.trade("0.43205");
  ASSERT_TRUE(world.place(buy("0.4309", "100", "B2")));
  world.trade("0.43210");
  EXPECT_EQ(world.order("B2").status, OrderStatus::kNew);
}

TEST(Exchange, RestingOrdersLockWhatTheyMayCost) {
  ExchangeWorld world;
  ASSERT_TRUE(world.place(buy("0.5", "100", "B1")));
  ASSERT_TRUE(world.place(sell("0.6", "30", "S1")));
  EXPECT_EQ(world.free("USDT"), "950");
  EXPECT_EQ(world.locked("USDT"), "50");
  EXPECT_EQ(world.free("XRP"), "970");
  EXPECT_EQ(world.locked("XRP"), "30");
}

TEST(Exchange, FillMovesMoneyAndTakesCommissionFromWhatIsReceived) {
  ExchangeWorld world;
  ASSERT_TRUE(world.place(buy("0.5", "100", "B1")));
  world.trade("0.4");
  EXPECT_EQ(world.free("USDT"), "950");
  EXPECT_EQ(world.locked("USDT"), "0");
  EXPECT_EQ(world.free("XRP"), "1099.9");

  ASSERT_TRUE(world.place(sell("0.6", "100", "S1")));
  world.trade("0.7");
  EXPECT_EQ(world.free("XRP"), "999.9");
  EXPECT_EQ(world.free("USDT"), "1009.94");
  EXPECT_EQ(world.order("S1").executions.at(0).commission_asset, "USDT");
}

TEST(Exchange, CommissionIsTruncatedToEightPlaces) {
  ExchangeWorld world;
  ASSERT_TRUE(world.place(sell("0.3333", "33.3", "S1")));
  world.trade("0.4");
  // 33.3 * 0.3333 = 11.09889
  EXPECT_EQ(world.order("S1").executed_quote.to_short_string(), "11.09889");
  EXPECT_EQ(world.order("S1").executions.at(0).commission.to_short_string(), "0.01109889");
}

TEST(Exchange, MarketableLimitTakesAtTheLastPriceInTheAnswer) {
  ExchangeWorld world;
  world.trade("0.4");
  const auto order = world.place(buy("0.5", "100", "B1"));
  ASSERT_TRUE(order);
  EXPECT_EQ(order->status, OrderStatus::kFilled);
  EXPECT_EQ(order->executions.at(0).price, price("0.4"));
  EXPECT_EQ(order->executions.at(0).liquidity, Liquidity::kTaker);
  EXPECT_EQ(world.free("USDT"), "960");
  EXPECT_EQ(world.locked("USDT"), "0");
  EXPECT_THAT(kinds(world.events), ElementsAre("NEW", "TRADE", "position"));
}

TEST(Exchange, OrderAtExactlyTheLastPriceTakes) {
  ExchangeWorld world;
  world.trade("0.4");
  EXPECT_EQ(world.place(buy("0.4", "100", "B1"))->status, OrderStatus::kFilled);
  EXPECT_EQ(world.place(sell("0.4", "100", "S1"))->status, OrderStatus::kFilled);
}

TEST(Exchange, WithoutAnyTradeALimitRestsAndAMarketOrderExpires) {
  ExchangeWorld world;
  EXPECT_EQ(world.place(buy("0.5", "100", "B1"))->status, OrderStatus::kNew);
  const auto order = world.place(at_market(Side::kBuy, "100", "M1"));
  EXPECT_EQ(order->status, OrderStatus::kExpired);
  EXPECT_EQ(order->expiry_reason, "INSUFFICIENT_LIQUIDITY");
  EXPECT_EQ(world.locked("USDT"), "50");
}

TEST(Exchange, MarketOrdersFillAtTheLastPrice) {
  ExchangeWorld world;
  world.trade("0.4");
  const auto bought = world.place(at_market(Side::kBuy, "100", "M1"));
  EXPECT_EQ(bought->status, OrderStatus::kFilled);
  EXPECT_EQ(world.free("USDT"), "960");
  const auto sold = world.place(at_market(Side::kSell, "100", "M2"));
  EXPECT_EQ(sold->status, OrderStatus::kFilled);
  EXPECT_EQ(world.free("USDT"), "999.96");
}

TEST(Exchange, MarketOrderByQuoteQuantityBuysWholeSteps) {
  ExchangeWorld world;
  world.trade("0.4");
  NewOrder order = at_market(Side::kBuy, "1", "M1");
  order.quantity = {};
  order.quote_quantity = market::Money{decimal("100.03")};
  const auto bought = world.place(order);
  ASSERT_TRUE(bought);
  EXPECT_EQ(bought->quantity, quantity("250"));
  EXPECT_EQ(bought->executed_quote.to_short_string(), "100");
}

TEST(Exchange, ImmediateOrCancelAndFillOrKillNeverRest) {
  ExchangeWorld world;
  world.trade("0.4");
  const auto ioc = world.place(buy("0.3", "100", "I1", TimeInForce::kIoc));
  EXPECT_EQ(ioc->status, OrderStatus::kExpired);
  EXPECT_EQ(ioc->expiry_reason, "UNFILLED_IOC_QUANTITY_EXPIRED");
  const auto fok = world.place(buy("0.3", "100", "F1", TimeInForce::kFok));
  EXPECT_EQ(fok->expiry_reason, "UNFILLED_FOK_ORDER_EXPIRED");
  EXPECT_THAT(kinds(world.events), ElementsAre("NEW", "EXPIRED", "position"));
  EXPECT_EQ(world.free("USDT"), "1000");
  EXPECT_EQ(world.place(buy("0.4", "100", "I2", TimeInForce::kIoc))->status, OrderStatus::kFilled);
  EXPECT_EQ(world.place(buy("0.4", "100", "F2", TimeInForce::kFok))->status, OrderStatus::kFilled);
}

TEST(Exchange, LimitMakerNeverTakes) {
  ExchangeWorld world;
  world.trade("0.4");
  NewOrder order = buy("0.4", "100", "L1");
  order.type = OrderType::kLimitMaker;
  EXPECT_EQ(world.place(order).error(),
            errors::order_rejected("Order would immediately match and take."));
  order.price = price("0.3999");
  EXPECT_EQ(world.place(order)->status, OrderStatus::kNew);
}

TEST(Exchange, ADuplicateOfAnOpenOrderIsRefusedUntilItIsClosed) {
  ExchangeWorld world;
  ASSERT_TRUE(world.place(buy("0.3", "100", "B1")));
  EXPECT_EQ(world.place(buy("0.3", "100", "B1")).error(),
            errors::order_rejected("Duplicate order sent."));
  world.trade("0.3");
  EXPECT_TRUE(world.place(buy("0.29", "100", "B1")));
}

TEST(Exchange, RefusesWhatIsNotCovered) {
  ExchangeWorld world;
  const ApiError refusal =
      errors::order_rejected("Account has insufficient balance for requested action.");
  EXPECT_EQ(world.place(buy("0.5", "2000.1", "B1")).error(), refusal);
  EXPECT_EQ(world.place(sell("0.5", "1000.1", "S1")).error(), refusal);
  ASSERT_TRUE(world.place(buy("0.5", "1500", "B2")));
  EXPECT_EQ(world.place(buy("0.5", "600", "B3")).error(), refusal);
}

TEST(Exchange, RefusesUnknownAndClosedMarkets) {
  ExchangeWorld world;
  NewOrder order = buy("0.5", "100", "B1");
  order.symbol = "NOSUCH";
  EXPECT_EQ(world.place(order).error(), errors::invalid_symbol());
  order.symbol = "DEADUSDT";
  EXPECT_EQ(world.place(order).error(), errors::order_rejected("Market is closed."));
}

TEST(Exchange, OneTradeFillsEveryOrderThatItTouches) {
  ExchangeWorld world;
  ASSERT_TRUE(world.place(buy("0.3", "100", "B1")));
  ASSERT_TRUE(world.place(buy("0.4", "100", "B2")));
  ASSERT_TRUE(world.place(buy("0.2", "100", "B3")));
  world.trade("0.3");
  EXPECT_EQ(world.order("B1").status, OrderStatus::kFilled);
  EXPECT_EQ(world.order("B2").executions.at(0).price, price("0.4"));
  EXPECT_EQ(world.order("B3").status, OrderStatus::kNew);
  EXPECT_THAT(kinds(world.events), ElementsAre("TRADE", "TRADE", "position"));
}

TEST(Exchange, QueueRuleFillsNoMoreThanTheTradeBestPriceThenOldestFirst) {
  ExchangeWorld world{FillRule::kQueue};
  ASSERT_TRUE(world.place(buy("0.3", "100", "old")));
  ASSERT_TRUE(world.place(buy("0.3", "100", "young")));
  ASSERT_TRUE(world.place(buy("0.4", "50", "best")));
  world.trade("0.3", "120");
  EXPECT_EQ(world.order("best").status, OrderStatus::kFilled);
  EXPECT_EQ(world.order("old").executed, quantity("70"));
  EXPECT_EQ(world.order("old").status, OrderStatus::kPartiallyFilled);
  EXPECT_EQ(world.order("young").executed, quantity("0"));
  EXPECT_EQ(world.locked("USDT"), "39");
  world.trade("0.2", "130");
  EXPECT_EQ(world.order("old").status, OrderStatus::kFilled);
  EXPECT_EQ(world.order("young").status, OrderStatus::kFilled);
  EXPECT_EQ(world.locked("USDT"), "0");
}

TEST(Exchange, QueueRuleLimitsTakersToo) {
  ExchangeWorld world{FillRule::kQueue};
  world.trade("0.4", "60");
  EXPECT_EQ(world.place(buy("0.5", "100", "G"))->status, OrderStatus::kPartiallyFilled);
  EXPECT_EQ(world.place(buy("0.5", "100", "I", TimeInForce::kIoc))->executed, quantity("60"));
  EXPECT_EQ(world.place(buy("0.5", "100", "F", TimeInForce::kFok))->executed, quantity("0"));
  EXPECT_EQ(world.place(at_market(Side::kBuy, "100", "M"))->status, OrderStatus::kExpired);
}

TEST(Exchange, CancelFreesTheMoneyAndTheId) {
  ExchangeWorld world;
  ASSERT_TRUE(world.place(buy("0.5", "100", "B1")));
  const auto canceled = world.cancel({.symbol = "XRPUSDT",
                                      .key = {.order_id = {}, .client_order_id = "B1"},
                                      .cancel_client_order_id = "C1"});
  ASSERT_TRUE(canceled);
  EXPECT_EQ(canceled->status, OrderStatus::kCanceled);
  EXPECT_EQ(canceled->current_client_order_id(), "C1");
  EXPECT_EQ(world.free("USDT"), "1000");
  EXPECT_THAT(kinds(world.events), ElementsAre("CANCELED", "position"));
  EXPECT_EQ(world.order("B1").order_id, world.order("C1").order_id);
  EXPECT_TRUE(world.place(buy("0.5", "100", "B1")));
}

TEST(Exchange, CancelOfWhatIsNotOpenCannotTellWhy) {
  ExchangeWorld world;
  ASSERT_TRUE(world.place(buy("0.5", "100", "B1")));
  world.trade("0.5");
  for (const OrderKey& key : {OrderKey{{}, "B1"}, OrderKey{7, ""}, OrderKey{1, "other"}}) {
    const auto canceled =
        world.cancel({.symbol = "XRPUSDT", .key = key, .cancel_client_order_id = "C1"});
    EXPECT_EQ(canceled.error(), errors::cancel_rejected("Unknown order sent."));
  }
}

TEST(Exchange, CancelRestrictionsHold) {
  ExchangeWorld world{FillRule::kQueue};
  ASSERT_TRUE(world.place(buy("0.5", "100", "B1")));
  CancelOrder cancel{.symbol = "XRPUSDT",
                     .key = {.order_id = 1, .client_order_id = ""},
                     .cancel_client_order_id = "C1",
                     .restriction = CancelRestriction::kOnlyPartiallyFilled};
  const ApiError refusal =
      errors::cancel_rejected("Order was not canceled due to cancel restrictions.");
  EXPECT_EQ(world.cancel(cancel).error(), refusal);
  world.trade("0.5", "10");
  cancel.restriction = CancelRestriction::kOnlyNew;
  EXPECT_EQ(world.cancel(cancel).error(), refusal);
  cancel.restriction = CancelRestriction::kOnlyPartiallyFilled;
  EXPECT_EQ(world.cancel(cancel)->executed, quantity("10"));
  EXPECT_EQ(world.locked("USDT"), "0");
}

TEST(Ledger, FindsTheOpenOrderBeforeTheLatest) {
  ExchangeWorld world;
  world.trade("0.4");
  ASSERT_TRUE(world.place(buy("0.4", "100", "B1")));
  EXPECT_EQ(world.order("B1").order_id, 1);
  ASSERT_TRUE(world.place(buy("0.4", "100", "B1")));
  EXPECT_EQ(world.order("B1").order_id, 2);
  ASSERT_TRUE(world.place(buy("0.3", "100", "B1")));
  EXPECT_EQ(world.order("B1").order_id, 3);
}

TEST(Ledger, OrderIdAndClientIdMustAgree) {
  ExchangeWorld world;
  ASSERT_TRUE(world.place(buy("0.3", "100", "B1")));
  const Ledger& ledger = world.exchange.ledger();
  EXPECT_TRUE(ledger.find("XRPUSDT", {1, "B1"}));
  EXPECT_EQ(ledger.find("XRPUSDT", {1, "B2"}).error(), Ledger::NotFound::kMismatch);
  EXPECT_EQ(ledger.find("XRPUSDT", {2, ""}).error(), Ledger::NotFound::kUnknown);
  EXPECT_EQ(ledger.find("BTCUSDT", {1, ""}).error(), Ledger::NotFound::kUnknown);
}

TEST(Exchange, MoreThanAnAmountCanSayIsAsMuchAsItCanSay) {
  ExchangeWorld world;
  world.exchange.commit({Deposited{"XRP", decimal("92233720368")}});
  ASSERT_TRUE(world.place(buy("0.5", "100", "B1")));
  world.trade("0.5");
  EXPECT_EQ(world.free("XRP"), "92233720368.54775807");
}

TEST(Exchange, AnAbsurdPriceIsRefusedNotWrapped) {
  ExchangeWorld world;
  NewOrder order = sell("1000", "1000", "S1");
  order.symbol = "BTCUSDT";
  order.price = price("92233720368");
  EXPECT_FALSE(world.place(order));
}

}  // namespace
}  // namespace naive::binance_mock
