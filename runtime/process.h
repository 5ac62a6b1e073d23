#pragma once

#include <sys/types.h>

#include <expected>
#include <filesystem>
#include <functional>
#include <string>
#include <system_error>
#include <vector>

#include "runtime/unique_fd.h"
#include "supervision/exit_reason.h"

namespace naive::runtime {

/// A child process that has not been reaped yet, so that its pid cannot mean anybody else. Signals go through its pidfd.
/// Destroying the object leaves the process alone.
class Child {
 public:
  Child() = default;
  Child(pid_t pid, UniqueFd pidfd) noexcept : pid_(pid), pidfd_(std::move(pidfd)) {}

  pid_t pid() const noexcept { return pid_; }
  /// False when the process has already ended.
  bool signal(int signal_number) const noexcept;

 private:
  pid_t pid_ = 0;
  UniqueFd pidfd_;
};

/// What to execute, and with which arguments (without argv[0]).
struct Command {
  std::filesystem::path executable;
  std::vector<std::string> arguments;
};

/// Starts a process with posix_spawn(3): clean signal mask and dispositions, stdin from /dev/null, no descriptor but 0, 1
/// and 2, a process group of its own (so that Ctrl-C reaches only whoever sits at the terminal). A failure of exec
/// itself is an error here, not a child that dies with 127. Call from the main thread only: the child's parent-death
/// signal is tied to the thread.
std::expected<Child, std::error_code> spawn(const Command& command);

/// For the start of a child's main: the kernel sends SIGKILL to this process when its parent dies, and if `parent` is
/// already dead it ends here and now. 0 (started by hand) does nothing.
void die_with_parent(pid_t parent);

struct Death {
  pid_t pid;
  supervision::ExitReason reason;
};

/// Reaps every child that has ended, strangers included, and tells each. One SIGCHLD may stand for many.
void reap(const std::function<void(const Death&)>& each);

/// The folder of the running executable: where the other processes of the same build or installation are.
std::filesystem::path executable_directory();

}  // namespace naive::runtime
