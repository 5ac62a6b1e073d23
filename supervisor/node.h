#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "supervision/child_state.h"

namespace naive::supervisor {

using supervision::TimePoint;

enum class Kind { kService, kLeader };

/// A place in the tree that a process fills: a service, or the leader of a symbol.
struct Node {
  std::string name;  // "gateway", "leader BTCUSDT"
  Kind kind;
  std::string symbol;  // leaders
  supervision::ChildState life;

  pid_t pid = 0;           // 0: no process
  std::int64_t started{};  // of that process; microseconds since the Unix epoch
  std::string endpoint{};  // of the last one that was ready
  bool was_ready = false;  // any of its processes, ever

  // Of the current process.
  bool greeted = false;
  TimePoint last_heard{};
  std::optional<TimePoint> kill_at{};  // told to stop; this is where patience ends
  std::string failure_code{};          // what it said about itself before it ended
  std::string failure{};

  bool wanted = true;  // to be started when its turn comes: false once a user has terminated it

  // Leaders.
  bool on_trial = false;   // a user's wish that has not worked yet: forgotten if it cannot
  bool finishing = false;  // completes its cycles, then ends
  bool leaving = false;    // removed from the tree once it is gone

  bool renewing = false;   // told to stop in order to be started again
  bool inherited = false;  // nothing has been started here since this image took over
};

/// What happened to a process. Logged, published on `events`, and what waiting commands wait for.
struct Transition {
  enum class What { kStarted, kReady, kDied, kStopped, kBackoff, kHalted, kQuarantined };
  std::string name;
  What what;
  std::uint32_t incarnation = 0;
  pid_t pid = 0;
  std::string reason{};      // of a death and what followed; of kStopped, if it ended otherwise
  std::string code{};        // of kHalted, when the process gave one
  bool was_running = false;  // of kDied: it had got as far as to be ready
};

/// What a user wants of a symbol, beyond what the configuration says. Outlives the supervisor.
enum class Wish { kOn, kFinish, kOff };

/// What the tree asks its shell to do, in this order.
struct Spawn {
  std::string name;
  std::uint32_t incarnation;
};
struct Signal {
  std::string name;
  int number;
};
struct TellToFinish {
  std::string name;
};
struct Remember {
  std::string symbol;
  Wish wish;
};
using Action = std::variant<Signal, TellToFinish, Remember, Transition>;

}  // namespace naive::supervisor
