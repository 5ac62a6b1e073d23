#pragma once

#include <sys/types.h>

#include <expected>
#include <filesystem>
#include <functional>
#include <string>
#include <system_error>
#include <vector>

#include "runtime/last_words.h"
#include "runtime/unique_fd.h"
#include "supervision/exit_reason.h"

namespace naive::runtime {

class OomKills;

/// A child process that has not been reaped yet, so that its pid cannot mean anybody else. Signals go through its pidfd.
/// Destroying the object leaves the process alone.
class Child {
 public:
  Child() = default;
  Child(pid_t pid, UniqueFd pidfd, LastWords last_words) noexcept
      : pid_(pid), pidfd_(std::move(pidfd)), last_words_(std::move(last_words)) {}
  /// One that this process has started before an exec, and has not reaped. Its last words are lost.
  static Child adopt(pid_t pid) noexcept;

  pid_t pid() const noexcept { return pid_; }
  /// False when the process has already ended.
  bool signal(int signal_number) noexcept;
  /// True from its end on, before it is reaped, too.
  bool has_ended() const noexcept;
  /// Whether it was us who sent SIGKILL.
  bool was_killed() const noexcept { return killed_; }
  /// What it has logged last, also after its death.
  std::vector<std::string> last_words() const { return last_words_.read(); }

 private:
  pid_t pid_ = 0;
  UniqueFd pidfd_;
  LastWords last_words_;
  bool killed_ = false;
};

/// What to execute, and with which arguments (without argv[0]).
struct Command {
  std::filesystem::path executable;
  std::vector<std::string> arguments;
  int input = -1;   // descriptor for its stdin instead of /dev/null
  int errors = -1;  // descriptor for its stderr instead of ours
};

/// Starts a process with posix_spawn(3): clean signal mask and dispositions, stdin from /dev/null, no descriptor but 0, 1,
/// 2 and that of its LastWords, a process group of its own (so that Ctrl-C reaches only whoever sits at the terminal). A failure of exec
/// itself is an error here, not a child that dies with 127. Call from the main thread only: the child's parent-death
/// signal is tied to the thread.
std::expected<Child, std::error_code> spawn(const Command& command);

/// For the start of a child's main: the kernel sends SIGKILL to this process when its parent dies, and if `parent` is
/// already dead it ends here and now. 0 (started by hand) does nothing.
void die_with_parent(pid_t parent);

/// As many descriptors as this user may have, for this process and all that it starts: the soft limit is for those who use
/// select(2), which nobody here does.
void raise_descriptor_limit() noexcept;

struct Death {
  pid_t pid;
  supervision::ExitReason reason;
};

/// The reason of a child's death, with a hint where it may have been killed for want of memory: SIGKILL that we did not send,
/// and a count that has grown.
supervision::ExitReason explain(const supervision::ExitReason& reason, const Child& child,
                                OomKills& oom_kills);

/// Reaps every child that has ended, strangers included, and tells each. One SIGCHLD may stand for many.
void reap(const std::function<void(const Death&)>& each);

/// The folder of the running executable: where the other processes of the same build or installation are.
std::filesystem::path executable_directory();

}  // namespace naive::runtime
