#pragma once

#include <csignal>
#include <initializer_list>
#include <optional>

#include "runtime/unique_fd.h"

namespace naive::runtime {

/// Signals as something to read instead of something that interrupts: signalfd(2). Must be made first thing in main, so
/// that every later thread (ZeroMQ's own among them) inherits the blocked mask. Children get it reset by spawn().
class SignalFd {
 public:
  /// Blocks `signals` for the process. Those that its launcher ignored stay ignored, except SIGCHLD and SIGTERM. Throws
  /// std::system_error.
  explicit SignalFd(std::initializer_list<int> signals);

  int fd() const noexcept { return fd_.get(); }
  /// The next pending signal, or nullopt when there is none. One SIGCHLD may stand for many deaths.
  std::optional<int> read() noexcept;

 private:
  UniqueFd fd_;
};

}  // namespace naive::runtime
