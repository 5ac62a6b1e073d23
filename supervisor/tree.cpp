#include "supervisor/tree.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "supervision/earliest.h"

namespace naive::supervisor {

using supervision::ChildState;
using supervision::ExitReason;
using supervision::State;
using supervision::Verdict;
using What = Transition::What;

namespace {

/// Services come back for ever: no number of crashes makes a window that is never full.
constexpr supervision::RestartPolicy kForEver{.max_restarts = SIZE_MAX};

/// For one that was told to stop.
bool is_orderly(const ExitReason& exit) {
  constexpr int kTerminated = 128 + SIGTERM;  // as a shell says it
  const Verdict verdict = supervision::verdict(exit);
  return verdict == Verdict::kDone || verdict == Verdict::kTryLater || exit.killed_by(SIGTERM) ||
         exit.exited_with(kTerminated);
}

}  // namespace

std::string leader_name(std::string_view symbol) { return "leader " + std::string{symbol}; }

Tree::Tree(const SupervisionSettings& settings, const std::vector<std::string>& services,
           std::function<double()> jitter)
    : settings_(settings), jitter_(std::move(jitter)) {
  for (const std::string& name : services) {
    services_.push_back(
        {.name = name, .kind = Kind::kService, .symbol = "", .life = ChildState{kForEver}});
  }
}

std::vector<Action> Tree::take_actions() { return std::exchange(actions_, {}); }

Spawn Tree::take_spawn() {
  Spawn spawn = std::move(spawns_.front());
  spawns_.pop_front();
  return spawn;
}

Node* Tree::lookup(std::string_view name) { return const_cast<Node*>(find(name)); }

const Node* Tree::find(std::string_view name) const {
  const auto service = std::ranges::find(services_, name, &Node::name);
  if (service != services_.end()) return &*service;
  const auto leader = leaders_.find(name);
  return leader != leaders_.end() ? &leader->second : nullptr;
}

const Node* Tree::find(pid_t pid) const {
  if (pid == 0) return nullptr;
  for (const Node& node : services_) {
    if (node.pid == pid) return &node;
  }
  for (const auto& [name, node] : leaders_) {
    if (node.pid == pid) return &node;
  }
  return nullptr;
}

Node* Tree::leader_of(const std::string& symbol) { return lookup(leader_name(symbol)); }

Node& Tree::add_leader(const std::string& symbol) {
  const std::string name = leader_name(symbol);
  Node node{.name = name,
            .kind = Kind::kLeader,
            .symbol = symbol,
            .life = ChildState{settings_.restarts}};
  node.life.resume_counting(last_incarnations_[name]);
  return leaders_.insert_or_assign(name, std::move(node)).first->second;
}

void Tree::report(const Node& node, What what, const std::string& reason) {
  actions_.push_back(Transition{.name = node.name,
                                .what = what,
                                .incarnation = node.life.incarnation(),
                                .pid = node.pid,
                                .reason = reason,
                                .code = what == What::kHalted ? node.failure_code : ""});
}

void Tree::autostart(const std::string& symbol, Wish wish) {
  add_leader(symbol).finishing = wish == Wish::kFinish;
}

void Tree::boot(TimePoint now) {
  boot_ = Boot::kServices;
  last_silence_check_ = now;
  go_on_booting(now);
}

/// The limits on restarts are those of the configuration as it is now.
void Tree::resume(Memory memory, TimePoint now) {
  boot_ = Boot::kDone;
  last_silence_check_ = now;
  last_incarnations_ = std::move(memory.last_incarnations);
  const auto take_over = [&](Node& node, const supervision::RestartPolicy& policy) {
    ChildState life{policy};
    life.resume(node.life.memory());
    node.life = std::move(life);
    node.last_heard = now;
    node.inherited = true;
  };
  for (Node& node : memory.services) take_over(node, kForEver);
  for (Node& node : memory.leaders) take_over(node, settings_.restarts);
  services_ = std::move(memory.services);
  for (Node& node : memory.leaders) leaders_.emplace(std::string{node.name}, std::move(node));
}

Tree::Memory Tree::memory() const {
  Memory memory{.services = services_, .leaders = {}, .last_incarnations = last_incarnations_};
  for (const auto& [name, leader] : leaders_) memory.leaders.push_back(leader);
  return memory;
}

void Tree::go_on_booting(TimePoint now) {
  if (boot_ != Boot::kServices || shutting_down()) return;
  for (Node& service : services_) {
    if (service.was_ready || !service.wanted) continue;
    if (service.life.state() == State::kStopped) start(service, now);
    return;
  }
  boot_ = Boot::kDone;
  for (auto& [name, leader] : leaders_) {
    if (leader.wanted) start(leader, now);
  }
}

void Tree::start(Node& node, TimePoint now) {
  const std::uint32_t incarnation = node.life.start(now);
  node.pid = 0;
  node.inherited = false;
  node.greeted = false;
  node.last_heard = now;
  node.kill_at.reset();
  node.failure_code.clear();
  node.failure.clear();
  const bool first = node.kind == Kind::kService;
  spawns_.insert(first ? spawns_.begin() : spawns_.end(),
                 Spawn{.name = node.name, .incarnation = incarnation});
}

void Tree::spawned(std::string_view name, pid_t pid, std::int64_t time) {
  Node& node = *lookup(name);
  node.pid = pid;
  node.started = time;
  report(node, What::kStarted);
}

void Tree::spawn_failed(std::string_view name, const std::string& reason, TimePoint now) {
  Node& node = *lookup(name);
  if (first_start_failed(node, Verdict::kGiveUp)) return fail_boot(node, false, reason, now);
  report(node, What::kDied, reason);
  // Not its fault: the machine is short of something, which passes.
  settle(node, node.life.exited(Verdict::kTryLater, reason, now, jitter_()), reason, now);
}

void Tree::not_spawned(std::string_view name, TimePoint now) {
  Node& node = *lookup(name);
  node.life.finished();
  ended_as_commanded(node, now);
}

bool Tree::heard(std::string_view name, std::uint32_t incarnation, TimePoint now) {
  Node* node = lookup(name);
  if (node == nullptr || !node->life.has_process() || node->life.incarnation() != incarnation) {
    return false;
  }
  node->greeted = true;
  node->last_heard = now;
  return true;
}

void Tree::ready(std::string_view name, const std::string& endpoint, TimePoint now) {
  Node& node = *lookup(name);
  if (node.life.state() != State::kStarting) return;
  node.life.ready();
  node.endpoint = endpoint;
  node.was_ready = true;
  report(node, What::kReady);
  if (std::exchange(node.on_trial, false)) actions_.push_back(Remember{node.symbol, Wish::kOn});
  if (node.finishing) actions_.push_back(TellToFinish{node.name});
  go_on_booting(now);
}

void Tree::failed(std::string_view name, const std::string& code, const std::string& message) {
  Node& node = *lookup(name);
  node.failure_code = code;
  node.failure = message;
}

void Tree::died(std::string_view name, const ExitReason& exit, TimePoint now) {
  Node& node = *lookup(name);
  const std::string reason = node.failure.empty() ? exit.to_string() : node.failure;
  const Verdict verdict = supervision::verdict(exit);
  // One that was told to stop has not finished, whatever its exit status.
  const bool finished =
      node.finishing && verdict == Verdict::kDone && node.life.state() != State::kStopping;
  if (finished) {
    actions_.push_back(Remember{node.symbol, Wish::kOff});
    node.leaving = true;
  }
  // Whatever ends while we are on the way down has ended, and nobody starts it again.
  if (finished || shutting_down()) node.life.stop();
  if (first_start_failed(node, verdict)) {
    return fail_boot(node, verdict == Verdict::kGiveUp, reason, now);
  }
  const State before = node.life.state();
  const ChildState::Next next = decide(node, exit, reason, now);
  if (before == State::kStopping) {
    return ended_as_commanded(node, now, is_orderly(exit) ? "" : reason);
  }
  report(node, What::kDied, reason);
  std::get<Transition>(actions_.back()).was_running = before == State::kRunning;
  settle(node, next, reason, now);
}

ChildState::Next Tree::decide(Node& node, const ExitReason& exit, const std::string& reason,
                              TimePoint now) {
  const Verdict verdict = supervision::verdict(exit);
  // Nobody here is done before being told so.
  if (verdict == Verdict::kDone) return node.life.crashed(reason, now, jitter_());
  const bool permanent = node.kind == Kind::kService && verdict == Verdict::kGiveUp;
  return node.life.exited(permanent ? Verdict::kTryLater : verdict, reason, now, jitter_());
}

void Tree::settle(Node& node, ChildState::Next next, const std::string& reason, TimePoint now) {
  node.kill_at.reset();
  if (next == ChildState::Next::kStart) return start(node, now);
  const pid_t pid = std::exchange(node.pid, 0);
  const State state = node.life.state();
  report(node,
         state == State::kBackoff  ? What::kBackoff
         : state == State::kHalted ? What::kHalted
                                   : What::kQuarantined,
         reason);
  std::get<Transition>(actions_.back()).pid = pid;
  if (state == State::kHalted && node.on_trial) {
    last_incarnations_[node.name] = node.life.incarnation();
    leaders_.erase(std::string{node.name});
  }
}

void Tree::ended_as_commanded(Node& node, TimePoint now, const std::string& reason) {
  node.kill_at.reset();
  report(node, What::kStopped, reason);
  node.pid = 0;
  if (node.leaving) {
    last_incarnations_[node.name] = node.life.incarnation();
    leaders_.erase(std::string{node.name});
  } else if (std::exchange(node.renewing, false) && !shutting_down()) {
    start(node, now);
  }
  shutting_down() ? go_on_stopping(now) : go_on_booting(now);
}

bool Tree::first_start_failed(const Node& node, Verdict verdict) const {
  return node.kind == Kind::kService && boot_ == Boot::kServices && !node.was_ready &&
         !shutting_down() &&
         (verdict == Verdict::kGiveUp || node.life.restarts() > settings_.restarts.max_restarts);
}

void Tree::fail_boot(Node& node, bool for_good, const std::string& reason, TimePoint now) {
  fatal_ = node.name + " cannot start: " + reason;
  fatal_for_good_ = for_good;
  node.life.halt(reason);
  report(node, What::kHalted, reason);
  node.pid = 0;
  shut_down(now);
}

void Tree::tick(TimePoint now) {
  each(*this, [&](Node& node) {
    if (node.kill_at && *node.kill_at <= now) {
      node.kill_at.reset();
      actions_.push_back(Signal{node.name, SIGKILL});
    }
    if (node.life.is_due(now)) start(node, now);
  });
}

std::optional<TimePoint> Tree::next_deadline() const {
  std::optional<TimePoint> next;
  each(*this, [&](const Node& node) {
    next = supervision::earliest({next, node.kill_at, node.life.due_at()});
  });
  return next;
}

void Tree::check_silence(TimePoint now) {
  // When this check itself comes late, we were stopped or the whole machine was: then nobody's
  // silence means anything.
  const bool late = now - std::exchange(last_silence_check_, now) > settings_.silence_limit / 2;
  each(*this, [&](Node& node) {
    if (!node.life.has_process() || node.life.state() == State::kStopping) return;
    if (late || node.pid == 0) node.last_heard = now;  // who waits to be spawned has nothing to say
    // Loading libraries and reading files comes before the first word.
    constexpr int kStartFactor = 3;
    const auto limit = settings_.silence_limit * (node.greeted ? 1 : kStartFactor);
    if (now - node.last_heard < limit) return;
    node.last_heard = now;
    node.failure = "silent for " + std::to_string(limit.count()) + " ms";
    // A core where cores are wanted; a moment later SIGKILL, for one that is suspended cannot abort.
    actions_.push_back(Signal{node.name, SIGABRT});
    node.kill_at = now + kAbortPatience;
  });
}

}  // namespace naive::supervisor
