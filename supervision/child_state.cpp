#include "supervision/child_state.h"

namespace naive::supervision {

std::string_view to_string(State state) {
  switch (state) {
    case State::kStarting: return "starting";
    case State::kRunning: return "running";
    case State::kBackoff: return "backoff";
    case State::kHalted: return "halted";
    case State::kQuarantined: return "quarantined";
    case State::kStopping: return "stopping";
    case State::kStopped: return "stopped";
  }
  return "";
}

ChildState::Memory ChildState::memory() const {
  return {.state = state_, .incarnation = incarnation_, .restarts = restarts_, .reason = reason_,
          .due_at = due_at_, .started = started_, .crashes = window_.restarts(),
          .failures = backoff_.failures(), .deaths = deaths_};
}

void ChildState::resume(Memory memory) {
  state_ = memory.state;
  incarnation_ = memory.incarnation;
  restarts_ = memory.restarts;
  reason_ = std::move(memory.reason);
  due_at_ = memory.due_at;
  started_ = memory.started;
  window_.resume(std::move(memory.crashes));
  backoff_.resume(memory.failures);
  deaths_ = std::move(memory.deaths);
}

std::uint32_t ChildState::start(TimePoint now) {
  state_ = State::kStarting;
  reason_.clear();
  due_at_.reset();
  started_ = now;
  return ++incarnation_;
}

void ChildState::ready() {
  if (state_ == State::kStarting) state_ = State::kRunning;
}

ChildState::Next ChildState::exited(Verdict verdict, const std::string& reason, TimePoint now,
                                    double jitter) {
  if (state_ == State::kStopping) return settle(State::kStopped, "");
  switch (verdict) {
    case Verdict::kDone: return finished();
    case Verdict::kTryLater:
      deaths_.add(reason);
      return wait(backoff_.next_wait(started_, now, jitter), reason, now);
    case Verdict::kGiveUp:
      deaths_.add(reason);
      return settle(State::kHalted, reason);
    case Verdict::kCrash: return crashed(reason, now, jitter);
  }
  return Next::kNothing;
}

ChildState::Next ChildState::crashed(const std::string& reason, TimePoint now, double jitter) {
  if (state_ == State::kStopping) return settle(State::kStopped, "");
  deaths_.add(reason);
  if (!window_.record(now)) return settle(State::kQuarantined, reason);
  const auto delay = backoff_.next(started_, now, jitter);
  if (delay > delay.zero()) return wait(delay, reason, now);
  ++restarts_;
  return Next::kStart;
}

ChildState::Next ChildState::finished() {
  if (state_ == State::kStopping) return settle(State::kStopped, "");
  return Next::kStart;
}

bool ChildState::stop() {
  if (state_ == State::kStarting || state_ == State::kRunning) {
    state_ = State::kStopping;
    return true;
  }
  if (state_ != State::kStopping) settle(State::kStopped, "");
  return false;
}

bool ChildState::clear() {
  if (state_ != State::kHalted && state_ != State::kQuarantined) return false;
  window_.clear();
  backoff_.clear();
  settle(State::kStopped, "");
  return true;
}

void ChildState::halt(const std::string& reason) { settle(State::kHalted, reason); }

ChildState::Next ChildState::settle(State state, const std::string& reason) {
  state_ = state;
  reason_ = reason;
  due_at_.reset();
  return Next::kNothing;
}

ChildState::Next ChildState::wait(std::chrono::milliseconds delay, const std::string& reason,
                                  TimePoint now) {
  ++restarts_;
  settle(State::kBackoff, reason);
  due_at_ = now + delay;
  return Next::kWait;
}

}  // namespace naive::supervision
