#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "store/records.h"
#include "supervision/child_state.h"

namespace naive::leader {

using supervision::TimePoint;

using store::SlotRecord;
using store::TraderRecord;

// ---- what the shell has to do, in this order ----

/// Keep this, durably, before the next action is taken. When that cannot be done: leave out what follows
/// depends_on_store(), and call store_failed().
struct Store {
  SlotRecord record;
  /// The cycle that came to its end before this one began, which goes with it into the books.
  std::optional<TraderRecord> ended;
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

/// Whether this is to be left out when the Store of this slot before it could not be executed.
bool depends_on_store(const Action& action, std::uint32_t slot);

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
///   store failed, at a start      backoff without a process; then Store and StartProcess again
///   store failed, of an update    nothing is acknowledged; later Store and Acknowledge, of the latest state
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

  /// `last_cycle`: of what is known from elsewhere to be used up; every new cycle is above it.
  Actions begin(TimePoint now, std::uint64_t last_cycle = 0);
  Actions hello(std::uint32_t slot, std::uint32_t incarnation, TimePoint now);
  Actions ready(std::uint32_t slot, std::uint32_t incarnation, TimePoint now);
  Actions heard(std::uint32_t slot, std::uint32_t incarnation, TimePoint now);
  Actions state_updated(std::uint32_t slot, std::uint32_t incarnation, TraderRecord record,
                        TimePoint now);
  Actions exited(std::uint32_t slot, std::uint32_t incarnation,
                 const supervision::ExitReason& reason, TimePoint now, double jitter);
  Actions start_failed(std::uint32_t slot, const std::string& reason, TimePoint now, double jitter);
  /// A Store of this slot could not be executed. It is tried again every kStoreAgain.
  Actions store_failed(std::uint32_t slot, const std::string& reason, TimePoint now);
  static constexpr std::chrono::milliseconds kStoreAgain{500};
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
    bool greeted = false;  // the current process has said something
    bool finishing = false;
    TimePoint last_heard;
    std::optional<TraderRecord> ended;  // the cycle before, until a process has begun with this one
    std::optional<TimePoint>
        store_again;      // when the state, known but not stored, is to be tried again
    std::string trouble;  // why it is not stored
  };
  const std::map<std::uint32_t, Slot>& slots() const { return slots_; }

 private:
  Slot* current(std::uint32_t slot, std::uint32_t incarnation);
  Slot* speaker(std::uint32_t slot, std::uint32_t incarnation, TimePoint now);
  Actions store(std::uint32_t number, Slot& slot);
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
  std::uint64_t last_cycle_ = 0;
  bool finishing_ = false;
  bool stopping_ = false;
};

}  // namespace naive::leader
