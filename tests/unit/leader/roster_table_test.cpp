// Every state of a slot meets every event of the roster.
#include <gtest/gtest.h>

#include <functional>

#include "roster_world.h"
#include "tests/support/table.h"

namespace naive::leader::test {
namespace {

using supervision::State;

/// A slot with a stored state beyond the fresh one, in each state by the shortest way.
Roster in_state(State state) {
  Roster roster{config(), {}};
  roster.begin(kNow);
  roster.state_updated(0, 1, next_state(roster), kNow);
  switch (state) {
    case State::kStarting:
      break;
    case State::kRunning:
      roster.ready(0, 1, kNow);
      break;
    case State::kBackoff:
      roster.exited(0, 1, ExitReason::exited(75), kNow, 0);
      break;
    case State::kHalted:
      roster.exited(0, 1, ExitReason::exited(78), kNow, 0);
      break;
    case State::kQuarantined:
      for (std::uint32_t i = 1; i <= 4; ++i) {
        roster.exited(0, i, ExitReason::killed(9), kNow, 0);
        roster.tick(kNow + std::chrono::milliseconds{400});
      }
      break;
    case State::kStopping:
      roster.terminate(0);
      break;
    case State::kStopped:
      roster.terminate(0);
      roster.exited(0, 1, ExitReason::killed(9), kNow, 0);
      break;
  }
  return roster;
}

using Happening = std::function<Actions(Roster&)>;

const std::vector<std::pair<std::string, Happening>>& happenings() {
  static const auto current = [](const Roster& roster) {
    return roster.slots().at(0).child.incarnation();
  };
  static const std::vector<std::pair<std::string, Happening>> kAll{
      {"hello", [](Roster& r) { return r.hello(0, current(r), kNow); }},
      {"hello of another", [](Roster& r) { return r.hello(0, current(r) + 1, kNow); }},
      {"ready", [](Roster& r) { return r.ready(0, current(r), kNow); }},
      {"ready of another", [](Roster& r) { return r.ready(0, current(r) + 1, kNow); }},
      {"state", [](Roster& r) { return r.state_updated(0, current(r), next_state(r), kNow); }},
      {"state of another",
       [](Roster& r) { return r.state_updated(0, current(r) + 1, next_state(r), kNow); }},
      {"state of no slot", [](Roster& r) { return r.state_updated(7, 1, next_state(r), kNow); }},
      {"exit 0", [](Roster& r) { return r.exited(0, current(r), ExitReason::exited(0), kNow, 0); }},
      {"exit 75",
       [](Roster& r) { return r.exited(0, current(r), ExitReason::exited(75), kNow, 0); }},
      {"exit 78",
       [](Roster& r) { return r.exited(0, current(r), ExitReason::exited(78), kNow, 0); }},
      {"exit 3", [](Roster& r) { return r.exited(0, current(r), ExitReason::exited(3), kNow, 0); }},
      {"SIGKILL",
       [](Roster& r) { return r.exited(0, current(r), ExitReason::killed(9), kNow, 0); }},
      {"exit of another",
       [](Roster& r) { return r.exited(0, current(r) + 1, ExitReason::killed(9), kNow, 0); }},
      {"tick, later", [](Roster& r) { return r.tick(kNow + std::chrono::seconds{5}); }},
      {"finish", [](Roster& r) { return r.finish(); }},
      {"stop", [](Roster& r) { return r.stop(); }},
      {"clear", [](Roster& r) { return r.clear(0, kNow); }},
      {"terminate", [](Roster& r) { return r.terminate(0); }},
      {"restart", [](Roster& r) { return r.restart(0, kNow).value_or(Actions{Refuse{}}); }},
  };
  return kAll;
}

constexpr State kStates[] = {State::kStarting,    State::kRunning,  State::kBackoff, State::kHalted,
                             State::kQuarantined, State::kStopping, State::kStopped};

#include "roster_table.inc"

TEST(RosterTable, EveryStateMeetsEveryEvent) {
  std::vector<std::pair<naive::test::Row, std::string>> happened;
  for (const State state : kStates) {
    for (const auto& [name, happen] : happenings()) {
      Roster roster = in_state(state);
      ASSERT_EQ(roster.slots().at(0).child.state(), state);
      const auto actions = describe(happen(roster));
      happened.push_back(
          {{std::string{supervision::to_string(state)}, name},
           fmt::format("{}: {}", supervision::to_string(roster.slots().at(0).child.state()),
                       actions.empty() ? "-" : actions)});
    }
  }
  naive::test::expect_table(kTable, happened);
}

}  // namespace
}  // namespace naive::leader::test
