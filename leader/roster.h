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

/// Keep this, durably, before the next action is taken. When that cannot be done: leave out what
/// depends_on_store(), and call store_failed().
struct Store {
  SlotRecord record;
  /// The cycle that came to its end before this one began, which goes with it into the books.
  std::optional<TraderRecord> ended;
};
/// Comes before the Store of its start, so that the process comes up while the disk works: it can do nothing before it
/// is assigned its slot.
struct StartProcess {
  std::uint32_t slot;
  std::uint32_t incarnation;
};
/// Tell a trader where its slot stands.
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
/// SIGABRT, so that a process that hangs leaves a core where cores are wanted.
struct AbortProcess {
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
  bool was_running;  // of kDied: it had got as far as to be ready
};
/// Nothing is left to do: every slot has stopped, as asked.
struct Done {};

using Action = std::variant<Store, StartProcess, Assign, Acknowledge, Refuse, TellFinish,
                            KillProcess, AbortProcess, Report, Done>;
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
///   exit, stored state finished   next cycle: fresh state, StartProcess, Store; stopped, when finishing
///   exit 75                       backoff, then StartProcess with the stored state
///   exit 78                       halted with the trader's reason
///   any other exit                StartProcess with the stored state; back-off and quarantine as supervision/ says
///   silence                       AbortProcess, a moment later KillProcess; its exit is a crash
///   store failed, at a start      the process waits for its Assign; later Store, and Assign once it has said hello
///   store failed, of an update    nothing is acknowledged; later Store and Acknowledge, of the latest state
///   finish                        TellFinish; slots stop when their cycle ends, idle ones at once; Done when all have
///   stop                          KillProcess; Done when all are gone
class Roster {
 public:
  struct Config {
    std::uint32_t chunks = 1;
    supervision::RestartPolicy restarts;
    std::chrono::milliseconds silence_limit = supervision::kDefaultSilenceLimit;
    /// From the beginning on, as after finish().
    bool finishing = false;
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
  void heard(std::uint32_t slot, std::uint32_t incarnation, TimePoint now);
  Actions state_updated(std::uint32_t slot, std::uint32_t incarnation, TraderRecord record,
                        TimePoint now);
  Actions exited(std::uint32_t slot, std::uint32_t incarnation,
                 const supervision::ExitReason& reason, TimePoint now, double jitter);
  Actions start_failed(std::uint32_t slot, const std::string& reason, TimePoint now, double jitter);
  /// A Store of this slot could not be executed. It is tried again every kStoreAgain.
  void store_failed(std::uint32_t slot, const std::string& reason, TimePoint now);
  static constexpr std::chrono::milliseconds kStoreAgain{500};
  /// Incarnations are put on record so many at a time: a crash is not followed by a wait for the disk. After a leader's
  /// restart counting goes on at the next multiple.
  static constexpr std::uint32_t kReserved = 1000;
  /// What a silent trader has to die of SIGABRT; one that is suspended cannot.
  static constexpr std::chrono::milliseconds kAbortPatience{500};
  /// Starts what is due and ends what is silent.
  Actions tick(TimePoint now);
  /// We were stopped ourselves, or the whole machine was: nobody's silence until now means anything.
  void excuse_silence(TimePoint now);
  Actions finish();
  Actions stop();
  /// Lifts a halt or a quarantine; nothing to do when there is none.
  Actions clear(std::uint32_t slot, TimePoint now);
  /// Ends the cycle as `ended` says, and begins the next one. Only for a slot without a process.
  Actions drop_cycle(std::uint32_t slot, TraderRecord ended, TimePoint now);
  /// Goes on from this state, as a new revision. Only for a slot without a process.
  Actions go_back(std::uint32_t slot, std::string bytes, TimePoint now);
  /// Stops one slot until it is started again.
  Actions terminate(std::uint32_t slot);
  /// None when it is not stopped.
  std::optional<Actions> restart(std::uint32_t slot, TimePoint now);

  /// When to call tick() at the latest.
  std::optional<TimePoint> next_tick() const;

  /// What the current process waits for.
  enum class Owed { kNothing, kAssignment, kAcknowledgement };

  struct Slot {
    supervision::ChildState child;
    TraderRecord trader;
    bool fresh = false;    // no process has been assigned this cycle yet
    bool resumed = false;  // the current process is not the first one of its cycle
    bool finishing = false;
    Owed owed = Owed::kNothing;
    std::uint32_t reserved = 0;  // incarnations up to this one are on record
    bool unstored = false;       // there is a state that was not told to the store yet
    TimePoint last_heard;
    bool silent = false;                // for so long that it was told to abort
    std::optional<TimePoint> kill_at;   // where patience with that ends
    std::optional<TraderRecord> ended;  // the cycle before, until a process works on this one
    std::optional<TimePoint>
        store_again;      // when the state, known but not stored, is to be tried again
    std::string trouble;  // why it is not stored
  };
  const std::map<std::uint32_t, Slot>& slots() const { return slots_; }

 private:
  Slot* current(std::uint32_t slot, std::uint32_t incarnation);
  Slot* speaker(std::uint32_t slot, std::uint32_t incarnation, TimePoint now);
  Actions store(std::uint32_t number, Slot& slot);
  Assign assignment(std::uint32_t number, Slot& slot);
  void end_if_silent(std::uint32_t number, Slot& slot, TimePoint now, Actions& actions);
  void start(std::uint32_t number, Slot& slot, TimePoint now, Actions& actions);
  static Store record(std::uint32_t number, Slot& slot);
  void begin_cycle(std::uint32_t number, Slot& slot);
  void follow(std::uint32_t number, Slot& slot, supervision::ChildState::Next next, TimePoint now,
              Actions& actions);
  void cycle_finished(std::uint32_t number, Slot& slot, TimePoint now, Actions& actions);
  void report(std::uint32_t number, const Slot& slot, Report::What what, const std::string& reason,
              Actions& actions);
  void report_done(Actions& actions);

  Config config_;
  std::map<std::uint32_t, Slot> slots_;
  std::uint64_t last_cycle_ = 0;  // of a slot that has none on record
  bool finishing_ = false;
  bool stopping_ = false;
};

}  // namespace naive::leader
