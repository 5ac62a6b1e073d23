#include "streamer/trade_sequence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "streamer/fill_budget.h"

namespace naive::streamer {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Gap = TradeSequence::Gap;
using Step = TradeSequence::Step;

market::Trade trade(std::int64_t id) { return {.trade_id = id}; }

std::vector<std::int64_t> ids(const std::vector<market::Trade>& trades) {
  std::vector<std::int64_t> result;
  for (const auto& each : trades) result.push_back(each.trade_id);
  return result;
}

/// Has published trade 10.
class TradeSequenceTest : public testing::Test {
 protected:
  TradeSequenceTest() { EXPECT_EQ(sequence_.take(trade(10)), Step::kPublish); }

  TradeSequence sequence_;
};

TEST(TradeSequence, BeginsAnywhere) {
  TradeSequence sequence;
  EXPECT_EQ(sequence.last_trade_id(), 0);
  EXPECT_EQ(sequence.take(trade(3735683259)), Step::kPublish);
  EXPECT_EQ(sequence.last_trade_id(), 3735683259);
}

TEST_F(TradeSequenceTest, PublishesOneAfterTheOther) {
  EXPECT_EQ(sequence_.take(trade(11)), Step::kPublish);
  EXPECT_EQ(sequence_.take(trade(12)), Step::kPublish);
  EXPECT_EQ(sequence_.last_trade_id(), 12);
}

TEST_F(TradeSequenceTest, DropsDuplicates) {
  EXPECT_EQ(sequence_.take(trade(10)), Step::kDuplicate);
  EXPECT_EQ(sequence_.take(trade(9)), Step::kDuplicate);
  EXPECT_EQ(sequence_.last_trade_id(), 10);
}

TEST_F(TradeSequenceTest, FollowsAnExchangeThatCountsAnew) {
  const market::Trade later{.trade_id = 3,
                            .trade_time = market::ExchangeTime{std::chrono::seconds{1}}};
  EXPECT_EQ(sequence_.take(later), Step::kRenumbered);
  EXPECT_EQ(sequence_.last_trade_id(), 3);
  EXPECT_EQ(sequence_.take(later), Step::kDuplicate);
  EXPECT_EQ(sequence_.take(trade(4)), Step::kPublish);
}

TEST_F(TradeSequenceTest, HoldsBackWhatIsBehindAGapAndFillsIt) {
  EXPECT_EQ(sequence_.take(trade(13)), Step::kGap);
  ASSERT_EQ(sequence_.gap(), (Gap{11, 12}));
  EXPECT_EQ(sequence_.take(trade(14)), Step::kHeld);
  EXPECT_EQ(sequence_.take(trade(14)), Step::kDuplicate);
  EXPECT_EQ(sequence_.last_trade_id(), 10);
  EXPECT_THAT(ids(sequence_.filled({11, 12}, {trade(11), trade(12)})), ElementsAre(11, 12, 13, 14));
  EXPECT_EQ(sequence_.gap(), std::nullopt);
  EXPECT_EQ(sequence_.take(trade(15)), Step::kPublish);
}

TEST_F(TradeSequenceTest, GoesOnWithoutWhatCannotBeHad) {
  sequence_.take(trade(13));
  EXPECT_THAT(ids(sequence_.filled({11, 12}, {})), ElementsAre(13));
  EXPECT_EQ(sequence_.take(trade(14)), Step::kPublish);
}

TEST_F(TradeSequenceTest, TakesOnlyWhatBelongsIntoTheGap) {
  sequence_.take(trade(13));
  EXPECT_THAT(
      ids(sequence_.filled({11, 12}, {trade(9), trade(10), trade(12), trade(13), trade(14)})),
      ElementsAre(12, 13));
}

TEST_F(TradeSequenceTest, AGapBehindAGapIsTheNextOne) {
  sequence_.take(trade(13));
  EXPECT_EQ(sequence_.take(trade(20)), Step::kHeld);
  EXPECT_EQ(sequence_.take(trade(21)), Step::kHeld);
  EXPECT_THAT(ids(sequence_.filled({11, 12}, {trade(11), trade(12)})), ElementsAre(11, 12, 13));
  ASSERT_EQ(sequence_.gap(), (Gap{14, 19}));
  EXPECT_THAT(ids(sequence_.filled({14, 19}, {trade(19)})), ElementsAre(19, 20, 21));
  EXPECT_EQ(sequence_.gap(), std::nullopt);
}

TEST_F(TradeSequenceTest, IgnoresTheFillOfAnotherGap) {
  EXPECT_THAT(sequence_.filled({11, 12}, {trade(11)}), IsEmpty());
  sequence_.take(trade(13));
  EXPECT_THAT(sequence_.filled({5, 6}, {trade(5)}), IsEmpty());
  EXPECT_EQ(sequence_.gap(), (Gap{11, 12}));
}

TEST_F(TradeSequenceTest, WhatTheExchangeHasAndDidNotComeIsAGap) {
  EXPECT_EQ(sequence_.miss(10, 12), (Gap{11, 12}));
  EXPECT_EQ(sequence_.take(trade(12)), Step::kDuplicate) << "it is being asked for";
  EXPECT_EQ(sequence_.take(trade(15)), Step::kHeld);
  EXPECT_THAT(ids(sequence_.filled({11, 12}, {trade(11), trade(12)})), ElementsAre(11, 12));
  ASSERT_EQ(sequence_.gap(), (Gap{13, 14}));
  EXPECT_THAT(ids(sequence_.filled({13, 14}, {trade(13), trade(14)})), ElementsAre(13, 14, 15));
}

TEST_F(TradeSequenceTest, AGapWithNothingBehindItShowsAgainUnlessItWasFilled) {
  ASSERT_TRUE(sequence_.miss(10, 12));
  EXPECT_THAT(sequence_.filled({11, 12}, {}), IsEmpty());
  EXPECT_EQ(sequence_.gap(), std::nullopt);
  EXPECT_EQ(sequence_.take(trade(13)), Step::kGap);
  EXPECT_EQ(sequence_.gap(), (Gap{11, 12}));
}

TEST_F(TradeSequenceTest, NothingIsMissingThatCameOrIsBeingAskedFor) {
  EXPECT_EQ(sequence_.miss(9, 10), std::nullopt);
  sequence_.take(trade(13));
  EXPECT_EQ(sequence_.miss(10, 14), std::nullopt);
}

TEST(TradeSequence, MissesWhatCameAfterItsBeginningThoughNothingEverCame) {
  TradeSequence sequence;
  EXPECT_EQ(sequence.miss(500, 502), (Gap{501, 502}));
  EXPECT_THAT(ids(sequence.filled({501, 502}, {trade(501), trade(502)})), ElementsAre(501, 502));
  EXPECT_EQ(sequence.take(trade(503)), Step::kPublish);
}

TEST_F(TradeSequenceTest, HoldsBackOnlySoMany) {
  sequence_.take(trade(13));
  auto step = Step::kHeld;
  std::size_t taken = 1;
  for (; step == Step::kHeld; ++taken)
    step = sequence_.take(trade(13 + static_cast<std::int64_t>(taken)));
  EXPECT_EQ(step, Step::kOverflow);
  EXPECT_EQ(taken, TradeSequence::kMaxHeld);
  EXPECT_EQ(sequence_.release().size(), TradeSequence::kMaxHeld);
  EXPECT_EQ(sequence_.gap(), std::nullopt);
  EXPECT_EQ(sequence_.take(trade(13 + static_cast<std::int64_t>(taken))), Step::kPublish);
}

TEST(FillBudget, LeavesTheExchangesLimitToOrders) {
  using namespace std::chrono_literals;
  const FillBudget::TimePoint now{1000s};
  FillBudget budget;
  for (std::size_t i = 0; i < FillBudget::kMaxFills; ++i) EXPECT_TRUE(budget.take(now));
  EXPECT_FALSE(budget.take(now + 59s));
  EXPECT_TRUE(budget.take(now + 60s));
  budget.pause(now + 90s);
  EXPECT_FALSE(budget.take(now + 89s));
  EXPECT_TRUE(budget.take(now + 90s));
}

}  // namespace
}  // namespace naive::streamer
