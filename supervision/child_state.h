#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "supervision/backoff.h"
#include "supervision/death_counts.h"
#include "supervision/exit_reason.h"
#include "supervision/restart_window.h"

namespace naive::supervision {

/// How often a child may crash before it is left alone.
struct RestartPolicy {
  std::size_t max_restarts = 3;
  std::chrono::milliseconds max_time{5000};
};

/// A child that has not been heard for as long hangs.
inline constexpr std::chrono::milliseconds kDefaultSilenceLimit{5000};

enum class State {
  kStarting,     // the process exists, or is about to
  kRunning,      // it has said that it is ready
  kBackoff,      // waits for its next start
  kHalted,       // said itself that another start will not help
  kQuarantined,  // crashed too often
  kStopping,     // has been told to stop
  kStopped,
};
std::string_view to_string(State state);

/// The life of one supervised place (a slot, a service, a leader) through many processes. Pure: it decides, its owner
/// spawns and kills, and tells it what happened.
///
///   state \ event  start       ready    done       try_later  crash                   give_up  stop       due
///   stopped        starting    -        -          -          -                       -        -          -
///   starting       -           running  starting¹  backoff    starting | backoff |    halted   stopping   -
///   running        -           -        starting¹  backoff    quarantined             halted   stopping   -
///   backoff        -           -        -          -          -                       -        stopped    starting
///   halted         starting²   -        -          -          -                       -        stopped    -
///   quarantined    starting²   -        -          -          -                       -        stopped    -
///   stopping       -           -        stopped    stopped    stopped                 stopped  -          -
///
/// ¹ `done` is for the owner to interpret: it starts the next process, or calls crashed() where nobody should have ended.
/// ² through clear().
class ChildState {
 public:
  explicit ChildState(const RestartPolicy& policy)
      : window_(policy.max_restarts, policy.max_time) {}

  State state() const { return state_; }
  /// Number of the current process, or of the last one; 0 before the first.
  std::uint32_t incarnation() const { return incarnation_; }
  /// Starts after a death that nobody had commanded.
  std::uint32_t restarts() const { return restarts_; }
  /// Deaths that nobody had commanded, and starts that failed.
  const DeathCounts& deaths() const { return deaths_; }
  /// Why it is in backoff, halted or quarantined; empty otherwise.
  const std::string& reason() const { return reason_; }
  /// When in backoff: when is_due() will say so.
  std::optional<TimePoint> due_at() const { return due_at_; }
  bool has_process() const {
    return state_ == State::kStarting || state_ == State::kRunning || state_ == State::kStopping;
  }

  /// After a restart of the parent: counting goes on where it was.
  void resume_counting(std::uint32_t last_incarnation) { incarnation_ = last_incarnation; }

  /// All of it, for a parent that hands its children over to another one.
  struct Memory {
    State state = State::kStopped;
    std::uint32_t incarnation = 0;
    std::uint32_t restarts = 0;
    std::string reason{};
    std::optional<TimePoint> due_at{};
    TimePoint started{};
    std::deque<TimePoint> crashes{};  // those that the window still counts
    int failures = 0;                 // those that the back-off counts
    DeathCounts deaths{};
  };
  Memory memory() const;
  void resume(Memory memory);

  /// A process is started now. Returns its incarnation.
  std::uint32_t start(TimePoint now);
  void ready();

  /// What the owner has to do about an exit. A process that could not be made asks to be tried later.
  enum class Next { kStart, kWait, kNothing };
  Next exited(Verdict verdict, const std::string& reason, TimePoint now, double jitter);
  /// It ended where it should not have.
  Next crashed(const std::string& reason, TimePoint now, double jitter);
  /// Ended after it had finished its work: the owner may start the next one.
  Next finished();

  /// The wait is over: start it.
  bool is_due(TimePoint now) const { return due_at_ && *due_at_ <= now; }
  /// True when there is a process to kill; it counts as stopped once that has exited.
  bool stop();
  /// Lifts a halt or a quarantine; false when there was none.
  bool clear();
  /// Leaves it alone for a reason that the owner knows.
  void halt(const std::string& reason);

 private:
  Next settle(State state, const std::string& reason);
  Next wait(std::chrono::milliseconds delay, const std::string& reason, TimePoint now);

  State state_ = State::kStopped;
  std::uint32_t incarnation_ = 0;
  std::uint32_t restarts_ = 0;
  DeathCounts deaths_;
  std::string reason_;
  std::optional<TimePoint> due_at_;
  TimePoint started_;
  RestartWindow window_;
  Backoff backoff_;
};

}  // namespace naive::supervision
