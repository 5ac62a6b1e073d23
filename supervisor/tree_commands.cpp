// What users ask of the tree, and the way down.

#include <csignal>

#include "supervisor/tree.h"

namespace naive::supervisor {

using supervision::State;
using What = Transition::What;

namespace {

std::unexpected<Refusal> refuse(std::string code, std::string message, pid_t pid = 0) {
  return std::unexpected{Refusal{std::move(code), std::move(message), pid}};
}

std::unexpected<Refusal> not_found(std::string_view name) {
  return refuse("not_found", "there is no " + std::string{name});
}

std::unexpected<Refusal> refuse_while_stopping(const Node& node) {
  if (node.renewing) return refuse("restarting", node.name + " is about to start again");
  return refuse("stopping", node.name + " is still stopping");
}

}  // namespace

Outcome Tree::start_trading(const std::string& symbol, TimePoint now) {
  if (shutting_down()) return refuse("shutdown", "the supervisor is stopping");
  Node* leader = leader_of(symbol);
  if (leader == nullptr) {
    leader = &add_leader(symbol);
    leader->on_trial = true;
  }
  switch (leader->life.state()) {
    case State::kStarting:
    case State::kRunning:
      return refuse("already_started", symbol + " is traded already", leader->pid);
    case State::kBackoff:
      return refuse("restarting", leader->name + " is about to start again");
    case State::kStopping:
      return refuse_while_stopping(*leader);
    case State::kHalted:
    case State::kQuarantined:
    case State::kStopped:
      break;
  }
  leader->life.clear();
  leader->wanted = true;
  leader->finishing = false;
  if (leader->was_ready) {
    actions_.push_back(Remember{symbol, Wish::kOn});
  } else {
    leader->on_trial = true;
  }
  if (boot_ == Boot::kDone) start(*leader, now);
  return Progress::kLater;
}

Outcome Tree::stop_trading(const std::string& symbol, TimePoint now) {
  Node* leader = leader_of(symbol);
  if (leader == nullptr) return refuse("not_found", symbol + " is not traded");
  actions_.push_back(Remember{symbol, Wish::kOff});
  leader->leaving = true;
  leader->renewing = false;
  stop(*leader, now);
  return Progress::kLater;
}

Outcome Tree::shutdown_trading(const std::string& symbol, TimePoint now) {
  Node* leader = leader_of(symbol);
  if (leader == nullptr) return refuse("not_found", symbol + " is not traded");
  const State state = leader->renewing ? State::kStarting : leader->life.state();
  switch (state) {
    case State::kStarting:
    case State::kBackoff:
    case State::kRunning:
      actions_.push_back(Remember{symbol, Wish::kFinish});
      leader->finishing = true;
      leader->on_trial = false;
      if (state == State::kRunning) actions_.push_back(TellToFinish{leader->name});
      return Progress::kDone;
    case State::kHalted:
    case State::kQuarantined:
    case State::kStopping:
    case State::kStopped:
      break;
  }
  // Nothing runs that could finish.
  if (const auto outcome = stop_trading(symbol, now); !outcome) return outcome;
  return Progress::kDone;
}

Outcome Tree::restart(std::string_view name, TimePoint now) {
  if (shutting_down()) return refuse("shutdown", "the supervisor is stopping");
  Node* node = lookup(name);
  if (node == nullptr) return not_found(name);
  switch (node->life.state()) {
    case State::kStarting:
    case State::kRunning:
      return refuse("running", node->name + " is running", node->pid);
    case State::kBackoff:
      return refuse("restarting", node->name + " is about to start again");
    case State::kStopping:
      return refuse_while_stopping(*node);
    case State::kHalted:
    case State::kQuarantined:
    case State::kStopped:
      break;
  }
  node->life.clear();
  node->wanted = true;
  // Before that a service has its turn, unless it has had it already.
  if (boot_ == Boot::kDone || node->was_ready) {
    start(*node, now);
  } else {
    go_on_booting(now);
  }
  return Progress::kLater;
}

Outcome Tree::terminate(std::string_view name, TimePoint now) {
  Node* node = lookup(name);
  if (node == nullptr) return not_found(name);
  node->wanted = false;
  if (node->life.state() == State::kStopped) return Progress::kDone;
  node->renewing = false;
  stop(*node, now);
  return Progress::kLater;
}

Outcome Tree::clear(std::string_view name, TimePoint now) {
  Node* node = lookup(name);
  if (node == nullptr) return not_found(name);
  if (shutting_down() || !node->life.clear()) return Progress::kDone;
  start(*node, now);
  return Progress::kLater;
}

void Tree::renew(std::string_view name, TimePoint now) {
  Node& node = *lookup(name);
  node.life.clear();
  node.renewing = node.life.has_process();
  node.renewing ? stop(node, now) : start(node, now);
}

void Tree::stop(Node& node, TimePoint now) {
  const bool was_stopping = node.life.state() == State::kStopping;
  if (node.life.stop()) {
    node.kill_at = now + settings_.shutdown_time;
    if (shutdown_deadline_) node.kill_at = std::min(*node.kill_at, *shutdown_deadline_);
    actions_.push_back(Signal{node.name, SIGTERM});
    actions_.push_back(Signal{node.name, SIGCONT});  // what is suspended cannot hear the first
  } else if (!was_stopping) {
    ended_as_commanded(node, now);
  }
}

void Tree::shut_down(TimePoint now) {
  if (shutting_down()) return;
  shutdown_deadline_ = now + settings_.shutdown_time;
  for (auto& [name, leader] : leaders_) {
    if (leader.life.has_process()) stop(leader, now);
  }
  each(*this, [&](Node& node) {
    if (!node.life.has_process()) node.life.stop();  // it may have been about to start again
    if (node.kill_at) node.kill_at = std::min(*node.kill_at, *shutdown_deadline_);
  });
  go_on_stopping(now);
}

void Tree::go_on_stopping(TimePoint now) {
  for (const auto& [name, leader] : leaders_) {
    if (leader.life.has_process()) return;
  }
  for (auto service = services_.rbegin(); service != services_.rend(); ++service) {
    if (!service->life.has_process()) continue;
    if (service->life.state() != State::kStopping) stop(*service, now);
    return;
  }
}

void Tree::kill_all() {
  each(*this, [&](Node& node) {
    if (!node.life.has_process()) return;
    node.life.stop();
    node.kill_at.reset();
    actions_.push_back(Signal{node.name, SIGKILL});
  });
}

bool Tree::is_down() const {
  bool down = shutting_down();
  each(*this, [&](const Node& node) { down = down && !node.life.has_process(); });
  return down;
}

}  // namespace naive::supervisor
