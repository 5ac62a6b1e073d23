#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/bus.h"
#include "runtime/directories.h"
#include "runtime/event_loop.h"
#include "runtime/last_crashes.h"
#include "runtime/signal_fd.h"
#include "supervisor/announcer.h"
#include "supervisor/children.h"
#include "supervisor/command_lines.h"
#include "supervisor/commands.h"
#include "supervisor/config.h"
#include "supervisor/control_socket.h"
#include "supervisor/service_manager.h"
#include "supervisor/roller.h"
#include "supervisor/snapshot.h"
#include "supervisor/tree.h"
#include "supervisor/upgrade.h"
#include "supervisor/waiting.h"
#include "supervisor/wishes.h"

namespace naive::v1 {
class ChildMessage;
class Handover;
}  // namespace naive::v1

namespace naive::supervisor {

/// The shell around the tree: brings it what happens, does what it decides.
class Supervisor {
 public:
  /// `signals`: SIGCHLD and those that mean the end. The directories exist and are locked.
  /// `memory`: of the image that was here before; nullptr: this is the first one.
  Supervisor(const Config& config, const Surroundings& surroundings, runtime::SignalFd& signals,
             const v1::Handover* memory);

  /// Runs until somebody ends it, or until another image has to go on with this memory.
  std::optional<v1::Handover> run();
  /// main's, after the end.
  int exit_status() const;

 private:
  void begin();
  void autostart();
  void resume(const v1::Handover& memory);
  v1::Handover memory() const;
  v1::Handover hand_over();
  bool must_hand_over() const;
  void ask_for_introductions();
  void on_hello(const Node& node);
  void on_signals();
  void on_link();
  void on_message(const v1::ChildMessage& message);
  void on_exits();
  void on_control();
  void end();

  /// Does what the tree wants, in order, but spawns only a few processes a turn: nobody who asks waits until five
  /// hundred symbols are started.
  void perform();
  void perform(const Spawn& spawn);
  void perform(const Signal& signal);
  void perform(const TellToFinish& tell);
  void perform(const Remember& remember);
  void perform(const Transition& transition);
  void remember_crash(const Transition& death);
  void tell_service_manager();
  void watchdog();
  void set_timer();

  const Config& config_;
  Surroundings surroundings_;
  runtime::SignalFd& signals_;
  runtime::EventLoop loop_;
  runtime::Bus bus_;
  Wishes wishes_;
  Tree tree_;
  TraderBoard traders_;
  runtime::LastCrashes crashes_;
  std::map<std::string, std::vector<std::string>>
      last_words_;  // of those whose deaths are being handled
  Announcer announcer_;
  Children children_;
  ControlSocket control_;
  Waiting waiting_;
  Roller roller_;
  Upgrade upgrade_;
  Commands commands_;
  ServiceManager service_manager_;
  std::string mock_endpoint_;
  std::deque<Action> todo_;
  runtime::Timer timer_;
  runtime::Timer go_on_timer_;
  runtime::Timer silence_timer_;
  runtime::Timer watchdog_timer_;
  runtime::Timer introduction_timer_;
  runtime::Watch signal_watch_;
  runtime::Watch link_watch_;
  runtime::Watch control_watch_;
};

}  // namespace naive::supervisor
