#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "supervision/child_state.h"

namespace naive::supervisor {

/// Renews processes one after the other, each only when the one before works again: pure. It is
/// shown the place whose turn it is whenever something may have happened there, and says what to do
/// next. It looks at what is and not at what happened in between, so nothing can be missed.
///
///   state         before its turn's renewal      after it
///   starting      renew                          wait until the deadline, then fail
///   running       renew                          pass, when it is another process and has settled
///   backoff       pass (revert: renew)           wait until the deadline, then fail
///   halted        pass (revert: renew)           fail
///   quarantined   pass (revert: renew)           fail
///   stopping      wait                           wait until the deadline, then fail
///   stopped       pass                           pass: a user has stopped it meanwhile
///   (not there)   pass                           pass: likewise
///
/// What has no process is passed over, because whatever starts there is new; but a revert cures
/// those that what it takes back has broken. Deaths on the way are no failure, for anything may be
/// killed at any time; the deadline and the restart limits decide.
class Rollout {
 public:
  using TimePoint = supervision::TimePoint;

  enum class Purpose { kRestart, kUpgrade, kRevert };
  enum class Next { kWait, kRenew, kPassed, kDone, kFailed };

  struct Place {
    supervision::State state;
    std::uint32_t incarnation;
    bool settled = true;  // so are those that it has started itself
    std::string reason{};
  };

  /// `names`: in this order. `patience`: how long each may take from its renewal to its work.
  Rollout(Purpose purpose, std::vector<std::string> names, std::chrono::milliseconds patience)
      : purpose_(purpose), names_(std::move(names)), patience_(patience) {}

  /// `place`: what is at current(), if anything is. Not to be called again after kDone and kFailed.
  Next look(const std::optional<Place>& place, TimePoint now);

  Purpose purpose() const { return purpose_; }
  const std::vector<std::string>& names() const { return names_; }
  /// How many of them have passed.
  std::size_t passed() const { return passed_; }
  /// Whose turn it is; empty when all have passed.
  const std::string& current() const;
  /// When to look again although nothing has happened.
  std::optional<TimePoint> deadline() const { return deadline_; }
  /// Of kFailed, names the process.
  const std::string& failure() const { return failure_; }

 private:
  Next begin(const Place& place, TimePoint now);
  Next pass();
  Next fail(const std::string& when, const std::string& reason);

  Purpose purpose_;
  std::vector<std::string> names_;
  std::chrono::milliseconds patience_;
  std::size_t passed_ = 0;
  std::uint32_t replaced_ = 0;         // incarnation that was told to go
  std::optional<TimePoint> deadline_;  // since current() was renewed
  std::string failure_;
};

}  // namespace naive::supervisor
