#include "runtime/signal_fd.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace naive::runtime {
namespace {

/// exec keeps what the launcher ignores: nohup(1) SIGHUP, a script SIGINT of what it runs in the background. Both mean it.
/// That nobody dies, or that nobody can stop us, nobody means.
bool stays_ignored(int signal) {
  if (signal == SIGCHLD || signal == SIGTERM) {
    std::signal(signal, SIG_DFL);
    return false;
  }
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

SignalFd::SignalFd(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) {
    if (!stays_ignored(signal)) sigaddset(&set, signal);  // a blocked signal is queued even when it is ignored
  }
  if (::pthread_sigmask(SIG_BLOCK, &set, nullptr) != 0) {
    throw std::system_error(errno, std::generic_category(), "pthread_sigmask");
  }
  fd_ = UniqueFd{::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC)};
  if (!fd_) throw std::system_error(errno, std::generic_category(), "signalfd");
}

std::optional<int> SignalFd::read() noexcept {
  signalfd_siginfo info{};
  if (::read(fd_.get(), &info, sizeof info) != sizeof info) return std::nullopt;
  return static_cast<int>(info.ssi_signo);
}

}  // namespace naive::runtime
