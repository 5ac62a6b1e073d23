#include "supervisor/handover.h"

#include <fmt/format.h>

#include "runtime/last_crashes.h"
#include "runtime/program.h"
#include "supervisor/command_lines.h"

namespace naive::supervisor {
namespace {

using supervision::ChildState;
using supervision::State;

v1::Place::State wire(State state) {
  switch (state) {
    case State::kStarting:
      return v1::Place::STARTING;
    case State::kRunning:
      return v1::Place::RUNNING;
    case State::kBackoff:
      return v1::Place::BACKOFF;
    case State::kHalted:
      return v1::Place::HALTED;
    case State::kQuarantined:
      return v1::Place::QUARANTINED;
    case State::kStopping:
      return v1::Place::STOPPING;
    case State::kStopped:
      return v1::Place::STOPPED;
  }
  return v1::Place::STATE_UNSPECIFIED;
}

State read(v1::Place::State state) {
  for (const State known : {State::kStarting, State::kRunning, State::kBackoff, State::kHalted,
                            State::kQuarantined, State::kStopping, State::kStopped}) {
    if (wire(known) == state) return known;
  }
  throw runtime::ConfigError(fmt::format("'{}' is no state that this version knows", state));
}

std::int64_t nanoseconds(TimePoint time) {
  return std::chrono::nanoseconds{time.time_since_epoch()}.count();
}
std::int64_t nanoseconds(const std::optional<TimePoint>& time) {
  return time ? nanoseconds(*time) : 0;
}
TimePoint time_point(std::int64_t time) { return TimePoint{std::chrono::nanoseconds{time}}; }
std::optional<TimePoint> optional_time_point(std::int64_t time) {
  return time == 0 ? std::nullopt : std::optional{time_point(time)};
}

void write(const ChildState::Memory& life, v1::Place& out) {
  out.set_state(wire(life.state));
  out.set_incarnation(life.incarnation);
  out.set_restarts(life.restarts);
  out.set_reason(life.reason);
  out.set_started(nanoseconds(life.started));
  out.set_due_at(nanoseconds(life.due_at));
  for (const TimePoint crash : life.crashes) out.add_crashes(nanoseconds(crash));
  out.set_failures(static_cast<std::uint32_t>(life.failures));
  runtime::write(life.deaths, *out.mutable_deaths());
}

ChildState::Memory read_life(const v1::Place& place) {
  ChildState::Memory life{.state = read(place.state()),
                          .incarnation = place.incarnation(),
                          .restarts = place.restarts(),
                          .reason = place.reason(),
                          .due_at = optional_time_point(place.due_at()),
                          .started = time_point(place.started()),
                          .failures = static_cast<int>(place.failures())};
  for (const std::int64_t crash : place.crashes()) life.crashes.push_back(time_point(crash));
  std::vector<supervision::DeathCounts::Entry> deaths;
  for (const auto& death : place.deaths()) deaths.push_back({death.reason(), death.count()});
  life.deaths = supervision::DeathCounts{std::move(deaths)};
  return life;
}

void write(const Node& node, v1::Place& out) {
  out.set_name(node.name);
  out.set_symbol(node.symbol);
  out.set_pid(node.pid);
  out.set_spawned(node.started);
  write(node.life.memory(), out);
  out.set_endpoint(node.endpoint);
  out.set_was_ready(node.was_ready);
  out.set_greeted(node.greeted);
  out.set_kill_at(nanoseconds(node.kill_at));
  out.set_failure_code(node.failure_code);
  out.set_failure(node.failure);
  out.set_unwanted(!node.wanted);
  out.set_on_trial(node.on_trial);
  out.set_finishing(node.finishing);
  out.set_leaving(node.leaving);
  out.set_renewing(node.renewing);
}

Node read_node(const v1::Place& place, Kind kind) {
  Node node{.name = place.name(),
            .kind = kind,
            .symbol = place.symbol(),
            .life = ChildState{supervision::RestartPolicy{}},
            .pid = place.pid(),
            .started = place.spawned(),
            .endpoint = place.endpoint(),
            .was_ready = place.was_ready(),
            .greeted = place.greeted(),
            .kill_at = optional_time_point(place.kill_at()),
            .failure_code = place.failure_code(),
            .failure = place.failure(),
            .wanted = !place.unwanted(),
            .on_trial = place.on_trial(),
            .finishing = place.finishing(),
            .leaving = place.leaving(),
            .renewing = place.renewing()};
  node.life.resume(read_life(place));
  return node;
}

}  // namespace

void write(const Tree::Memory& memory, v1::Handover& out) {
  for (const Node& node : memory.services) write(node, *out.add_services());
  for (const Node& node : memory.leaders) write(node, *out.add_leaders());
  out.mutable_last_incarnations()->insert(memory.last_incarnations.begin(),
                                          memory.last_incarnations.end());
}

Tree::Memory read_tree(const v1::Handover& handover) {
  Tree::Memory memory;
  for (const v1::Place& place : handover.services()) {
    memory.services.push_back(read_node(place, Kind::kService));
  }
  for (const v1::Place& place : handover.leaders()) {
    memory.leaders.push_back(read_node(place, Kind::kLeader));
  }
  memory.last_incarnations.insert(handover.last_incarnations().begin(),
                                  handover.last_incarnations().end());
  return memory;
}

void require_fit(const v1::Handover& handover, const Config& config) {
  read_tree(handover);
  const std::vector<std::string> wanted = services(config);
  const bool same = std::ranges::equal(wanted, handover.services(), {}, {}, &v1::Place::name);
  if (same) return;
  throw runtime::ConfigError(
      "the configuration or the new version wants other services than those that run; stop the "
      "supervisor and start it again");
}

}  // namespace naive::supervisor
