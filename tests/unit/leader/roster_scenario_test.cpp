#include <gtest/gtest.h>

#include "roster_world.h"

namespace naive::leader::test {
namespace {

using supervision::State;

TEST(Roster, AFreshCycleIsOnRecordBeforeItsFirstProcessIsToldOfIt) {
  Roster roster{config(2), {}};
  EXPECT_EQ(describe(roster.begin(kNow)),
            "start #1, store #999 fresh 0/1@1, started, start #1, store #999 fresh 1/1@1, started");
}

TEST(Roster, TheFirstIncarnationOfACycleStartsFreshEveryLaterOneResumes) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  EXPECT_EQ(describe(roster.hello(0, 1, kNow)), "assign fresh 0/1@1");
  roster.exited(0, 1, ExitReason::killed(9), kNow, 0);
  EXPECT_EQ(describe(roster.hello(0, 2, kNow)), "assign fresh 0/1@1 resumed");
}

TEST(Roster, AProcessThatWasNeverToldItsSlotHasNotBegun) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  roster.exited(0, 1, ExitReason::killed(9), kNow, 0);
  EXPECT_EQ(describe(roster.hello(0, 2, kNow)), "assign fresh 0/1@1");
}

TEST(Roster, ACrashIsFollowedByTheStoredState) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  EXPECT_EQ(describe(roster.state_updated(0, 1, next_state(roster), kNow)),
            "store #999 state@2, ack 2");
  EXPECT_EQ(describe(roster.exited(0, 1, ExitReason::killed(9), kNow, 0)),
            "died (killed by SIGKILL), start #2, started");
  EXPECT_EQ(roster.slots().at(0).child.restarts(), 1U);
}

TEST(Roster, IncarnationsAreOnRecordBeforeTheyAreUsedAThousandAtATime) {
  const SlotRecord stored{
      .slot = 0, .incarnation = 998, .trader = {.cycle = 12, .revision = 90, .bytes = "open"}};
  Roster roster{config(), {stored}};
  EXPECT_EQ(describe(roster.begin(kNow)), "start #999, store #999 open@90, started");
  EXPECT_EQ(describe(roster.exited(0, 999, ExitReason::killed(9), kNow, 0)),
            "died (killed by SIGKILL), start #1000, store #1999 open@90, started");
  EXPECT_EQ(
      describe(roster.exited(0, 1000, ExitReason::killed(9), kNow + std::chrono::minutes{1}, 0)),
      "died (killed by SIGKILL), start #1001, started");
}

TEST(Roster, AFinishedCycleIsFollowedByAFreshOneHoweverTheProcessEnds) {
  for (const auto& reason : {ExitReason::exited(0), ExitReason::killed(9)}) {
    Roster roster{config(), {}};
    roster.begin(kNow);
    roster.state_updated(0, 1, next_state(roster, 0, true), kNow);
    EXPECT_EQ(describe(roster.exited(0, 1, reason, kNow, 0)),
              "cycle finished, start #2, store #999 fresh 0/2@3, started");
    EXPECT_EQ(describe(roster.hello(0, 2, kNow)), "assign fresh 0/2@3");
    EXPECT_EQ(roster.slots().at(0).child.restarts(), 0U);
  }
}

TEST(Roster, AnOldStateIsNotTakenForANewOne) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  auto record = next_state(roster);
  roster.state_updated(0, 1, record, kNow);
  EXPECT_EQ(describe(roster.state_updated(0, 1, record, kNow)), "refuse 2") << "twice";
  record.revision = 9;
  EXPECT_EQ(describe(roster.state_updated(0, 1, record, kNow)), "refuse 9") << "one is missing";
  record = next_state(roster);
  record.cycle = 2;
  EXPECT_EQ(describe(roster.state_updated(0, 1, record, kNow)), "refuse 3") << "of another cycle";
}

TEST(Roster, TakesUpWhatItsPredecessorStored) {
  const SlotRecord stored{
      .slot = 0, .incarnation = 41, .trader = {.cycle = 12, .revision = 90, .bytes = "open"}};
  Roster roster{config(), {stored}};
  EXPECT_EQ(describe(roster.begin(kNow)), "start #42, store #999 open@90, started");
  EXPECT_EQ(describe(roster.hello(0, 42, kNow)), "assign open@90 resumed");
}

TEST(Roster, AStoredEndIsFollowedByTheNextCycle) {
  const SlotRecord stored{
      .slot = 0,
      .incarnation = 41,
      .trader = {.cycle = 12, .revision = 90, .finished = true, .bytes = "end"}};
  Roster roster{config(), {stored}};
  EXPECT_EQ(describe(roster.begin(kNow)), "start #42, store #999 fresh 0/13@91, started");
}

