#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "runtime/log.h"

namespace naive::runtime {

/// Exit statuses of every process: sysexits(3), and the shell's for one that a signal has ended.
enum ExitStatus : int {
  kExitOk = 0,
  kExitUsage = 64,
  kExitDataError = 65,
  kExitNoInput = 66,
  kExitUnavailable = 69,
  kExitSoftware = 70,
  kExitCannotCreate = 73,
  kExitTempFail = 75,
  kExitConfig = 78,
  kExitTerminated = 143,
};

/// A process cannot start, and why: a clear line that names the value and the way out. Only main catches it.
class StartError : public std::runtime_error {
 public:
  StartError(ExitStatus status, const std::string& message)
      : std::runtime_error(message), status_(status) {}
  ExitStatus status() const noexcept { return status_; }

 private:
  ExitStatus status_;
};

/// Something in the surroundings (a file, a directory, a setting) is not as it must be: exit 78.
class ConfigError : public StartError {
 public:
  explicit ConfigError(const std::string& message) : StartError(kExitConfig, message) {}
};

/// Runs `body` and turns what it throws into one log line and an exit status: StartError its own, anything else 70.
template <class Body>
int run_main(Body&& body) noexcept {
  try {
    return body();
  } catch (const StartError& error) {
    log::error(error.what());
    return error.status();
  } catch (const std::exception& error) {
    log::error(error.what());
    return kExitSoftware;
  }
}

}  // namespace naive::runtime
