#include "streamer/subscriptions.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace naive::streamer {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using Verb = Subscriptions::Request::Verb;

const TimePoint kNow{1000s};

/// Connected, and with BTCUSDT running for one subscriber.
class RunningSubscriptions : public testing::Test {
 protected:
  RunningSubscriptions() {
    subscriptions_.connected();
    subscriptions_.subscriber_came("BTCUSDT");
    const auto request = subscriptions_.next_request(kNow);
    EXPECT_THAT(subscriptions_.acknowledged(request->id, kNow).running, ElementsAre("BTCUSDT"));
  }

  Subscriptions subscriptions_;
};

TEST(Subscriptions, RequestNothingByThemselves) {
  Subscriptions subscriptions;
  subscriptions.connected();
  EXPECT_EQ(subscriptions.next_request(kNow), std::nullopt);
  EXPECT_EQ(subscriptions.due(), std::nullopt);
}

TEST(Subscriptions, TheFirstSubscriberIsRequestedAtOnceAndRunsWhenAcknowledged) {
  Subscriptions subscriptions;
  subscriptions.connected();
  EXPECT_TRUE(subscriptions.subscriber_came("BTCUSDT"));
  EXPECT_EQ(subscriptions.next_request(kNow),
            (Subscriptions::Request{Verb::kSubscribe, 1, {"BTCUSDT"}}));
  EXPECT_EQ(subscriptions.next_request(kNow + 1s), std::nullopt);
  EXPECT_THAT(subscriptions.running(), IsEmpty());
  EXPECT_THAT(subscriptions.acknowledged(1, kNow).running, ElementsAre("BTCUSDT"));
  EXPECT_THAT(subscriptions.running(), ElementsAre("BTCUSDT"));
  EXPECT_THAT(subscriptions.acknowledged(1, kNow).running, IsEmpty());
}

TEST(Subscriptions, WaitForAConnection) {
  Subscriptions subscriptions;
  subscriptions.subscriber_came("BTCUSDT");
  EXPECT_EQ(subscriptions.next_request(kNow), std::nullopt);
  EXPECT_EQ(subscriptions.due(), std::nullopt);
  subscriptions.connected();
  EXPECT_TRUE(subscriptions.next_request(kNow));
}

TEST_F(RunningSubscriptions, RequestNothingForFurtherSubscribers) {
  EXPECT_TRUE(subscriptions_.subscriber_came("BTCUSDT"));
  EXPECT_EQ(subscriptions_.next_request(kNow + 1h), std::nullopt);
}

TEST_F(RunningSubscriptions, WhatComesWithinTheSpacingIsOneBatch) {
  subscriptions_.subscriber_came("ETHUSDT");
  EXPECT_EQ(subscriptions_.next_request(kNow + 1ms), std::nullopt);
  subscriptions_.subscriber_came("XRPUSDT");
  EXPECT_EQ(subscriptions_.due(), kNow + Subscriptions::kSpacing);
  EXPECT_EQ(subscriptions_.next_request(kNow + Subscriptions::kSpacing),
            (Subscriptions::Request{Verb::kSubscribe, 2, {"ETHUSDT", "XRPUSDT"}}));
}

TEST(Subscriptions, NoSecondHasMoreThanFourRequestsAndNoRequestMoreThan200Streams) {
  Subscriptions subscriptions;
  subscriptions.connected();
  for (std::size_t i = 0; i < Subscriptions::kMaxStreams; ++i) {
    ASSERT_TRUE(subscriptions.subscriber_came(fmt::format("SYMBOL{}", i)));
  }
  std::deque<TimePoint> sent;
  std::size_t streams = 0;
  for (auto now = kNow; now < kNow + 5s; now += 1ms) {
    if (const auto request = subscriptions.next_request(now)) {
      EXPECT_LE(request->symbols.size(), Subscriptions::kMaxPerRequest);
      streams += request->symbols.size();
      sent.push_back(now);
    }
    while (!sent.empty() && sent.front() + 1s < now) sent.pop_front();
    EXPECT_LE(sent.size(), 4u);
  }
  EXPECT_EQ(streams, Subscriptions::kMaxStreams);
}

TEST(Subscriptions, AConnectionHasRoomForSoManyStreams) {
  Subscriptions subscriptions;
  for (std::size_t i = 0; i < Subscriptions::kMaxStreams; ++i) {
    subscriptions.subscriber_came(fmt::format("SYMBOL{}", i));
  }
  EXPECT_FALSE(subscriptions.subscriber_came("ONEMORE"));
  EXPECT_FALSE(subscriptions.pin("ONEMORE"));
  EXPECT_TRUE(subscriptions.subscriber_came("SYMBOL0"));
}

TEST_F(RunningSubscriptions, AStreamOutlivesItsLastSubscriberForAWhile) {
  subscriptions_.last_subscriber_went("BTCUSDT", kNow + 1s);
  const auto end = kNow + 1s + Subscriptions::kLinger;
  EXPECT_EQ(subscriptions_.due(), end);
  EXPECT_EQ(subscriptions_.next_request(end - 1ms), std::nullopt);
  subscriptions_.subscriber_came("BTCUSDT");
  EXPECT_THAT(subscriptions_.running(), ElementsAre("BTCUSDT")) << "for a killed trader's successor";
  EXPECT_EQ(subscriptions_.next_request(end), std::nullopt);
}

