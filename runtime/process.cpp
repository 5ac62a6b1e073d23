#include "runtime/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

extern "C" {
// glibc 2.36's header forgets to say that these are C functions.
#include <sys/pidfd.h>
}

namespace naive::runtime {
namespace {

/// posix_spawn's attribute objects, owned.
class SpawnSetup {
 public:
  SpawnSetup() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);

    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                               POSIX_SPAWN_SETPGROUP);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

std::error_code system_error(int code) { return {code, std::generic_category()}; }

supervision::ExitReason exit_reason(const siginfo_t& info) {
  if (info.si_code == CLD_EXITED) return supervision::ExitReason::exited(info.si_status);
  return supervision::ExitReason::killed(info.si_status);
}

}  // namespace

bool Child::signal(int signal_number) const noexcept {
  return pidfd_ && ::pidfd_send_signal(pidfd_.get(), signal_number, nullptr, 0) == 0;
}

std::expected<Child, std::error_code> spawn(const Command& command) {
  static const SpawnSetup setup;

  std::string name = command.executable.filename().string();
  std::vector<std::string> arguments = command.arguments;
  std::vector<char*> argv{name.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  pid_t pid = 0;
  const int failure = ::posix_spawn(&pid, command.executable.c_str(), setup.actions(),
                                    setup.attributes(), argv.data(), environ);
  if (failure != 0) return std::unexpected(system_error(failure));

  // Until it is reaped the pid is pinned, so this cannot open a stranger.
  UniqueFd pidfd{::pidfd_open(pid, 0)};
  if (!pidfd) {
    const int open_failure = errno;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return std::unexpected(system_error(open_failure));
  }
  return Child{pid, std::move(pidfd)};
}

void die_with_parent(pid_t parent) {
  if (parent == 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before the line above; then we already belong to somebody else.
  if (::getppid() != parent) std::_Exit(EXIT_FAILURE);
}

void reap(const std::function<void(const Death&)>& each) {
  siginfo_t info{};
  while (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG) == 0 && info.si_pid != 0) {
    each({.pid = info.si_pid, .reason = exit_reason(info)});
    info = {};
  }
}

std::filesystem::path executable_directory() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

}  // namespace naive::runtime
