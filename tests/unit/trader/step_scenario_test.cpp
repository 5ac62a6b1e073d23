// What the table cannot show: sequences, amounts, and what a successor must not assume.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "trader/reconcile.h"
#include "world.h"

namespace naive::trader::test {
namespace {

/// A trader that is told one thing after the other.
struct Story {
  Machine machine = fresh();
  Actions actions;  // of the last event
  TimePoint now = kNow;

  Story& tell(const Event& event) {
    Step result = step(machine, event, now);
    machine = std::move(result.machine);
    actions = std::move(result.actions);
    return *this;
  }
  const State& state() const { return machine.state; }
  std::string does() const {
    std::string text;
    for (const Action& action : actions) text += (text.empty() ? "" : ", ") + describe(action);
    return text;
  }
};

Event trade(std::string_view price) { return TradeSeen{amount<Price>(price)}; }

Event fill(Side side, OrderStatus status, std::string_view cumulative, std::string_view quantity,
           std::string_view base_commission = "0") {
  return OrderUpdated{
      .order = order(side, status, cumulative, "0"),
      .fill = market::Fill{.trade_id = 1,
                           .quantity = amount<Quantity>(quantity),
                           .commission = {.base = amount<Quantity>(base_commission)}}};
}

Event not_found(market::ExchangeTime when, std::uint64_t epoch = kGateway + 1) {
  return NotFound{
      .id = "n1-BTCUSDT-0-1-B1", .never_sent = true, .gateway_epoch = epoch, .exchange_time = when};
}

TEST(Cycle, BuysBelowThePriceAndSellsAtTheTarget) {
  Story story;
  story.tell(Started{}).tell(trade("100"));
  EXPECT_EQ(story.state().buy.order.client_order_id, "n1-BTCUSDT-0-1-B1");
  EXPECT_EQ(story.state().buy.order.price, amount<Price>("99"));
  EXPECT_EQ(story.state().buy.order.quantity, amount<Quantity>("1"));

  story.tell(Accepted{order(Side::kBuy, OrderStatus::kNew, "0", "0")});
  story.tell(fill(Side::kBuy, OrderStatus::kFilled, "1", "1"));
  EXPECT_EQ(story.state().sell.order.client_order_id, "n1-BTCUSDT-0-1-S1");
  EXPECT_EQ(story.state().sell.order.price,
            amount<Price>("101.10"));  // 99 * 1.001 * 1.0192 * 1.001

  story.tell(Accepted{order(Side::kSell, OrderStatus::kNew, "0", "0")});
  story.tell(fill(Side::kSell, OrderStatus::kFilled, "1", "1"));
  EXPECT_EQ(story.state().phase, Phase::kFinished);
  EXPECT_EQ(story.does(), "save");
  EXPECT_EQ(story.tell(Stored{}).does(), "exit 0");
}

TEST(Cycle, ExitsOnlyWhenTheEndIsStored) {
  Story story;
  story.machine = at(Phase::kSellOpen);
  story.tell(fill(Side::kSell, OrderStatus::kFilled, "1", "1"));
  EXPECT_EQ(story.tell(Tick{}).does(), "");
  EXPECT_EQ(story.tell(Stored{}).does(), "exit 0");
}

TEST(Buying, BudgetIsTurnedIntoAQuantity) {
  Story story;
  story.machine.state.settings.budget = amount<market::Money>("50");
  story.tell(Started{}).tell(trade("100"));
  EXPECT_EQ(story.state().buy.order.quantity, amount<Quantity>("0.505"));  // 50 / 99 on 0.001
}

TEST(Buying, AnOrderBelowTheSmallestNotionalHaltsWithTheReason) {
  Story story;
  story.machine.state.settings.budget = amount<market::Money>("4");
  story.tell(Started{}).tell(trade("100"));
  EXPECT_EQ(story.does(), "save");
  EXPECT_THAT(story.state().reason, testing::HasSubstr("0.04 @ 99"));
  EXPECT_EQ(story.tell(trade("100")).does(), "") << "one verdict is enough";
  EXPECT_EQ(story.tell(Stored{}).does(), "exit 78");
}

TEST(Buying, ARejectedAttemptIsNotUsedAgain) {
  Story story;
  story.machine = at(Phase::kBuying);
  story.tell(Rejected{.id = "n1-BTCUSDT-0-1-B1", .code = -2010, .message = "no balance"});
  EXPECT_EQ(client_order_id(story.state(), Side::kBuy), "n1-BTCUSDT-0-1-B2");
  EXPECT_EQ(story.tell(trade("100")).does(), "") << "the new attempt is not stored yet";
  EXPECT_EQ(story.tell(Stored{}).does(), "exit 75");
  EXPECT_EQ(story.tell(trade("100")).does(), "") << "came in the same turn of the loop";
}

TEST(Buying, ALatePriceIsNoneToBuyAt) {
  Story story;
  story.tell(Started{}).tell(TradeSeen{.price = amount<Price>("100"), .late = true});
  EXPECT_EQ(story.does(), "");
  EXPECT_EQ(story.tell(trade("101")).does(), "place BUY");
}

TEST(Buying, WhatWasNotSentIsTriedAgainUnderTheSameNameButNotBeforeItsTime) {
  Story story;
  story.machine = at(Phase::kBuying);
  story.tell(NotSent{.id = "n1-BTCUSDT-0-1-B1", .retry_after = std::chrono::seconds{1}});
  EXPECT_EQ(story.tell(trade("100")).does(), "");
  EXPECT_EQ(story.machine.session.wake_at, kNow + std::chrono::seconds{1});
  story.now += std::chrono::seconds{1};
  EXPECT_EQ(story.tell(Tick{}).tell(trade("100")).does(), "place BUY");
  EXPECT_EQ(story.state().buy.order.client_order_id, "n1-BTCUSDT-0-1-B1");
}

TEST(Buying, ACanceledOrderIsReplacedOnceTheNextAttemptIsStored) {
  Story story;
  story.machine = at(Phase::kBuyOpen);
  story.tell(Found{order(Side::kBuy, OrderStatus::kCanceled, "0", "0")});
  EXPECT_EQ(story.tell(trade("100")).does(), "");
  EXPECT_EQ(story.tell(Stored{}).tell(trade("100")).does(), "place BUY");
  EXPECT_EQ(story.state().buy.order.client_order_id, "n1-BTCUSDT-0-1-B2");
}

TEST(Selling, SellsWhatWasBoughtNetOfTheCommissionOnTheStep) {
  Story story;
  story.machine = at(Phase::kBuyOpen);
  story.tell(fill(Side::kBuy, OrderStatus::kFilled, "1", "1", "0.0015"));
  EXPECT_EQ(story.state().sell.order.quantity, amount<Quantity>("0.998"));
}

TEST(Selling, PartialFillsAddUpAndTheirCommissionsToo) {
  Story story;
  story.machine = at(Phase::kBuyOpen);
  story.tell(fill(Side::kBuy, OrderStatus::kPartiallyFilled, "0.4", "0.4", "0.0004"));
  story.tell(fill(Side::kBuy, OrderStatus::kPartiallyFilled, "0.4", "0.4", "0.0004"));  // twice
  EXPECT_EQ(story.state().phase, Phase::kBuyOpen);
  story.tell(fill(Side::kBuy, OrderStatus::kFilled, "1", "0.6", "0.0006"));
  EXPECT_EQ(story.state().sell.order.quantity, amount<Quantity>("0.999"));
}

TEST(Selling, WaitsForTheCommissionWhenAFillWasMissed) {
  Story story;
  story.machine = at(Phase::kBuyOpen);
  story.tell(fill(Side::kBuy, OrderStatus::kFilled, "1", "0.6", "0.0006"));
  EXPECT_EQ(story.does(), "save, query BUY");
  auto filled = order(Side::kBuy, OrderStatus::kFilled, "1", "0");
  story.tell(Found{filled});
  EXPECT_EQ(story.does(), "") << "the list of fills lags: ask again, but not at once";
  EXPECT_TRUE(story.machine.session.wake_at.has_value());
  filled.commissioned_quantity = amount<Quantity>("1");
  filled.commission.base = amount<Quantity>("0.001");
  story.tell(Tick{}).tell(Found{filled});
  EXPECT_EQ(story.does(), "save");
  EXPECT_EQ(story.state().sell.order.quantity, amount<Quantity>("0.999"));
}

TEST(Selling, DustThatCannotBeSoldEndsTheCycleAndIsToldAbout) {
  Story story;
  story.machine = at(Phase::kBuyOpen);
  story.tell(Found{order(Side::kBuy, OrderStatus::kCanceled, "0.02", "0.02")});
  EXPECT_EQ(story.state().phase, Phase::kFinished);
  EXPECT_EQ(story.state().reason, "dust: 0.02 BTC is less than the exchange lets us sell");
}

TEST(Selling, TheRestOfAHalfDoneSaleIsSoldUnderTheNextName) {
  Story story;
  story.machine = at(Phase::kSellOpen);
  story.tell(Found{order(Side::kSell, OrderStatus::kCanceled, "0.25", "0.25")});
  EXPECT_EQ(story.does(), "save");
  EXPECT_EQ(story.tell(Stored{}).does(), "place SELL");
  EXPECT_EQ(story.state().sell.order.client_order_id, "n1-BTCUSDT-0-1-S2");
  EXPECT_EQ(story.state().sell.order.quantity, amount<Quantity>("0.75"));
  auto rest = order(Side::kSell, OrderStatus::kFilled, "0.75", "0.75", 2);
  rest.quantity = amount<Quantity>("0.75");
  story.tell(Accepted{rest});
  EXPECT_EQ(story.state().phase, Phase::kFinished);
  EXPECT_EQ(story.state().sell.executed(), amount<Quantity>("1"));
}

TEST(Selling, ARejectedSaleKeepsItsPriceAndQuantity) {
  Story story;
  story.machine = at(Phase::kSelling);
  const auto price = story.state().sell.order.price;
  story.tell(Rejected{.id = "n1-BTCUSDT-0-1-S1", .code = -2010, .message = "no balance"});
  EXPECT_EQ(story.state().sell.order.client_order_id, "n1-BTCUSDT-0-1-S2");
  EXPECT_EQ(story.state().sell.order.price, price);
  EXPECT_EQ(story.state().sell.order.quantity, amount<Quantity>("1"));
}

TEST(Selling, WhatWasNotSentIsPlacedOnceWhenItsTimeHasCome) {
  Story story;
  story.machine = at(Phase::kSelling);
  story.tell(NotSent{.id = "n1-BTCUSDT-0-1-S1", .retry_after = std::chrono::seconds{1}});
  EXPECT_EQ(story.does(), "");
  EXPECT_EQ(story.tell(Tick{}).does(), "place SELL");
  EXPECT_EQ(story.tell(Tick{}).does(), "");
}

TEST(Successor, DoesNotBuyBeforeItKnowsThatNobodyHas) {
  Story story;
  story.tell(Resumed{});
  EXPECT_EQ(story.does(), "query BUY");
  EXPECT_EQ(story.tell(trade("100")).does(), "");
  story.tell(not_found(kExchangeNow));
  EXPECT_EQ(story.tell(trade("100")).does(), "") << "the lost request may still be on its way";
  story.tell(Tick{}).tell(not_found(kExchangeNow + std::chrono::seconds{15}));
  EXPECT_EQ(story.state().phase, Phase::kResolvingBuy) << "the fence has its last microsecond";
  story.tell(Tick{}).tell(not_found(kExchangeNow + std::chrono::microseconds{15'000'001}));
  EXPECT_EQ(story.tell(trade("100")).does(), "")
      << "the store still has the fence for this attempt";
  story.tell(Stored{});
  EXPECT_EQ(story.tell(trade("100")).does(), "place BUY");
}

/// The stream of updates answers the first question; the next one, about another order, starts from nothing.
TEST(Successor, EveryQuestionHasAFenceOfItsOwn) {
  Story story;
  story.machine.state = at(Phase::kBuyOpen).state;
  story.tell(Resumed{}).tell(not_found(kExchangeNow));
  story.tell(fill(Side::kBuy, OrderStatus::kFilled, "1", "1")).tell(Stored{});
  story.tell(Accepted{order(Side::kSell, OrderStatus::kNew, "0", "0")}).tell(OrdersGap{});
  EXPECT_EQ(story.does(), "query SELL");
  story.tell(NotFound{.id = "n1-BTCUSDT-0-1-S1",
                      .gateway_epoch = kGateway + 1,
                      .exchange_time = kExchangeNow + std::chrono::hours{1}});
  EXPECT_EQ(story.state().phase, Phase::kResolvingSell);
  EXPECT_EQ(story.state().sell.attempt, 1U) << "a read that lags behind is no proof";
}

TEST(Successor, WaitsForTheFenceOfItsPredecessorOnly) {
  Story predecessor;
  predecessor.tell(Resumed{}).tell(not_found(kExchangeNow));
  EXPECT_EQ(predecessor.does(), "save");
  Story story;
  story.machine.state = predecessor.state();
  story.tell(Resumed{}).tell(not_found(kExchangeNow + std::chrono::seconds{16}));
  EXPECT_EQ(story.tell(Stored{}).tell(trade("100")).does(), "place BUY");
  EXPECT_FALSE(story.state().fence_until.has_value());
}

TEST(Successor, BelievesAGatewayThatHasSeenItAll) {
  Story story;
  story.tell(Resumed{}).tell(not_found(kExchangeNow, kGateway));
  EXPECT_EQ(story.tell(trade("100")).does(), "place BUY");
}

/// A gateway that began before this attempt could be sent is a witness of it, if the store says so.
TEST(Successor, BelievesAGatewayThatBeganWhileAPriceWasAwaited) {
  Story before;
  before.tell(Started{}).tell(GatewaySeen{kGateway + 1});
  EXPECT_EQ(before.does(), "save");
  Story story;
  story.machine.state = before.state();
  story.tell(Resumed{}).tell(not_found(kExchangeNow, kGateway + 1));
  EXPECT_EQ(story.tell(trade("100")).does(), "place BUY");
}

TEST(Successor, DoesNotBelieveAGatewayThatBeganWhenTheAttemptWasUnderWay) {
  Story before;
  before.tell(Started{}).tell(trade("100")).tell(GatewaySeen{kGateway + 1});
  Story story;
  story.machine.state = before.state();
  story.tell(Resumed{}).tell(not_found(kExchangeNow, kGateway + 1));
  EXPECT_EQ(story.tell(trade("100")).does(), "");
}

TEST(Successor, AdoptsAnOrderThatWasNeverStored) {
  Story story;
  story.tell(Resumed{}).tell(Found{order(Side::kBuy, OrderStatus::kNew, "0", "0")});
  EXPECT_EQ(story.state().phase, Phase::kBuyOpen);
  EXPECT_EQ(story.state().buy.order.price, amount<Price>("99"));
  EXPECT_EQ(story.does(), "save");
}

TEST(Successor, SellsWhatWasFilledBehindItsBack) {
  Story story;
  story.machine.state = at(Phase::kBuyOpen).state;
  story.tell(Resumed{}).tell(Found{order(Side::kBuy, OrderStatus::kFilled, "1", "1")});
  EXPECT_EQ(story.does(), "save") << "no sell order before the store knows of it";
  EXPECT_EQ(story.tell(Stored{}).does(), "place SELL");
}

TEST(Successor, AsksForASellOrderThatTheStoreKnowsOf) {
  Story story;
  story.machine.state = at(Phase::kSelling).state;
  story.tell(Resumed{});
  EXPECT_EQ(story.does(), "query SELL");
  story.tell(Found{order(Side::kSell, OrderStatus::kNew, "0", "0")});
  EXPECT_EQ(story.state().phase, Phase::kSellOpen);
}

TEST(Successor, AnAnswerAboutTheBuyOrderDoesNotSettleTheSellOrder) {
  Story story;
  story.machine = at(Phase::kBuyOpen);
  story.tell(Tick{});  // asks for B1
  story.tell(fill(Side::kBuy, OrderStatus::kFilled, "1", "1")).tell(Stored{});
  story.tell(Unknown{"n1-BTCUSDT-0-1-S1"});
  EXPECT_EQ(story.does(), "") << "one question at a time";
  story.tell(NotFound{
      .id = "n1-BTCUSDT-0-1-B1", .gateway_epoch = kGateway, .exchange_time = kExchangeNow});
  EXPECT_EQ(story.does(), "query SELL");
  EXPECT_FALSE(story.state().fence_until.has_value());
}

TEST(Touch, AsksAtMostOnceASecond) {
  Story story;
  story.machine = at(Phase::kBuyOpen);
  EXPECT_EQ(story.tell(trade("98")).does(), "query BUY");
  story.tell(Found{order(Side::kBuy, OrderStatus::kNew, "0", "0")});
  story.now += std::chrono::milliseconds{999};
  EXPECT_EQ(story.tell(trade("98")).does(), "");
  story.now += std::chrono::milliseconds{1};
  EXPECT_EQ(story.tell(trade("98")).does(), "query BUY");
}

TEST(Exchange, AnOrderThatItHasForgottenIsReplacedAfterTheFence) {
  Story story;
  story.machine = at(Phase::kSellOpen);
  const auto not_there = [](std::chrono::seconds after) {
    return NotFound{
        .id = "n1-BTCUSDT-0-1-S1", .gateway_epoch = 9, .exchange_time = kExchangeNow + after};
  };
  story.tell(Tick{}).tell(not_there(std::chrono::seconds{0}));
  EXPECT_EQ(story.state().phase, Phase::kResolvingSell);
  story.tell(Tick{}).tell(not_there(std::chrono::seconds{16}));
  EXPECT_EQ(story.does(), "save");
  EXPECT_EQ(story.tell(Stored{}).does(), "place SELL");
  EXPECT_EQ(story.state().sell.order.client_order_id, "n1-BTCUSDT-0-1-S2");
}

TEST(Finish, EndsAnIdleCycleAndCompletesABoughtOne) {
  Story idle;
  EXPECT_EQ(idle.tell(Started{}).tell(FinishRequested{}).tell(Stored{}).does(), "exit 0");

  Story bought;
  bought.machine = at(Phase::kBuyOpen);
  EXPECT_EQ(bought.tell(FinishRequested{}).does(), "");
  EXPECT_EQ(bought.tell(fill(Side::kBuy, OrderStatus::kFilled, "1", "1")).does(), "save");
}

TEST(Finish, WaitsUntilItIsKnownThatNothingWasBought) {
  Story story;
  story.machine = at(Phase::kBuying);
  story.tell(FinishRequested{});
  story.tell(NotSent{.id = "n1-BTCUSDT-0-1-B1"});
  EXPECT_EQ(story.state().phase, Phase::kFinished);
}

// Updates arrive twice, late, in any order; what is known in the end is the same.
TEST(Reconcile, TheOrderOfWordsDoesNotMatter) {
  const std::vector<Order> words{
      order(Side::kBuy, OrderStatus::kNew, "0", "0"),
      order(Side::kBuy, OrderStatus::kPartiallyFilled, "0.3", "0.3"),
      order(Side::kBuy, OrderStatus::kPartiallyFilled, "0.7", "0"),
      order(Side::kBuy, OrderStatus::kFilled, "1", "1"),
  };
  std::vector<std::size_t> heard{0, 0, 1, 2, 2, 3};
  do {
    Order known;
    for (const std::size_t i : heard) {
      const Order before = known;
      known = reconcile(known, words[i]);
      EXPECT_GE(known.executed_quantity, before.executed_quantity);
      EXPECT_EQ(known, reconcile(known, words[i])) << "idempotent";
    }
    EXPECT_EQ(known, words[3]);
  } while (std::ranges::next_permutation(heard).found);
}

TEST(Reconcile, AFinalStatusStays) {
  const Order canceled = order(Side::kBuy, OrderStatus::kCanceled, "0.3", "0.3");
  EXPECT_EQ(reconcile(canceled, order(Side::kBuy, OrderStatus::kNew, "0", "0")), canceled);
  EXPECT_EQ(reconcile(canceled, order(Side::kBuy, OrderStatus::kPartiallyFilled, "0.3", "0.3")),
            canceled);
}

}  // namespace
}  // namespace naive::trader::test
