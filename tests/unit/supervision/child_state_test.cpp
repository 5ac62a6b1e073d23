#include "supervision/child_state.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>

namespace naive::supervision {
namespace {

using std::chrono::milliseconds;
using Next = ChildState::Next;

constexpr RestartPolicy kPolicy{.max_restarts = 3, .max_time = milliseconds{5000}};

TimePoint at(int ms) { return TimePoint{} + std::chrono::hours{1} + milliseconds{ms}; }

/// A child in each state, with what led there; all of them are in their first incarnation.
ChildState in(State state) {
  ChildState child{kPolicy};
  if (state == State::kStopped) return child;
  child.start(at(0));
  switch (state) {
    case State::kStarting:
    case State::kStopped:
      break;
    case State::kRunning:
      child.ready();
      break;
    case State::kBackoff:
      child.exited(Verdict::kTryLater, "later", at(0), 0);
      break;
    case State::kHalted:
      child.exited(Verdict::kGiveUp, "no", at(0), 0);
      break;
    case State::kQuarantined:
      for (int i = 0; i < 4; ++i) child.crashed("boom", at(i), 0);
      break;
    case State::kStopping:
      child.stop();
      break;
  }
  return child;
}

struct Row {
  State from;
  const char* event;
  State to;
  std::optional<Next> next;  // of those events that have one
};

// The table of child_state.h, and what it leaves out because nothing happens.
constexpr Next kStart = Next::kStart;
constexpr Next kWait = Next::kWait;
constexpr Next kNothing = Next::kNothing;
const Row kTable[] = {
    {State::kStopped, "start", State::kStarting, {}},
    {State::kStopped, "ready", State::kStopped, {}},
    {State::kStopped, "stop", State::kStopped, {}},
    {State::kStopped, "clear", State::kStopped, {}},
    {State::kStopped, "halt", State::kHalted, {}},

    {State::kStarting, "ready", State::kRunning, {}},
    {State::kStarting, "done", State::kStarting, kStart},
    {State::kStarting, "try later", State::kBackoff, kWait},
    {State::kStarting, "crash", State::kStarting, kStart},
    {State::kStarting, "give up", State::kHalted, kNothing},
    {State::kStarting, "stop", State::kStopping, {}},
    {State::kStarting, "clear", State::kStarting, {}},

    {State::kRunning, "ready", State::kRunning, {}},
    {State::kRunning, "done", State::kRunning, kStart},
    {State::kRunning, "try later", State::kBackoff, kWait},
    {State::kRunning, "crash", State::kRunning, kStart},
    {State::kRunning, "give up", State::kHalted, kNothing},
    {State::kRunning, "stop", State::kStopping, {}},
    {State::kRunning, "clear", State::kRunning, {}},

    {State::kBackoff, "start", State::kStarting, {}},
    {State::kBackoff, "ready", State::kBackoff, {}},
    {State::kBackoff, "stop", State::kStopped, {}},
    {State::kBackoff, "clear", State::kBackoff, {}},

    {State::kHalted, "ready", State::kHalted, {}},
    {State::kHalted, "stop", State::kStopped, {}},
    {State::kHalted, "clear", State::kStopped, {}},

    {State::kQuarantined, "ready", State::kQuarantined, {}},
    {State::kQuarantined, "stop", State::kStopped, {}},
    {State::kQuarantined, "clear", State::kStopped, {}},

    {State::kStopping, "ready", State::kStopping, {}},
    {State::kStopping, "stop", State::kStopping, {}},
    {State::kStopping, "clear", State::kStopping, {}},
    {State::kStopping, "done", State::kStopped, kNothing},
    {State::kStopping, "try later", State::kStopped, kNothing},
    {State::kStopping, "crash", State::kStopped, kNothing},
    {State::kStopping, "give up", State::kStopped, kNothing},
};

std::optional<Next> apply(ChildState& child, const std::string& event) {
  const auto now = at(10);
  if (event == "start") return child.start(now), std::nullopt;
  if (event == "ready") return child.ready(), std::nullopt;
  if (event == "stop") return child.stop(), std::nullopt;
  if (event == "clear") return child.clear(), std::nullopt;
  if (event == "halt") return child.halt("why"), std::nullopt;
  if (event == "done") return child.exited(Verdict::kDone, "exited 0", now, 0);
  if (event == "try later") return child.exited(Verdict::kTryLater, "exited 75", now, 0);
  if (event == "give up") return child.exited(Verdict::kGiveUp, "exited 78", now, 0);
  return child.exited(Verdict::kCrash, "killed by SIGKILL", now, 0);
}

TEST(ChildState, Table) {
  for (const Row& row : kTable) {
    SCOPED_TRACE(std::string{to_string(row.from)} + " x " + row.event);
    ChildState child = in(row.from);
    ASSERT_EQ(child.state(), row.from);
    EXPECT_EQ(apply(child, row.event), row.next);
    EXPECT_EQ(child.state(), row.to);
    EXPECT_EQ(child.due_at().has_value(), row.to == State::kBackoff);
  }
}

TEST(ChildState, ProcessesExistInThreeStates) {
  const std::map<State, bool> expected{
      {State::kStarting, true}, {State::kRunning, true},      {State::kStopping, true},
      {State::kBackoff, false}, {State::kQuarantined, false}, {State::kHalted, false},
      {State::kStopped, false},
  };
  for (const auto& [state, has_process] : expected) {
    EXPECT_EQ(in(state).has_process(), has_process) << to_string(state);
  }
}

TEST(ChildState, StopTellsWhetherThereIsAProcessToKill) {
  for (const State state : {State::kStarting, State::kRunning}) EXPECT_TRUE(in(state).stop());
  for (const State state :
       {State::kBackoff, State::kHalted, State::kQuarantined, State::kStopped, State::kStopping}) {
    EXPECT_FALSE(in(state).stop()) << to_string(state);
  }
}

TEST(ChildState, ClearTellsWhetherThereWasSomethingToLift) {
  EXPECT_TRUE(in(State::kHalted).clear());
  EXPECT_TRUE(in(State::kQuarantined).clear());
  EXPECT_FALSE(in(State::kRunning).clear());
  EXPECT_FALSE(in(State::kBackoff).clear());
}

TEST(ChildState, EveryStartIsANewIncarnation) {
  ChildState child{kPolicy};
  EXPECT_EQ(child.incarnation(), 0u);
  EXPECT_EQ(child.start(at(0)), 1u);
  EXPECT_EQ(child.crashed("boom", at(1), 0), Next::kStart);
  EXPECT_EQ(child.start(at(1)), 2u);
  child.resume_counting(41);
  EXPECT_EQ(child.start(at(2)), 42u);
}

// One immediate restart, then waits; the fourth crash within five seconds is one too many.
TEST(ChildState, CrashLoopEndsInQuarantine) {
  ChildState child{kPolicy};
  child.start(at(0));
  EXPECT_EQ(child.crashed("boom", at(10), 0), Next::kStart);
  child.start(at(10));
  EXPECT_EQ(child.crashed("boom", at(20), 0), Next::kWait);
  EXPECT_EQ(child.due_at(), at(120));
  EXPECT_FALSE(child.is_due(at(119)));
  EXPECT_TRUE(child.is_due(at(120)));
  child.start(at(120));
  EXPECT_EQ(child.crashed("boom", at(130), 0), Next::kWait);
  EXPECT_EQ(child.due_at(), at(330));
  child.start(at(330));
  EXPECT_EQ(child.crashed("the last straw", at(340), 0), Next::kNothing);
  EXPECT_EQ(child.state(), State::kQuarantined);
  EXPECT_EQ(child.reason(), "the last straw");
  EXPECT_EQ(child.restarts(), 3u);
  EXPECT_EQ(child.incarnation(), 4u);
}

TEST(ChildState, ClearGivesTheWholeBudgetBack) {
  ChildState child = in(State::kQuarantined);
  ASSERT_TRUE(child.clear());
  EXPECT_EQ(child.reason(), "");
  child.start(at(100));
  EXPECT_EQ(child.crashed("boom", at(100), 0), Next::kStart);
}

TEST(ChildState, SlowCrashesRestartForEver) {
  ChildState child{kPolicy};
  child.start(at(0));
  for (int i = 1; i <= 100; ++i) {
    const auto now = at(i * 40'000);  // healthy in between
    ASSERT_EQ(child.crashed("boom", now, 0), Next::kStart) << i;
    child.start(now);
  }
  EXPECT_EQ(child.restarts(), 100u);
}

TEST(ChildState, AskingForTimeIsNoCrash) {
  ChildState child{kPolicy};
  for (int i = 0; i < 20; ++i) {
    child.start(at(i));
    ASSERT_EQ(child.exited(Verdict::kTryLater, "busy", at(i), 0), Next::kWait) << i;
  }
  EXPECT_EQ(child.state(), State::kBackoff);
  EXPECT_EQ(child.reason(), "busy");
}

TEST(ChildState, FinishedWorkIsNoRestart) {
  ChildState child{kPolicy};
  for (int i = 0; i < 20; ++i) {
    child.start(at(i));
    child.ready();
    ASSERT_EQ(child.exited(Verdict::kDone, "exited 0", at(i), 0), Next::kStart);
  }
  EXPECT_EQ(child.restarts(), 0u);
}

TEST(ChildState, CountsDeathsThatNobodyHadCommanded) {
  ChildState child{kPolicy};
  child.start(at(0));
  child.crashed("silent", at(1), 0);
  child.start(at(2));
  child.exited(Verdict::kCrash, "killed by SIGKILL", at(3), 0);
  child.start(at(4));
  child.exited(Verdict::kTryLater, "exited 75", at(5), 0);
  child.start(at(6));
  child.exited(Verdict::kDone, "exited 0", at(7), 0);
  child.start(at(8));
  child.exited(Verdict::kGiveUp, "exited 78", at(9), 0);
  child.clear();
  child.start(at(10));
  child.stop();
  child.exited(Verdict::kCrash, "killed by SIGTERM", at(11), 0);
  const std::vector<DeathCounts::Entry> expected{
      {"silent", 1}, {"killed by SIGKILL", 1}, {"exited 75", 1}, {"exited 78", 1}};
  EXPECT_EQ(child.deaths().entries(), expected);
}

TEST(ChildState, ACommandedStopCancelsAPendingRestart) {
  ChildState child = in(State::kBackoff);
  child.stop();
  EXPECT_FALSE(child.is_due(at(1'000'000)));
  EXPECT_EQ(child.state(), State::kStopped);
}

TEST(ChildState, AStartForgetsTheOldReason) {
  ChildState child = in(State::kBackoff);
  EXPECT_EQ(child.reason(), "later");
  child.start(at(1));
  EXPECT_EQ(child.reason(), "");
}

}  // namespace
}  // namespace naive::supervision
