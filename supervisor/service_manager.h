#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <chrono>
#include <optional>
#include <string>

#include "runtime/unique_fd.h"

namespace naive::supervisor {

/// What systemd, or whoever speaks its protocol, is told: sd_notify(3), sd_watchdog_enabled(3). Silent when there is nobody.
class ServiceManager {
 public:
  /// Finds it in the environment.
  ServiceManager();

  bool is_there() const { return static_cast<bool>(socket_); }
  /// Everything works that is needed by everything else. Told once.
  void ready();
  void stopping() { send("STOPPING=1"); }
  /// A line for people. Told when it changes.
  void status(const std::string& line);
  void alive() { send("WATCHDOG=1"); }
  /// How often to call alive(): twice in the time after which we would be taken for dead. Never when nobody watches us.
  std::optional<std::chrono::milliseconds> watchdog_interval() const { return watchdog_interval_; }

 private:
  void send(const std::string& message);

  runtime::UniqueFd socket_;
  sockaddr_un address_{};
  socklen_t address_size_ = 0;
  std::optional<std::chrono::milliseconds> watchdog_interval_;
  bool ready_ = false;
  std::string status_;
};

}  // namespace naive::supervisor