TEST_F(RunningSubscriptions, AStreamThatNobodyWantsEnds) {
  subscriptions_.last_subscriber_went("BTCUSDT", kNow);
  const auto end = kNow + Subscriptions::kLinger;
  EXPECT_EQ(subscriptions_.next_request(end),
            (Subscriptions::Request{Verb::kUnsubscribe, 2, {"BTCUSDT"}}));
  EXPECT_THAT(subscriptions_.acknowledged(2, end).forgotten, ElementsAre("BTCUSDT"));
  EXPECT_FALSE(subscriptions_.has("BTCUSDT"));
}

TEST_F(RunningSubscriptions, AStreamThatIsWantedAgainWhileItEndsIsRequestedAgain) {
  subscriptions_.last_subscriber_went("BTCUSDT", kNow);
  const auto end = kNow + Subscriptions::kLinger;
  subscriptions_.next_request(end);
  subscriptions_.subscriber_came("BTCUSDT");
  EXPECT_THAT(subscriptions_.running(), IsEmpty());
  EXPECT_EQ(subscriptions_.next_request(end + 1s), std::nullopt);
  EXPECT_THAT(subscriptions_.acknowledged(2, end).forgotten, IsEmpty());
  EXPECT_EQ(subscriptions_.next_request(end + 1s),
            (Subscriptions::Request{Verb::kSubscribe, 3, {"BTCUSDT"}}));
  EXPECT_THAT(subscriptions_.acknowledged(3, end + 1s).running, ElementsAre("BTCUSDT"));
}

TEST(Subscriptions, AStreamWhoseSubscriberWentBeforeTheAcknowledgementEndsAfterAWhile) {
  Subscriptions subscriptions;
  subscriptions.connected();
  subscriptions.subscriber_came("BTCUSDT");
  subscriptions.next_request(kNow);
  subscriptions.last_subscriber_went("BTCUSDT", kNow);
  subscriptions.acknowledged(1, kNow + 1s);
  EXPECT_TRUE(subscriptions.next_request(kNow + 1s + Subscriptions::kLinger));
}

TEST_F(RunningSubscriptions, APinNeedsNoSubscriber) {
  EXPECT_TRUE(subscriptions_.pin("BTCUSDT"));
  subscriptions_.last_subscriber_went("BTCUSDT", kNow);
  EXPECT_EQ(subscriptions_.next_request(kNow + 1h), std::nullopt);
  subscriptions_.unpin("BTCUSDT", kNow + 1h);
  EXPECT_TRUE(subscriptions_.next_request(kNow + 1h + Subscriptions::kLinger));
}

TEST_F(RunningSubscriptions, ANewConnectionGetsEverythingThatIsWanted) {
  subscriptions_.pin("ETHUSDT");
  subscriptions_.disconnected();
  EXPECT_THAT(subscriptions_.running(), IsEmpty());
  EXPECT_EQ(subscriptions_.next_request(kNow + 1s), std::nullopt);
  subscriptions_.connected();
  EXPECT_EQ(subscriptions_.next_request(kNow + 1s),
            (Subscriptions::Request{Verb::kSubscribe, 2, {"BTCUSDT", "ETHUSDT"}}));
  EXPECT_THAT(subscriptions_.acknowledged(2, kNow).running, ElementsAre("BTCUSDT", "ETHUSDT"));
}

TEST_F(RunningSubscriptions, AnAnswerOfAnEarlierConnectionMeansNothing) {
  subscriptions_.subscriber_came("ETHUSDT");
  ASSERT_TRUE(subscriptions_.next_request(kNow + 1s));
  subscriptions_.disconnected();
  EXPECT_THAT(subscriptions_.acknowledged(2, kNow + 1s).running, IsEmpty());
}

TEST(Subscriptions, ARefusedStreamIsLeftAloneUntilSomebodyElseAsks) {
  Subscriptions subscriptions;
  subscriptions.connected();
  subscriptions.subscriber_came("BTCUSDT");
  subscriptions.next_request(kNow);
  EXPECT_THAT(subscriptions.refused(1), ElementsAre("BTCUSDT"));
  EXPECT_EQ(subscriptions.next_request(kNow + 1h), std::nullopt);
  subscriptions.subscriber_came("BTCUSDT");
  EXPECT_TRUE(subscriptions.next_request(kNow + 1h));
}

TEST(Subscriptions, ARequestWithoutAnAnswerIsNoticed) {
  Subscriptions subscriptions;
  subscriptions.connected();
  subscriptions.subscriber_came("BTCUSDT");
  subscriptions.next_request(kNow);
  EXPECT_EQ(subscriptions.due(), kNow + Subscriptions::kAnswerLimit);
  EXPECT_FALSE(subscriptions.is_overdue(kNow + Subscriptions::kAnswerLimit - 1ms));
  EXPECT_TRUE(subscriptions.is_overdue(kNow + Subscriptions::kAnswerLimit));
  subscriptions.disconnected();
  EXPECT_FALSE(subscriptions.is_overdue(kNow + 1h));
}

TEST_F(RunningSubscriptions, ForgetWhatNobodyWantsWhenTheConnectionGoes) {
  subscriptions_.last_subscriber_went("BTCUSDT", kNow);
  subscriptions_.disconnected();
  EXPECT_EQ(subscriptions_.size(), 0u);
}

}  // namespace
}  // namespace naive::streamer
