#pragma once

#include <set>
#include <string>

#include "runtime/last_crashes.h"
#include "supervisor/children.h"
#include "supervisor/control_socket.h"
#include "supervisor/snapshot.h"
#include "supervisor/tree.h"
#include "supervisor/waiting.h"

namespace naive::supervisor {

/// Executes what users ask for. Answers at once, or leaves the client to Waiting: no command waits
/// in here, so none can be held up by a slow symbol.
class Commands {
 public:
  Commands(Tree& tree, Children& children, TraderBoard& traders,
           const runtime::LastCrashes& crashes, ControlSocket& control, Waiting& waiting)
      : tree_(tree),
        children_(children),
        traders_(traders),
        crashes_(crashes),
        control_(control),
        waiting_(waiting) {}

  void execute(const Client& client, const v1::ControlRequest& request, TimePoint now);
  /// A new streamer is told again what the last one was told.
  void repeat_streams();

 private:
  void start_trading(const Client& client, const std::string& symbol, TimePoint now);
  void stream(const Client& client, const std::string& symbol, bool on);
  /// restart_child, terminate_child and clear: ours, or a trader's.
  void act_on_child(const Client& client, const v1::ControlRequest& request, TimePoint now);
  void last_crash(const Client& client, const std::string& name, TimePoint now);
  void kill(const Client& client, const v1::KillChild& kill, TimePoint now);
  void forward(const Client& client, const TraderBoard::Slot& slot, v1::SupervisorMessage message,
               TimePoint now);
  void answer(const Client& client, const Outcome& outcome, Waiting::For what,
              const std::string& child, TimePoint now);
  void succeed(const Client& client);
  void fail(const Client& client, const std::string& code, const std::string& message);

  Tree& tree_;
  Children& children_;
  TraderBoard& traders_;
  const runtime::LastCrashes& crashes_;
  ControlSocket& control_;
  Waiting& waiting_;
  std::set<std::string>
      streams_;  // symbols whose trades are published whether or not anybody listens
  std::uint64_t last_command_id_ = 0;
};

}  // namespace naive::supervisor
