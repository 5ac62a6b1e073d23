#include "streamer/staleness.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace naive::streamer {
namespace {

using namespace std::chrono_literals;
using Missing = Staleness::Missing;
using TimePoint = Staleness::TimePoint;

const TimePoint kNow{1000s};
constexpr auto kGrace = Staleness::kGrace;

/// Trade 7 of BTCUSDT came at kNow.
class StalenessTest : public testing::Test {
 protected:
  StalenessTest() {
    staleness_.expect("BTCUSDT", kNow - 1s);
    staleness_.heard("BTCUSDT", 7, kNow);
  }

  /// Asks about `symbol` when it is due, and is told.
  void ask(const std::string& symbol, std::optional<std::int64_t> newest, TimePoint now) {
    ASSERT_EQ(staleness_.next_question(now - 1ms), std::nullopt);
    ASSERT_EQ(staleness_.next_question(now), symbol);
    staleness_.answered(symbol, newest, now);
  }
  void reconnect(TimePoint now) {
    staleness_.disconnected();
    staleness_.expect("BTCUSDT", now);
  }

  Staleness staleness_{10s};
};

TEST(Staleness, ExpectsNothingByItself) {
  Staleness staleness{10s};
  EXPECT_EQ(staleness.due(), std::nullopt);
  EXPECT_EQ(staleness.next_question(kNow), std::nullopt);
}

TEST_F(StalenessTest, AStreamWithTradesIsNotAskedAbout) {
  for (int i = 1; i < 1000; ++i) {
    EXPECT_EQ(staleness_.next_question(kNow + i * 9s), std::nullopt);
    staleness_.heard("BTCUSDT", 7 + i, kNow + i * 9s);
  }
}

TEST_F(StalenessTest, AQuietMarketIsAskedAboutLessAndLess) {
  auto now = kNow;
  for (const auto patience : {10s, 20s, 40s, 80s, 160s, 320s, 320s}) {
    now += patience;
    EXPECT_EQ(staleness_.due(), now);
    ask("BTCUSDT", 7, now);
    EXPECT_EQ(staleness_.take_missing(now + 1h), std::nullopt);
  }
  staleness_.heard("BTCUSDT", 8, now);
  EXPECT_EQ(staleness_.due(), now + 10s);
}

TEST_F(StalenessTest, ATradeThatDoesNotComeIsToldOnceAndAfterAGrace) {
  ask("BTCUSDT", 9, kNow + 10s);
  EXPECT_EQ(staleness_.due(), kNow + 10s + kGrace);
  EXPECT_EQ(staleness_.take_missing(kNow + 10s + kGrace - 1ms), std::nullopt);
  EXPECT_EQ(staleness_.take_missing(kNow + 10s + kGrace), (Missing{.symbol = "BTCUSDT",
                                                                   .last = 7,
                                                                   .newest = 9,
                                                                   .silent_for = 10s + kGrace,
                                                                   .is_stale = true}));
  EXPECT_EQ(staleness_.take_missing(kNow + 1h), std::nullopt);
}

TEST_F(StalenessTest, ATradeOnItsWayIsNoAlarm) {
  ask("BTCUSDT", 8, kNow + 10s);
  staleness_.heard("BTCUSDT", 8, kNow + 11s);
  EXPECT_EQ(staleness_.take_missing(kNow + 10s + kGrace), std::nullopt);
  EXPECT_EQ(staleness_.due(), kNow + 21s);
}

TEST_F(StalenessTest, ATradeThatOvertakesTheAnswerIsNoAlarm) {
  ASSERT_EQ(staleness_.next_question(kNow + 10s), "BTCUSDT");
  staleness_.heard("BTCUSDT", 9, kNow + 10s);
  staleness_.answered("BTCUSDT", 8, kNow + 10s);
  EXPECT_EQ(staleness_.take_missing(kNow + 10s + kGrace), std::nullopt);
}

TEST_F(StalenessTest, ASymbolWithoutATradeBeginsWithTheExchangesNewest) {
  staleness_.forget("BTCUSDT");
  staleness_.expect("NEWUSDT", kNow);
  ask("NEWUSDT", 500, kNow + 10s);
  EXPECT_EQ(staleness_.take_missing(kNow + 20s), std::nullopt);
  ask("NEWUSDT", 501, kNow + 30s);
  EXPECT_EQ(staleness_.take_missing(kNow + 30s + kGrace), (Missing{.symbol = "NEWUSDT",
                                                                   .last = 500,
                                                                   .newest = 501,
                                                                   .silent_for = 30s + kGrace,
                                                                   .is_stale = true}));
}

TEST_F(StalenessTest, TheFirstTradeOfASymbolMayBeMissingToo) {
  staleness_.forget("BTCUSDT");
  staleness_.expect("NEWUSDT", kNow);
  ask("NEWUSDT", 0, kNow + 10s);
  EXPECT_EQ(staleness_.take_missing(kNow + 20s), std::nullopt);
  ask("NEWUSDT", 1, kNow + 30s);
  EXPECT_TRUE(staleness_.take_missing(kNow + 30s + kGrace));
}

TEST_F(StalenessTest, AnAnswerThatSaysNothingIsAskedForAgain) {
  ask("BTCUSDT", std::nullopt, kNow + 10s);
  EXPECT_EQ(staleness_.take_missing(kNow + 20s), std::nullopt);
  ask("BTCUSDT", 8, kNow + 30s);
  EXPECT_TRUE(staleness_.take_missing(kNow + 30s + kGrace));
}

TEST_F(StalenessTest, AReconnectThatDoesNotHelpIsTriedAgainLaterAndLater) {
  auto now = kNow;
  std::int64_t newest = 7;
  for (const auto patience : {10s, 20s, 40s, 80s, 160s, 320s, 320s}) {
    now += patience;
    ask("BTCUSDT", ++newest, now);
    now += kGrace;
    EXPECT_EQ(staleness_.take_missing(now), (Missing{.symbol = "BTCUSDT",
                                                     .last = newest - 1,
                                                     .newest = newest,
                                                     .silent_for = now - kNow,
                                                     .is_stale = true}));
    reconnect(now);
  }
  staleness_.heard("BTCUSDT", newest + 1, now);
  EXPECT_EQ(staleness_.due(), now + 10s) << "it helped";
}

TEST_F(StalenessTest, WhatWasLostBetweenConnectionsIsNoReasonForYetAnotherOne) {
  staleness_.expect("ETHUSDT", kNow);
  staleness_.heard("ETHUSDT", 7, kNow);
  reconnect(kNow + 1s);
  staleness_.expect("ETHUSDT", kNow + 1s);
  staleness_.heard("BTCUSDT", 8, kNow + 2s);
  ask("ETHUSDT", 9, kNow + 11s);
  Missing missing{
      .symbol = "ETHUSDT", .last = 7, .newest = 9, .silent_for = 11s + kGrace, .is_stale = false};
  EXPECT_EQ(staleness_.take_missing(kNow + 11s + kGrace), missing);
  staleness_.heard("BTCUSDT", 9, kNow + 20s);
  ask("ETHUSDT", 10, kNow + 23s);
  missing = {
      .symbol = "ETHUSDT", .last = 9, .newest = 10, .silent_for = 23s + kGrace, .is_stale = true};
  EXPECT_EQ(staleness_.take_missing(kNow + 23s + kGrace), missing) << "that one is its fault";
}

TEST_F(StalenessTest, WhatIsKnownToBeMissingIsNoSecondAlarm) {
  ask("BTCUSDT", 8, kNow + 10s);
  ASSERT_TRUE(staleness_.take_missing(kNow + 10s + kGrace));
  reconnect(kNow + 15s);
  ask("BTCUSDT", 8, kNow + 35s);
  EXPECT_EQ(staleness_.take_missing(kNow + 40s), std::nullopt);
}

TEST_F(StalenessTest, NothingIsExpectedWithoutAConnection) {
  ask("BTCUSDT", 8, kNow + 10s);
  staleness_.disconnected();
  EXPECT_EQ(staleness_.take_missing(kNow + 1h), std::nullopt);
  EXPECT_EQ(staleness_.next_question(kNow + 1h), std::nullopt);
  EXPECT_EQ(staleness_.due(), std::nullopt);
  staleness_.expect("BTCUSDT", kNow + 2h);
  EXPECT_EQ(staleness_.due(), kNow + 2h + 10s) << "a new connection has all the time again";
}

TEST_F(StalenessTest, AnAnswerToAQuestionOfBeforeTheLossMeansNothing) {
  ASSERT_EQ(staleness_.next_question(kNow + 10s), "BTCUSDT");
  staleness_.disconnected();
  staleness_.answered("BTCUSDT", 8, kNow + 11s);
  staleness_.expect("BTCUSDT", kNow + 12s);
  EXPECT_EQ(staleness_.take_missing(kNow + 15s), std::nullopt);
  EXPECT_EQ(staleness_.next_question(kNow + 22s), "BTCUSDT");
}

TEST_F(StalenessTest, AsksNothingWhileTheExchangeWantsToBeLeftAlone) {
  staleness_.pause(kNow + 60s);
  EXPECT_EQ(staleness_.due(), kNow + 60s);
  ask("BTCUSDT", 7, kNow + 60s);
}

/// Many symbols on one connection, all of which begin at kNow.
class ManySymbols : public testing::Test {
 protected:
  static constexpr int kSymbols = 500;

