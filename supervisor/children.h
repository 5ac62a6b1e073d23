#pragma once

#include <sys/types.h>

#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/link.h"
#include "runtime/oom_kills.h"
#include "runtime/process.h"
#include "runtime/unique_fd.h"

namespace naive::v1 {
class ChildMessage;
class SupervisorMessage;
}  // namespace naive::v1

namespace naive::supervisor {

/// The processes below the supervisor and the link to them.
///
/// A child is told to be dead only when nothing is left of what it had started: the supervisor is a
/// subreaper, so orphans come to it, and are killed and reaped. So there are never two traders in
/// one slot, not even for the moment between a leader's death and that of its traders.
class Children {
 public:
  Children(runtime::Bus& bus, const std::filesystem::path& socket);

  /// The pid, or why not: "cannot execute '…': No such file or directory".
  std::expected<pid_t, std::string> spawn(const std::string& name, std::uint32_t incarnation,
                                          const runtime::Command& command);
  /// One that an earlier image of this process has started.
  void adopt(const std::string& name, std::uint32_t incarnation, pid_t pid);
  /// Tells each adopted child once that it should introduce itself. False: some are not connected
  /// yet, so call again in a moment.
  bool ask_for_introductions();
  /// No death is held back.
  bool is_settled() const { return deaths_.empty(); }
  /// Children that were there before the first image of this process.
  const std::set<pid_t>& strangers() const { return strangers_; }
  void set_strangers(std::set<pid_t> strangers) { strangers_ = std::move(strangers); }

  void signal(const std::string& name, int number);
  /// False when it does not run or cannot be reached.
  bool send(const std::string& name, const v1::SupervisorMessage& message);

  struct Death {
    std::string name;
    supervision::ExitReason reason;
    std::vector<std::string> last_words;
  };
  /// Reaps what has ended. To be called at every SIGCHLD, and once in a while.
  std::vector<Death> reap(runtime::TimePoint now);

  using Receive = std::function<void(const v1::ChildMessage& message)>;
  /// Messages whose sender is who it says it is. True when there may be more.
  void drain(const Receive& receive);
  runtime::Socket& socket() noexcept { return link_.socket(); }

 private:
  struct Running {
    std::string name;
    std::string identity;  // on the link
    runtime::Child process;
    bool introduced = true;
  };

  Running* find(const std::string& name);
  std::vector<pid_t> direct_children() const;
  void kill_strays();
  bool strays_hold(runtime::TimePoint now);

  runtime::ChildrenLink link_;
  runtime::UniqueFd children_file_;
  runtime::OomKills oom_kills_;
  std::map<pid_t, Running> running_;
  std::set<pid_t>
      strangers_;  // children from before: whoever became us by exec had them, and they are not ours to kill
  std::set<pid_t> strays_;     // orphans that have been killed and not yet reaped
  std::vector<Death> deaths_;  // to be told when there are no strays left
  std::optional<runtime::TimePoint> held_since_;
};

}  // namespace naive::supervisor
