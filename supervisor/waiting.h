#pragma once

#include <list>
#include <optional>
#include <string>

#include "runtime/event_loop.h"
#include "supervisor/control_socket.h"
#include "supervisor/node.h"

namespace naive::v1 {
class CommandDone;
}

namespace naive::supervisor {

/// Commands whose answer has to wait for something to happen. Bounded in number and in time; nobody
/// waits for anybody else.
class Waiting {
 public:
  static constexpr std::size_t kMost = 1000;
  /// What the client is waiting for.
  enum class For { kReady, kStopped, kCommandDone };

  explicit Waiting(ControlSocket& control) : control_(control) {}

  bool is_full() const { return waiting_.size() >= kMost; }
  /// `child`: whose transitions decide. `command_id`: of kCommandDone.
  void add(const Client& client, For what, const std::string& child, runtime::TimePoint deadline,
           std::uint64_t command_id = 0);

  void on(const Transition& transition);
  void on_command_done(const v1::CommandDone& done);
  void expire(runtime::TimePoint now);
  /// Everybody gets told that no other answer will come.
  void give_up(const std::string& code, const std::string& message);
  std::optional<runtime::TimePoint> next_deadline() const;

 private:
  struct Entry {
    Client client;
    For what;
    std::string child;
    runtime::TimePoint deadline;
    std::uint64_t command_id;
  };

  ControlSocket& control_;
  std::list<Entry> waiting_;
};

}  // namespace naive::supervisor
