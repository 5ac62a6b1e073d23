// What a roster does while its store does not take anything.
#include <gtest/gtest.h>

#include "roster_world.h"

namespace naive::leader::test {
namespace {

using supervision::State;

const std::string kFull = "disk is full";
const TimePoint kAgain = kNow + Roster::kStoreAgain;

/// What is left to do when the Stores among these actions could not be executed.
std::string without_store(const Actions& actions, std::uint32_t slot = 0) {
  Actions rest;
  for (const Action& action : actions) {
    if (!std::holds_alternative<Store>(action) && !depends_on_store(action, slot)) {
      rest.push_back(action);
    }
  }
  return describe(rest);
}

TEST(RosterWithoutStore, NoProcessIsToldItsSlotUntilItIsOnRecord) {
  Roster roster{config(), {}};
  EXPECT_EQ(without_store(roster.begin(kNow)), "start #1, started");
  roster.store_failed(0, kFull, kNow);
  EXPECT_EQ(describe(roster.hello(0, 1, kNow)), "");
  EXPECT_EQ(roster.next_tick(), kAgain);
  EXPECT_EQ(describe(roster.tick(kNow)), "");
  EXPECT_EQ(describe(roster.tick(kAgain)), "store #999 fresh 0/1@1, assign fresh 0/1@1");
}

TEST(RosterWithoutStore, NorBeforeItHasSaidHello) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  roster.store_failed(0, kFull, kNow);
  EXPECT_EQ(describe(roster.tick(kAgain)), "store #999 fresh 0/1@1");
  EXPECT_EQ(describe(roster.hello(0, 1, kAgain)), "assign fresh 0/1@1");
}

TEST(RosterWithoutStore, ItsProcessWaitsHoweverLongItLasts) {
  Roster roster{config(), {}};
  TimePoint now = kNow;
  roster.begin(now);
  roster.hello(0, 1, now);
  roster.store_failed(0, kFull, now);
  for (int i = 0; i < 100; ++i) {
    now += Roster::kStoreAgain;
    roster.heard(0, 1, now);
    EXPECT_EQ(without_store(roster.tick(now)), "");
    roster.store_failed(0, kFull, now);
    EXPECT_EQ(roster.slots().at(0).trouble, kFull);
  }
  now += Roster::kStoreAgain;
  EXPECT_EQ(describe(roster.tick(now)), "store #999 fresh 0/1@1, assign fresh 0/1@1");
  EXPECT_EQ(roster.slots().at(0).child.restarts(), 0U);
}

TEST(RosterWithoutStore, ARestartWithAnUnstoredStateWaits) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  roster.hello(0, 1, kNow);
  roster.state_updated(0, 1, next_state(roster), kNow);
  roster.store_failed(0, kFull, kNow);
  EXPECT_EQ(without_store(roster.exited(0, 1, ExitReason::killed(9), kNow, 0)),
            "died (killed by SIGKILL), start #2, started");
  roster.store_failed(0, kFull, kNow);
  EXPECT_EQ(describe(roster.hello(0, 2, kNow)), "");
  EXPECT_EQ(describe(roster.tick(kAgain)), "store #999 state@2, assign state@2 resumed");
}

TEST(RosterWithoutStore, AnUpdateIsAcknowledgedWhenItIsStoredAndNotBefore) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  EXPECT_EQ(without_store(roster.state_updated(0, 1, next_state(roster), kNow)), "");
  roster.store_failed(0, kFull, kNow);
  EXPECT_EQ(roster.slots().at(0).child.state(), State::kStarting) << "its trader goes on watching";
  EXPECT_EQ(roster.slots().at(0).trouble, kFull);
  EXPECT_EQ(describe(roster.state_updated(0, 1, next_state(roster), kNow)), "")
      << "waits for the next try";
  EXPECT_EQ(roster.next_tick(), kAgain);
  EXPECT_EQ(describe(roster.tick(kAgain)), "store #999 state@3, ack 3");
  EXPECT_EQ(describe(roster.tick(kAgain + Roster::kStoreAgain)), "");
}

TEST(RosterWithoutStore, ATraderThatDiesUnstoredIsFollowedByWhatItSaid) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  roster.state_updated(0, 1, next_state(roster), kNow);
  roster.store_failed(0, kFull, kNow);
  EXPECT_EQ(describe(roster.exited(0, 1, ExitReason::killed(9), kNow, 0)),
            "died (killed by SIGKILL), start #2, store #999 state@2, started");
}

TEST(RosterWithoutStore, AnEndThatIsNotStoredGoesIntoTheBooksWithTheNextCycle) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  roster.state_updated(0, 1, next_state(roster, 0, true), kNow);
  roster.store_failed(0, kFull, kNow);
  roster.exited(0, 1, ExitReason::killed(9), kNow, 0);
  roster.store_failed(0, kFull, kNow);
  const Actions actions = roster.tick(kAgain);
  EXPECT_EQ(describe(actions), "store #999 fresh 0/2@3");
  const auto& ended = std::get<Store>(actions.at(0)).ended;
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->bytes, "finished");
  EXPECT_EQ(ended->cycle, 1U);
}

TEST(RosterWithoutStore, OnlyTheSlotThatCouldNotBeStoredWaits) {
  Roster roster{config(2), {}};
  roster.begin(kNow);
  roster.hello(0, 1, kNow);
  roster.store_failed(1, kFull, kNow);
  EXPECT_EQ(describe(roster.hello(1, 1, kNow)), "");
  EXPECT_EQ(describe(roster.tick(kAgain)), "store #999 fresh 1/1@1, assign fresh 1/1@1");
}

TEST(RosterWithoutStore, StoppingDoesNotWaitForTheDisk) {
  Roster roster{config(2), {}};
  roster.begin(kNow);
  roster.store_failed(0, kFull, kNow);
  roster.state_updated(1, 1, next_state(roster, 1), kNow);
  roster.store_failed(1, kFull, kNow);
  EXPECT_EQ(describe(roster.stop()), "kill, kill");
  roster.exited(0, 1, ExitReason::killed(9), kNow, 0);
  EXPECT_EQ(describe(roster.exited(1, 1, ExitReason::killed(9), kNow, 0)),
            "stopped (killed by SIGKILL), done");
}

TEST(Roster, ANewCycleIsAboveWhatTheExchangeHasSeen) {
  Roster roster{config(2), {}};
  EXPECT_EQ(
      describe(roster.begin(kNow, 41)),
      "start #1, store #999 fresh 0/42@1, started, start #1, store #999 fresh 1/42@1, started");
}

TEST(RosterWithoutStore, WhoseEndIsNotOnRecordHasNotFinished) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  roster.finish();
  roster.state_updated(0, 1, next_state(roster, 0, true), kNow);
  roster.store_failed(0, kFull, kNow);
  EXPECT_EQ(describe(roster.exited(0, 1, ExitReason::exited(0), kNow, 0)),
            "cycle finished, stopped (finished)");
  EXPECT_EQ(without_store(roster.tick(kAgain)), "");
  roster.store_failed(0, kFull, kAgain);
  const std::string stored = describe(roster.tick(kAgain + Roster::kStoreAgain));
  EXPECT_TRUE(stored.starts_with("store #999 ") && stored.ends_with(", done")) << stored;
}

}  // namespace
}  // namespace naive::leader::test
