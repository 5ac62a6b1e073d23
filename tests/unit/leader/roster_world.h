#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

#include "leader/roster.h"

/// A roster, and what it wants done in words.
namespace naive::leader::test {

using supervision::ExitReason;

inline const TimePoint kNow{std::chrono::hours{1}};

inline Roster::Config config(std::uint32_t chunks = 1) {
  return {
      .chunks = chunks,
      .fresh_state = [](std::uint32_t slot,
                        std::uint64_t cycle) { return fmt::format("fresh {}/{}", slot, cycle); },
      .refresh_state = [](const TraderRecord& record) { return record.bytes; }};
}

inline std::string word(Report::What what) {
  switch (what) {
    case Report::What::kStarted:
      return "started";
    case Report::What::kReady:
      return "ready";
    case Report::What::kDied:
      return "died";
    case Report::What::kStopped:
      return "stopped";
    case Report::What::kBackoff:
      return "backoff";
    case Report::What::kHalted:
      return "halted";
    case Report::What::kQuarantined:
      return "quarantined";
    case Report::What::kCycleFinished:
      return "cycle finished";
  }
  return "";
}

struct Words {
  std::string operator()(const Store& s) const {
    return fmt::format("store #{} {}@{}", s.record.incarnation, s.record.trader.bytes,
                       s.record.trader.revision);
  }
  std::string operator()(const StartProcess& s) const {
    return fmt::format("start #{}", s.incarnation);
  }
  std::string operator()(const Assign& a) const {
    return fmt::format("assign {}@{}{}{}", a.record.trader.bytes, a.record.trader.revision,
                       a.resumed ? " resumed" : "", a.finish ? " finish" : "");
  }
  std::string operator()(const Acknowledge& a) const { return fmt::format("ack {}", a.revision); }
  std::string operator()(const Refuse& r) const { return fmt::format("refuse {}", r.revision); }
  std::string operator()(const TellFinish&) const { return "tell finish"; }
  std::string operator()(const KillProcess&) const { return "kill"; }
  std::string operator()(const AbortProcess&) const { return "abort"; }
  std::string operator()(const Report& r) const {
    return r.reason.empty() ? word(r.what) : fmt::format("{} ({})", word(r.what), r.reason);
  }
  std::string operator()(const Done&) const { return "done"; }
};

inline std::string describe(const Actions& actions) {
  std::vector<std::string> parts;
  for (const Action& action : actions) parts.push_back(std::visit(Words{}, action));
  return fmt::format("{}", fmt::join(parts, ", "));
}

/// The next state that a trader would save.
inline TraderRecord next_state(const Roster& roster, std::uint32_t slot = 0,
                               bool finished = false) {
  const auto& now = roster.slots().at(slot).trader;
  return {.cycle = now.cycle,
          .revision = now.revision + 1,
          .finished = finished,
          .bytes = finished ? "finished" : "state"};
}

}  // namespace naive::leader::test
