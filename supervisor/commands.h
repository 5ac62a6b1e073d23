#pragma once

#include <naive/v1/handover.pb.h>

#include <functional>
#include <set>
#include <string>
#include <utility>

#include "runtime/last_crashes.h"
#include "supervisor/children.h"
#include "supervisor/control_socket.h"
#include "supervisor/roller.h"
#include "supervisor/snapshot.h"
#include "supervisor/tree.h"
#include "supervisor/waiting.h"

namespace naive::supervisor {

/// Executes what users ask for. Answers at once, or leaves the client to Waiting: no command waits
/// in here, so none can be held up by a slow symbol.
class Commands {
 public:
  using BeginUpgrade = std::function<void(const Client& client, const std::string& directory)>;

  Commands(Tree& tree, Children& children, TraderBoard& traders,
           const runtime::LastCrashes& crashes, ControlSocket& control, Waiting& waiting,
           Roller& roller, BeginUpgrade begin_upgrade)
      : tree_(tree),
        children_(children),
        traders_(traders),
        crashes_(crashes),
        control_(control),
        waiting_(waiting),
        roller_(roller),
        begin_upgrade_(std::move(begin_upgrade)) {}

  void execute(const Client& client, const v1::ControlRequest& request, TimePoint now);
  /// A new streamer is told again what the last one was told.
  void repeat_streams();

  /// What the next image of this supervisor has to know of users.
  void write(v1::Handover& out) const;
  void resume(const v1::Handover& handover);

 private:
  void start_trading(const Client& client, const std::string& symbol, TimePoint now);
  void stream(const Client& client, const std::string& symbol, bool on);
  /// restart_child, terminate_child and clear: ours, or a trader's.
  void act_on_child(const Client& client, const v1::ControlRequest& request, TimePoint now);
  void last_crash(const Client& client, const std::string& name, TimePoint now);
  void kill(const Client& client, const v1::KillChild& kill, TimePoint now);
  void restart_rolling(const Client& client, const std::string& symbol);
  /// Answers, and is false, while nothing can be rolled.
  bool can_roll(const Client& client);
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
  Roller& roller_;
  BeginUpgrade begin_upgrade_;
  std::set<std::string>
      streams_;  // symbols whose trades are published whether or not anybody listens
  std::uint64_t last_command_id_ = 0;
};

}  // namespace naive::supervisor