  ManySymbols() {
    for (int i = 0; i < kSymbols; ++i) {
      staleness_.expect(name(i), kNow);
      staleness_.heard(name(i), 1, kNow);
    }
  }
  static std::string name(int i) { return fmt::format("S{}USDT", i); }

  /// For so long every market is quiet. Returns how often each was asked about.
  std::map<std::string, int> be_quiet(std::chrono::seconds span) {
    std::map<std::string, int> questions;
    for (const auto end = now_ + span; now_ < end; now_ += 100ms) {
      const auto symbol = staleness_.next_question(now_);
      if (!symbol) continue;
      ++questions[*symbol];
      staleness_.answered(*symbol, 1, now_);
    }
    return questions;
  }

  Staleness staleness_{10s};
  TimePoint now_ = kNow;
};

TEST_F(ManySymbols, ThatAreQuietAreAllAskedAboutWithinTheBudget) {
  be_quiet(1h);
  const auto questions = be_quiet(600s);
  EXPECT_EQ(questions.size(), std::size_t{kSymbols}) << "none is forgotten";
  int all = 0;
  for (const auto& [symbol, times] : questions) all += times;
  EXPECT_LE(all, 600s / Staleness::kSpacing);
}

TEST_F(ManySymbols, ABusyOneAmongThemIsAskedAboutSoon) {
  staleness_.expect("BTCUSDT", now_);
  be_quiet(1h);
  staleness_.heard("BTCUSDT", 1, now_);
  const auto stopped = now_;
  while (!be_quiet(1s).contains("BTCUSDT")) ASSERT_LT(now_, stopped + 20s);
}

TEST_F(ManySymbols, OfOneDeadConnectionAreOneReconnectAndOneBackOff) {
  std::vector<std::chrono::seconds> reconnects;
  std::int64_t newest = 1;
  for (; now_ < kNow + 700s; now_ += 1s) {
    if (staleness_.take_missing(now_)) {
      reconnects.push_back(std::chrono::duration_cast<std::chrono::seconds>(now_ - kNow));
      staleness_.disconnected();
      for (int i = 0; i < kSymbols; ++i) staleness_.expect(name(i), now_);
    }
    if (const auto symbol = staleness_.next_question(now_)) {
      staleness_.answered(*symbol, ++newest, now_);
    }
  }
  EXPECT_THAT(reconnects, testing::ElementsAre(12s, 34s, 76s, 158s, 320s, 642s));
}

}  // namespace
}  // namespace naive::streamer
