#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "supervision/child_state.h"

namespace naive::leader {

using supervision::TimePoint;

/// A trader's state as the roster sees it: bytes to keep, and the little that decides what an exit
/// means.
struct TraderRecord {
  std::uint64_t cycle = 0;
  std::uint64_t revision = 0;  // +1 with every change that is stored, never backwards
  bool finished = false;       // the cycle has come to its end
  std::string reason;          // why it could not go on, in the trader's own words
  std::string bytes;
};

/// What the store holds for a slot.
struct SlotRecord {
  std::uint32_t slot = 0;
  std::uint32_t incarnation = 0;  // the last one that was started, or was about to be
  TraderRecord trader;
};

// ---- what the shell has to do, in this order ----

/// Keep this, durably, before the next action is taken.
struct Store {
  SlotRecord record;
};
struct StartProcess {
  std::uint32_t slot;
  std::uint32_t incarnation;
};
/// Answer a trader's hello.
struct Assign {
  SlotRecord record;
  bool resumed;
  bool finish;
};
struct Acknowledge {
  std::uint32_t slot;
  std::uint64_t revision;
};
/// To the sender of the message under way, whoever that is.
struct Refuse {
  std::uint64_t revision;
  std::string reason;
};
struct TellFinish {
  std::uint32_t slot;
};
struct KillProcess {
  std::uint32_t slot;
};
/// A transition to tell the supervisor, and the log.
struct Report {
  enum class What {
    kStarted,
    kReady,
    kDied,
    kStopped,
    kBackoff,
    kHalted,
    kQuarantined,
    kCycleFinished
  };
  std::uint32_t slot;
  std::uint32_t incarnation;
  What what;
  std::string reason;
};
/// Nothing is left to do: every slot has stopped, as asked.
struct Done {};

using Action = std::variant<Store, StartProcess, Assign, Acknowledge, Refuse, TellFinish,
                            KillProcess, Report, Done>;
using Actions = std::vector<Action>;

/// The slots of one symbol, and what happens to them. Pure: no processes, no sockets, no clock, no randomness.
///
///   event                         does
///   begin                         every slot: StartProcess, with its stored state or with a fresh one
///   hello of the current one      Assign; resumed unless it is the first incarnation of its cycle
///   state update of the current   Store, Acknowledge
///   anything of anybody else      Refuse an update, ignore the rest
///   exit, stored state finished   next cycle: fresh state, Store, StartProcess; stopped, when finishing
///   exit 75                       backoff, then StartProcess with the stored state
///   exit 78                       halted with the trader's reason
///   any other exit, or silence    StartProcess with the stored state; back-off and quarantine as supervision/ says
///   finish                        TellFinish; slots stop when their cycle ends, idle ones at once
///   stop                          KillProcess; Done when all are gone
class Roster {
 public:
  struct Config {
    std::uint32_t chunks = 1;
    supervision::RestartPolicy restarts;
    std::chrono::milliseconds silence_limit{5000};
    /// The state of a new cycle, as bytes.
    std::function<std::string(std::uint32_t slot, std::uint64_t cycle)> fresh_state;
    /// What to hand out for bytes that were stored: the settings may have changed since.
    std::function<std::string(const TraderRecord&)> refresh_state;
  };

  /// `stored` beyond `chunks` are slots of an earlier configuration: they complete their cycle and
  /// stop.
  Roster(Config config, const std::vector<SlotRecord>& stored);

  Actions begin(TimePoint now);
  Actions hello(std::uint32_t slot, std::uint32_t incarnation, TimePoint now);
  Actions ready(std::uint32_t slot, std::uint32_t incarnation, TimePoint now);
  Actions heard(std::uint32_t slot, std::uint32_t incarnation, TimePoint now);
  Actions state_updated(std::uint32_t slot, std::uint32_t incarnation, TraderRecord record,
                        TimePoint now);
  Actions exited(std::uint32_t slot, std::uint32_t incarnation,
                 const supervision::ExitReason& reason, TimePoint now, double jitter);
  Actions start_failed(std::uint32_t slot, const std::string& reason, TimePoint now, double jitter);
  /// Starts what is due and kills what is silent.
  Actions tick(TimePoint now);
  Actions finish();
  Actions stop();
  /// Lifts a halt or a quarantine; none when there is nothing to lift.
  std::optional<Actions> clear(std::uint32_t slot, TimePoint now);
  /// Stops one slot until it is started again.
  std::optional<Actions> terminate(std::uint32_t slot);
  std::optional<Actions> restart(std::uint32_t slot, TimePoint now);

  /// When to call tick() at the latest.
  std::optional<TimePoint> next_tick() const;

  struct Slot {
    supervision::ChildState child;
    TraderRecord trader;
    bool fresh = false;    // no process has been started for this cycle yet
    bool resumed = false;  // the current process is not the first one of its cycle
    bool finishing = false;
    TimePoint last_heard;
  };
  const std::map<std::uint32_t, Slot>& slots() const { return slots_; }

 private:
  Slot* current(std::uint32_t slot, std::uint32_t incarnation);
  void start(std::uint32_t number, Slot& slot, TimePoint now, Actions& actions);
  void begin_cycle(std::uint32_t number, Slot& slot);
  void follow(std::uint32_t number, Slot& slot, supervision::ChildState::Next next, TimePoint now,
              Actions& actions);
  void cycle_finished(std::uint32_t number, Slot& slot, TimePoint now, Actions& actions);
  void report(std::uint32_t number, const Slot& slot, Report::What what, const std::string& reason,
              Actions& actions);
  void report_done(Actions& actions);

  Config config_;
  std::map<std::uint32_t, Slot> slots_;
  bool finishing_ = false;
  bool stopping_ = false;
};

}  // namespace naive::leader
