#include "supervisor/rollout.h"

#include <gtest/gtest.h>

namespace naive::supervisor {
namespace {

using namespace std::chrono_literals;
using supervision::State;
using Next = Rollout::Next;
using Place = Rollout::Place;
using Purpose = Rollout::Purpose;

constexpr Rollout::TimePoint kNow{1h};
constexpr std::optional<Place> kNobody;

constexpr State kStates[] = {State::kStarting,    State::kRunning,  State::kBackoff, State::kHalted,
                             State::kQuarantined, State::kStopping, State::kStopped};

/// The columns of the table in rollout.h, in the order of kStates.
TEST(Rollout, EveryStateBeforeTheRenewal) {
  const Next forward[] = {Next::kRenew,  Next::kRenew, Next::kPassed, Next::kPassed,
                          Next::kPassed, Next::kWait,  Next::kPassed};
  const Next back[] = {Next::kRenew, Next::kRenew, Next::kRenew, Next::kRenew,
                       Next::kRenew, Next::kWait,  Next::kPassed};
  for (const Purpose purpose : {Purpose::kRestart, Purpose::kUpgrade, Purpose::kRevert}) {
    for (std::size_t i = 0; i < std::size(kStates); ++i) {
      Rollout rollout{purpose, {"a"}, 1s};
      const Next expected = purpose == Purpose::kRevert ? back[i] : forward[i];
      EXPECT_EQ(rollout.look(Place{kStates[i], 1}, kNow), expected) << to_string(kStates[i]);
    }
    Rollout rollout{purpose, {"a"}, 1s};
    EXPECT_EQ(rollout.look(kNobody, kNow), Next::kPassed);
  }
}

TEST(Rollout, EveryStateAfterTheRenewal) {
  const Next in_time[] = {Next::kWait,   Next::kPassed, Next::kWait,  Next::kFailed,
                          Next::kFailed, Next::kWait,   Next::kPassed};
  const Next too_late[] = {Next::kFailed, Next::kPassed, Next::kFailed, Next::kFailed,
                           Next::kFailed, Next::kFailed, Next::kPassed};
  for (std::size_t i = 0; i < std::size(kStates); ++i) {
    for (const bool late : {false, true}) {
      Rollout rollout{Purpose::kUpgrade, {"a"}, 1s};
      ASSERT_EQ(rollout.look(Place{State::kRunning, 1}, kNow), Next::kRenew);
      const auto when = kNow + (late ? 1000ms : 999ms);
      EXPECT_EQ(rollout.look(Place{kStates[i], 2}, when), (late ? too_late : in_time)[i])
          << to_string(kStates[i]) << late;
    }
  }
  Rollout rollout{Purpose::kUpgrade, {"a"}, 1s};
  ASSERT_EQ(rollout.look(Place{State::kRunning, 1}, kNow), Next::kRenew);
  EXPECT_EQ(rollout.look(kNobody, kNow), Next::kPassed);
}

TEST(Rollout, OneAfterTheOther) {
  Rollout rollout{Purpose::kRestart, {"a", "b"}, 1s};
  EXPECT_EQ(rollout.current(), "a");
  EXPECT_FALSE(rollout.deadline());
  EXPECT_EQ(rollout.look(Place{State::kRunning, 7}, kNow), Next::kRenew);
  EXPECT_EQ(rollout.deadline(), kNow + 1s);
  EXPECT_EQ(rollout.look(Place{State::kRunning, 8}, kNow), Next::kPassed);
  EXPECT_EQ(rollout.current(), "b");
  EXPECT_EQ(rollout.passed(), 1U);
  EXPECT_FALSE(rollout.deadline());
  EXPECT_EQ(rollout.look(kNobody, kNow), Next::kPassed);
  EXPECT_EQ(rollout.current(), "");
  EXPECT_EQ(rollout.look(kNobody, kNow), Next::kDone);
}

TEST(Rollout, ThePlaceMustHaveSettledWithAnotherProcess) {
  Rollout rollout{Purpose::kRestart, {"a"}, 1s};
  rollout.look(Place{State::kRunning, 1}, kNow);
  EXPECT_EQ(rollout.look(Place{State::kRunning, 1}, kNow), Next::kWait);
  EXPECT_EQ(rollout.look(Place{.state = State::kRunning, .incarnation = 2, .settled = false}, kNow),
            Next::kWait);
  // Killed in between by somebody, and back again.
  EXPECT_EQ(rollout.look(Place{State::kRunning, 3}, kNow), Next::kPassed);
}

TEST(Rollout, AFailureNamesProcessAndReason) {
  Rollout rollout{Purpose::kRestart, {"leader X"}, 1s};
  rollout.look(Place{State::kRunning, 1}, kNow);
  rollout.look(Place{.state = State::kHalted, .incarnation = 2, .reason = "store_unusable"}, kNow);
  EXPECT_EQ(rollout.failure(), "leader X does not work again: store_unusable");
  Rollout slow{Purpose::kRestart, {"leader X"}, 1s};
  slow.look(Place{State::kRunning, 1}, kNow);
  slow.look(Place{.state = State::kBackoff, .incarnation = 2, .reason = "exited 1"}, kNow + 1s);
  EXPECT_EQ(slow.failure(), "leader X does not work again within 1000 ms: exited 1");
}

TEST(Rollout, OfNobodyIsDone) {
  Rollout rollout{Purpose::kRevert, {}, 1s};
  EXPECT_EQ(rollout.look(kNobody, kNow), Next::kDone);
}

}  // namespace
}  // namespace naive::supervisor