TEST(Roster, ASlotThatIsNoLongerConfiguredCompletesItsCycle) {
  const SlotRecord open{
      .slot = 1, .incarnation = 5, .trader = {.cycle = 3, .revision = 9, .bytes = "open"}};
  const SlotRecord done{
      .slot = 2, .incarnation = 5, .trader = {.cycle = 3, .revision = 9, .finished = true}};
  Roster roster{config(1), {open, done}};
  EXPECT_EQ(describe(roster.begin(kNow)),
            "start #1, store #999 fresh 0/4@1, started, start #6, store #999 open@9, started");
  EXPECT_EQ(describe(roster.hello(1, 6, kNow)), "assign open@9 resumed finish");
  roster.state_updated(1, 6, next_state(roster, 1, true), kNow);
  EXPECT_EQ(describe(roster.exited(1, 6, ExitReason::exited(0), kNow, 0)),
            "cycle finished, stopped (finished)");
}

TEST(Roster, AHaltTellsTheTradersOwnReason) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  auto record = next_state(roster);
  record.reason = "rejected: filter";
  roster.state_updated(0, 1, record, kNow);
  EXPECT_EQ(describe(roster.exited(0, 1, ExitReason::exited(78), kNow, 0)),
            "died (exited 78), halted (rejected: filter)");
}

TEST(Roster, APoisonedStateIsQuarantinedAndItsSiblingsGoOn) {
  Roster roster{config(2), {}};
  roster.begin(kNow);
  TimePoint now = kNow;
  for (std::uint32_t incarnation = 1; incarnation <= 4; ++incarnation) {
    roster.exited(0, incarnation, ExitReason::killed(11), now, 0);
    now += std::chrono::milliseconds{400};
    roster.tick(now);
  }
  EXPECT_EQ(roster.slots().at(0).child.state(), State::kQuarantined);
  EXPECT_EQ(roster.slots().at(1).child.state(), State::kStarting);
  EXPECT_EQ(describe(roster.clear(0, now)), "start #5, started");
}

TEST(Roster, ADroppedCycleGoesIntoTheBooksAndTheNextOneBegins) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  roster.state_updated(0, 1, next_state(roster), kNow);
  roster.exited(0, 1, ExitReason::exited(78), kNow, 0);
  TraderRecord ended = roster.slots().at(0).trader;
  ended.bytes = "dropped";
  const Actions actions = roster.drop_cycle(0, ended, kNow);
  EXPECT_EQ(describe(actions), "start #2, store #999 fresh 0/2@3, started");
  EXPECT_EQ(std::get<Store>(actions.at(1)).ended->bytes, "dropped");
  EXPECT_EQ(describe(roster.hello(0, 2, kNow)), "assign fresh 0/2@3");
}

TEST(Roster, AnEarlierStateIsGoneBackToAsANewRevision) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  roster.hello(0, 1, kNow);
  roster.state_updated(0, 1, next_state(roster), kNow);
  roster.terminate(0);
  roster.exited(0, 1, ExitReason::killed(9), kNow, 0);
  EXPECT_EQ(describe(roster.go_back(0, "earlier", kNow)),
            "start #2, store #999 earlier@3, started");
  EXPECT_EQ(describe(roster.hello(0, 2, kNow)), "assign earlier@3 resumed");
}

TEST(Roster, AProcessThatCannotBeStartedIsTriedAgainForAsLongAsItTakes) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(describe(roster.start_failed(0, "no such file", kNow, 0)),
              "died (no such file), backoff (no such file)");
    EXPECT_EQ(describe(roster.tick(kNow + std::chrono::seconds{5})),
              fmt::format("start #{}, started", i + 2));
  }
}

TEST(Roster, ASilentTraderIsAbortedThenKilledAndAnythingItSaysCounts) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  const auto after = [](int seconds) { return kNow + std::chrono::seconds{seconds}; };
  EXPECT_EQ(roster.next_tick(), after(5));
  roster.heard(0, 1, after(3));
  EXPECT_EQ(describe(roster.tick(after(5))), "");
  EXPECT_EQ(describe(roster.tick(after(8))), "abort");
  EXPECT_EQ(roster.next_tick(), after(8) + Roster::kAbortPatience);
  EXPECT_EQ(describe(roster.tick(after(8) + Roster::kAbortPatience)), "kill");
  EXPECT_EQ(describe(roster.tick(after(9))), "");
  EXPECT_EQ(describe(roster.exited(0, 1, ExitReason::killed(6), after(9), 0)),
            "died (silent, killed by SIGABRT), start #2, started");
}

