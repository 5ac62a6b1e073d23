#include "runtime/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string_view>

#include "runtime/oom_kills.h"

extern "C" {
// glibc 2.36's header forgets to say that these are C functions.
#include <sys/pidfd.h>
}

namespace naive::runtime {
namespace {

/// posix_spawn's attribute objects, owned.
class SpawnSetup {
 public:
  /// `last_words`: the descriptor to be handed on as LastWords::kFd; -1: none.
  SpawnSetup(const Command& command, int last_words) {
    posix_spawn_file_actions_init(&actions_);
    if (command.input < 0) {
      posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    } else {
      posix_spawn_file_actions_adddup2(&actions_, command.input, STDIN_FILENO);
    }
    if (command.errors >= 0) posix_spawn_file_actions_adddup2(&actions_, command.errors, STDERR_FILENO);
    if (last_words >= 0) posix_spawn_file_actions_adddup2(&actions_, last_words, LastWords::kFd);
    posix_spawn_file_actions_addclosefrom_np(
        &actions_, last_words >= 0 ? LastWords::kFd + 1 : STDERR_FILENO + 1);

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
  const auto killed = supervision::ExitReason::killed(info.si_status);
  return info.si_code == CLD_DUMPED ? killed.with(supervision::ExitReason::Note::kCoreDumped) : killed;
}

/// Ours, without what a service manager tells its own child alone: sd_notify(3), sd_watchdog_enabled(3).
std::vector<char*> inherited_environment() {
  constexpr std::string_view kOurs[] = {"NOTIFY_SOCKET=", "WATCHDOG_USEC=", "WATCHDOG_PID="};
  std::vector<char*> kept;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const auto is_it = [&](std::string_view name) { return std::string_view{*variable}.starts_with(name); };
    if (std::ranges::none_of(kOurs, is_it)) kept.push_back(*variable);
  }
  kept.push_back(nullptr);
  return kept;
}

}  // namespace

Child Child::adopt(pid_t pid) noexcept {
  return {pid, UniqueFd{::pidfd_open(pid, 0)}, LastWords{}};
}

bool Child::signal(int signal_number) noexcept {
  if (signal_number == SIGKILL) killed_ = true;
  return pidfd_ && ::pidfd_send_signal(pidfd_.get(), signal_number, nullptr, 0) == 0;
}

bool Child::has_ended() const noexcept {
  pollfd ended{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
  return pidfd_ && ::poll(&ended, 1, 0) == 1;
}

std::expected<Child, std::error_code> spawn(const Command& command) {
  auto [last_words, last_words_fd] = LastWords::make();
  const SpawnSetup setup{command, last_words_fd.get()};

  std::string name = command.executable.filename().string();
  std::vector<std::string> arguments = command.arguments;
  std::vector<char*> argv{name.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  pid_t pid = 0;
  const int failure = ::posix_spawn(&pid, command.executable.c_str(), setup.actions(),
                                    setup.attributes(), argv.data(), inherited_environment().data());
  if (failure != 0) return std::unexpected(system_error(failure));

  // Until it is reaped the pid is pinned, so this cannot open a stranger.
  UniqueFd pidfd{::pidfd_open(pid, 0)};
  if (!pidfd) {
    const int open_failure = errno;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return std::unexpected(system_error(open_failure));
  }
  return Child{pid, std::move(pidfd), std::move(last_words)};
}

void die_with_parent(pid_t parent) {
  if (parent == 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before the line above; then we already belong to somebody else.
  if (::getppid() != parent) std::_Exit(EXIT_FAILURE);
}

void raise_descriptor_limit() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

supervision::ExitReason explain(const supervision::ExitReason& reason, const Child& child,
                                OomKills& oom_kills) {
  if (!reason.killed_by(SIGKILL) || child.was_killed() || !oom_kills.have_grown()) return reason;
  return reason.with(supervision::ExitReason::Note::kOutOfMemory);
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
