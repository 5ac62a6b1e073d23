#pragma once

#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "supervisor/tree.h"

/// A tree without processes, and what it does in words.
namespace naive::supervisor::test {

using std::chrono::milliseconds;
using supervision::ExitReason;
using supervision::State;

inline const ExitReason kKilled = ExitReason::killed(SIGKILL);
inline const ExitReason kDone = ExitReason::exited(0);
inline const ExitReason kTryLater = ExitReason::exited(75);
inline const ExitReason kGiveUp = ExitReason::exited(78);

inline std::string_view word(Transition::What what) {
  switch (what) {
    case Transition::What::kStarted:
      return "started";
    case Transition::What::kReady:
      return "ready";
    case Transition::What::kDied:
      return "died";
    case Transition::What::kStopped:
      return "stopped";
    case Transition::What::kBackoff:
      return "backoff";
    case Transition::What::kHalted:
      return "halted";
    case Transition::What::kQuarantined:
      return "quarantined";
  }
  return "";
}

inline std::string_view word(Wish wish) {
  return wish == Wish::kOn ? "on" : wish == Wish::kFinish ? "finish" : "off";
}

struct Teller {
  std::string operator()(const Signal& signal) {
    return std::string{"SIG"} + ::sigabbrev_np(signal.number) + " " + signal.name;
  }
  std::string operator()(const TellToFinish& tell) { return "finish " + tell.name; }
  std::string operator()(const Remember& remember) {
    return "remember " + remember.symbol + " " + std::string{word(remember.wish)};
  }
  std::string operator()(const Transition& transition) {
    return transition.name + " " + std::string{word(transition.what)} +
           (transition.reason.empty() ? "" : ": " + transition.reason);
  }
};

/// A tree whose processes exist as soon as they are spawned. It writes down what the tree does.
class World {
 public:
  explicit World(std::vector<std::string> services = {"mock", "gateway"},
                 const SupervisionSettings& settings = {})
      : tree(settings, services, [] { return 0.0; }) {}

  /// What the tree did since the last call. "started" goes without saying after each spawn.
  std::vector<std::string> log() { return std::exchange(log_, {}); }

  void settle() {
    for (auto actions = tree.take_actions(); !actions.empty() || tree.has_spawns();
         actions = tree.take_actions()) {
      for (const Action& action : actions) perform(action);
      if (actions.empty()) spawn(tree.take_spawn());
    }
  }
  void pass(milliseconds time) {
    now += time;
    tree.tick(now);
    settle();
  }
  void boot() {
    tree.boot(now);
    settle();
  }
  void ready(const std::string& name) {
    tree.heard(name, tree.find(name)->life.incarnation(), now);
    tree.ready(name, "", now);
    settle();
  }
  void die(const std::string& name, const ExitReason& exit) {
    tree.died(name, exit, now);
    settle();
  }
  Outcome command(const Outcome& outcome) {
    settle();
    return outcome;
  }
  /// Everything runs, with these symbols.
  void all_up(const std::vector<std::string>& symbols = {}) {
    for (const std::string& symbol : symbols) tree.autostart(symbol, Wish::kOn);
    boot();
    for (const Node& service : tree.services()) ready(service.name);
    for (const std::string& symbol : symbols) ready(leader_name(symbol));
    log();
  }
  State state(const std::string& name) { return tree.find(name)->life.state(); }

  Tree tree;
  TimePoint now = TimePoint{} + std::chrono::hours{1};
  std::string unspawnable;

 private:
  void perform(const Action& action) {
    const std::string line = std::visit(Teller{}, action);
    if (!line.ends_with(" started")) log_.push_back(line);
  }
  void spawn(const Spawn& spawn) {
    log_.push_back("spawn " + spawn.name + "#" + std::to_string(spawn.incarnation));
    if (spawn.name == unspawnable) {
      tree.spawn_failed(spawn.name, "no such file", now);
    } else {
      tree.spawned(spawn.name, next_pid_++);
    }
  }

  std::vector<std::string> log_;
  pid_t next_pid_ = 100;
};

}  // namespace naive::supervisor::test