TEST(Roster, OneThatDiedOfTheAbortIsNotKilledAnyMore) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  const auto silent = kNow + std::chrono::seconds{5};
  roster.tick(silent);
  roster.stop();
  roster.exited(0, 1, ExitReason::killed(6), silent, 0);
  EXPECT_EQ(roster.next_tick(), std::nullopt);
}

TEST(Roster, SilenceCanBeExcused) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  const auto thawed = kNow + std::chrono::hours{1};
  roster.excuse_silence(thawed);
  EXPECT_EQ(describe(roster.tick(thawed)), "");
  EXPECT_EQ(roster.next_tick(), thawed + std::chrono::seconds{5});
}

TEST(Roster, ANewSlotBeginsAboveAllThatIsOnRecord) {
  const SlotRecord stored{
      .slot = 0, .incarnation = 1, .trader = {.cycle = 517, .revision = 3, .bytes = "open"}};
  Roster roster{config(2), {stored}};
  EXPECT_EQ(
      describe(roster.begin(kNow)),
      "start #2, store #999 open@3, started, start #1, store #999 fresh 1/518@1, started");
}

TEST(Roster, TerminatingTheLastSlotThatIsLeftEndsIt) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  roster.finish();
  roster.exited(0, 1, ExitReason::exited(78), kNow, 0);
  EXPECT_EQ(describe(roster.terminate(0)), "done");
}

TEST(Roster, FinishEndsWhenTheLastCycleHas) {
  Roster roster{config(2), {}};
  roster.begin(kNow);
  EXPECT_EQ(describe(roster.finish()), "tell finish, tell finish");
  for (const std::uint32_t slot : {0U, 1U}) {
    roster.state_updated(slot, 1, next_state(roster, slot, true), kNow);
  }
  EXPECT_EQ(describe(roster.exited(0, 1, ExitReason::exited(0), kNow, 0)),
            "cycle finished, stopped (finished)");
  EXPECT_EQ(describe(roster.exited(1, 1, ExitReason::exited(0), kNow, 0)),
            "cycle finished, stopped (finished), done");
}

TEST(Roster, WhatWasFinishingBeginsNoNewCycle) {
  const SlotRecord done{
      .slot = 0, .incarnation = 5, .trader = {.cycle = 3, .revision = 9, .finished = true}};
  const SlotRecord open{
      .slot = 1, .incarnation = 5, .trader = {.cycle = 3, .revision = 9, .bytes = "open"}};
  auto finishing = config(3);
  finishing.finishing = true;
  Roster roster{finishing, {done, open}};
  EXPECT_EQ(describe(roster.begin(kNow)), "start #6, store #999 open@9, started");
  EXPECT_EQ(describe(roster.hello(1, 6, kNow)), "assign open@9 resumed finish");
  roster.state_updated(1, 6, next_state(roster, 1, true), kNow);
  EXPECT_EQ(describe(roster.exited(1, 6, ExitReason::exited(0), kNow, 0)),
            "cycle finished, stopped (finished), done");
  EXPECT_EQ(describe(Roster{finishing, {done}}.begin(kNow)), "done");
}

TEST(Roster, FinishReachesASlotThatHasJustCrashed) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  roster.hello(0, 1, kNow);
  roster.finish();
  roster.exited(0, 1, ExitReason::killed(9), kNow, 0);
  EXPECT_EQ(describe(roster.hello(0, 2, kNow)), "assign fresh 0/1@1 resumed finish");
}

TEST(Roster, NothingIsStartedWhileStopping) {
  Roster roster{config(2), {}};
  roster.begin(kNow);
  roster.exited(1, 1, ExitReason::exited(75), kNow, 0);  // waits
  EXPECT_EQ(describe(roster.stop()), "kill");
  EXPECT_EQ(describe(roster.tick(kNow + std::chrono::seconds{10})), "abort")
      << "only the silent one";
  EXPECT_EQ(describe(roster.exited(0, 1, ExitReason::killed(9), kNow, 0)),
            "stopped (killed by SIGKILL), done");
}

TEST(Roster, StopWithNothingRunningIsDoneAtOnce) {
  Roster roster{config(), {}};
  EXPECT_EQ(describe(roster.stop()), "done");
}

}  // namespace
}  // namespace naive::leader::test
