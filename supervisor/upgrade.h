#pragma once

#include <naive/v1/handover.pb.h>

#include <filesystem>
#include <optional>
#include <string>

#include "runtime/unique_fd.h"
#include "supervision/exit_reason.h"
#include "supervisor/children.h"
#include "supervisor/command_lines.h"
#include "supervisor/control_socket.h"
#include "supervisor/node.h"
#include "supervisor/roller.h"

namespace naive::supervisor {

/// The beginning of an upgrade: looks whether other executables are fit to take over. The new
/// supervisor itself is asked, in a process of its own, with the memory that it would be handed; so
/// when it says no, nothing has happened yet.
class Upgrade {
 public:
  static constexpr std::chrono::milliseconds kPatience{10'000};

  Upgrade(Children& children, Roller& roller, ControlSocket& control,
          const Surroundings& surroundings)
      : children_(children), roller_(roller), control_(control), surroundings_(surroundings) {}

  /// `memory`: as it is now. `client` is answered when the check is over, or told what is wrong.
  void begin(const Client& client, const std::string& directory, v1::Handover memory,
             TimePoint now);
  /// A process has ended that is none of the tree's.
  void on_end(const Children::Death& death);
  /// Ends a check that takes too long.
  void tick(TimePoint now);
  std::optional<TimePoint> next_deadline() const { return deadline_; }
  /// The supervisor stops.
  void give_up();

  /// The check is passed and the client has been told: it is time to hand over.
  bool is_due() const { return due_; }

 private:
  void start_check(const v1::Handover& memory, TimePoint now);
  void refuse(const std::string& reason);
  std::string last_words() const;

  Children& children_;
  Roller& roller_;
  ControlSocket& control_;
  const Surroundings& surroundings_;
  Client client_;
  std::uint32_t checks_ = 0;
  std::string check_;                  // the name of the last one among the children
  runtime::UniqueFd errors_;           // what the check says on stderr
  std::optional<TimePoint> deadline_;  // while it runs
  bool due_ = false;
};

}  // namespace naive::supervisor
