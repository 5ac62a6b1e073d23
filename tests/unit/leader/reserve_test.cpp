#include "leader/reserve.h"

#include <gtest/gtest.h>

namespace naive::leader {
namespace {

using namespace std::chrono_literals;
using supervision::State;
using Members = std::vector<Reserve::Member>;

const TimePoint kNow{std::chrono::hours{1}};
const TimePoint kFilled = kNow + Reserve::kRefillDelay;
const std::string kKilled = "killed by SIGKILL";

Reserve begun(std::uint32_t size) {
  Reserve reserve{{.size = size}};
  reserve.begin(kNow);
  return reserve;
}

void expect_due(Reserve& reserve, TimePoint now, const Members& members) {
  EXPECT_EQ(reserve.due(now), members);
}

TEST(Reserve, OfNobodyNeverHasAnythingToDo) {
  Reserve reserve = begun(0);
  EXPECT_EQ(reserve.next_tick(), std::nullopt);
  expect_due(reserve, kNow + 1h, {});
  EXPECT_EQ(reserve.take(kNow), std::nullopt);
}

TEST(Reserve, IsFilledAMomentAfterTheBeginning) {
  Reserve reserve = begun(2);
  expect_due(reserve, kNow, {});
  EXPECT_EQ(reserve.next_tick(), kFilled);
  expect_due(reserve, kFilled, {{0, 1}, {1, 1}});
  expect_due(reserve, kFilled, {});
}

TEST(Reserve, OnlyOneThatIsReadyIsTakenAndOnlyOnce) {
  Reserve reserve = begun(1);
  reserve.due(kFilled);
  EXPECT_EQ(reserve.take(kFilled), std::nullopt);
  reserve.ready({0, 1}, kFilled);
  EXPECT_EQ(reserve.take(kFilled), (Reserve::Member{0, 1}));
  EXPECT_EQ(reserve.take(kFilled), std::nullopt);
}

TEST(Reserve, WhatCannotBeStartedIsTriedUntilItCan) {
  Reserve reserve = begun(1);
  TimePoint now = kFilled;
  for (std::uint32_t attempt = 1; attempt <= 20; ++attempt) {
    expect_due(reserve, now, {{0, attempt}});
    reserve.start_failed({0, attempt}, "no descriptor", now, 0);
    ASSERT_EQ(reserve.places().at(0).life.state(), State::kBackoff);
    now = *reserve.next_tick();
  }
}

TEST(Reserve, WhatWasTakenIsReplacedAndItsEndIsNotOurs) {
  Reserve reserve = begun(1);
  reserve.due(kFilled);
  reserve.ready({0, 1}, kFilled);
  reserve.take(kFilled);
  reserve.exited({0, 1}, kKilled, kFilled, 0);
  expect_due(reserve, kFilled, {});
  expect_due(reserve, kFilled + Reserve::kRefillDelay, {{0, 2}});
  EXPECT_EQ(reserve.places().at(0).life.restarts(), 0U);
}

TEST(Reserve, OneThatDiesIsReplacedAtOnceThenAfterAWhile) {
  Reserve reserve = begun(1);
  reserve.due(kFilled);
  reserve.ready({0, 1}, kFilled);
  reserve.exited({0, 1}, kKilled, kFilled, 0);
  EXPECT_EQ(reserve.take(kFilled), std::nullopt);
  expect_due(reserve, kFilled, {{0, 2}});
  reserve.exited({0, 2}, "cannot start", kFilled, 0);
  expect_due(reserve, kFilled, {});
  EXPECT_EQ(reserve.next_tick(), kFilled + 100ms);
  expect_due(reserve, kFilled + 100ms, {{0, 3}});
  EXPECT_EQ(reserve.places().at(0).life.restarts(), 2U);
}

TEST(Reserve, CrashesWithoutEndAreTriedAgainAMinuteLater) {
  Reserve reserve = begun(1);
  TimePoint now = kFilled;
  for (std::uint32_t incarnation = 1; incarnation <= 4; ++incarnation) {
    expect_due(reserve, now, {{0, incarnation}});
    reserve.exited({0, incarnation}, kKilled, now, 0);
    if (incarnation < 4) now = *reserve.next_tick();
  }
  EXPECT_EQ(reserve.next_tick(), now + Reserve::kProbation);
  expect_due(reserve, now + Reserve::kProbation, {{0, 5}});
}

TEST(Reserve, ASilentOneIsNamedOnceAndAnythingItSaysCounts) {
  Reserve reserve = begun(1);
  reserve.due(kFilled);
  reserve.heard({0, 1}, kFilled + 3s);
  EXPECT_EQ(reserve.silent(kFilled + 5s), Members{});
  EXPECT_EQ(reserve.next_tick(), kFilled + 8s);
  EXPECT_EQ(reserve.silent(kFilled + 8s), (Members{{0, 1}}));
  EXPECT_EQ(reserve.silent(kFilled + 9s), Members{});
}

TEST(Reserve, SilenceCanBeExcused) {
  Reserve reserve = begun(1);
  reserve.due(kFilled);
  reserve.excuse_silence(kFilled + 1h);
  EXPECT_EQ(reserve.silent(kFilled + 1h), Members{});
}

TEST(Reserve, WordsOfAnotherOneDoNotCount) {
  Reserve reserve = begun(1);
  reserve.due(kFilled);
  reserve.ready({0, 7}, kFilled);
  reserve.ready({9, 1}, kFilled);
  EXPECT_EQ(reserve.take(kFilled), std::nullopt);
}

TEST(Reserve, NothingIsStartedAfterItsEnd) {
  Reserve reserve = begun(2);
  reserve.due(kFilled);
  reserve.stop();
  reserve.exited({0, 1}, kKilled, kFilled, 0);
  expect_due(reserve, kFilled + 1h, {});
  EXPECT_EQ(reserve.next_tick(), std::nullopt);
}

}  // namespace
}  // namespace naive::leader
