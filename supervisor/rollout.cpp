#include "supervisor/rollout.h"

namespace naive::supervisor {

using supervision::State;

const std::string& Rollout::current() const {
  static const std::string kNobody;
  return passed_ < names_.size() ? names_[passed_] : kNobody;
}

Rollout::Next Rollout::look(const std::optional<Place>& place, TimePoint now) {
  if (passed_ == names_.size()) return Next::kDone;
  if (!place) return pass();
  if (!deadline_) return begin(*place, now);
  switch (place->state) {
    case State::kRunning:
      if (place->incarnation != replaced_ && place->settled) return pass();
      break;
    case State::kHalted:
    case State::kQuarantined:
      return fail("", place->reason);
    case State::kStopped:
      return pass();
    case State::kStarting:
    case State::kBackoff:
    case State::kStopping:
      break;
  }
  if (now < *deadline_) return Next::kWait;
  return fail(" within " + std::to_string(patience_.count()) + " ms", place->reason);
}

Rollout::Next Rollout::begin(const Place& place, TimePoint now) {
  switch (place.state) {
    case State::kStarting:
    case State::kRunning:
      break;
    case State::kBackoff:
    case State::kHalted:
    case State::kQuarantined:
      if (purpose_ != Purpose::kRevert) return pass();
      break;
    case State::kStopping:
      return Next::kWait;
    case State::kStopped:
      return pass();
  }
  replaced_ = place.incarnation;
  deadline_ = now + patience_;
  return Next::kRenew;
}

Rollout::Next Rollout::pass() {
  ++passed_;
  deadline_.reset();
  return Next::kPassed;
}

Rollout::Next Rollout::fail(const std::string& when, const std::string& reason) {
  failure_ = current() + " does not work again" + when + (reason.empty() ? "" : ": " + reason);
  deadline_.reset();
  return Next::kFailed;
}

}  // namespace naive::supervisor
