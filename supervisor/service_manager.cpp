#include "supervisor/service_manager.h"

#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

namespace naive::supervisor {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

/// Half of WATCHDOG_USEC, when it is meant for us: WATCHDOG_PID may name another.
std::optional<std::chrono::milliseconds> half_of_watchdog_time() {
  const std::string_view pid = variable("WATCHDOG_PID");
  if (!pid.empty() && pid != std::to_string(::getpid())) return std::nullopt;
  const std::chrono::microseconds time{std::atoll(std::string{variable("WATCHDOG_USEC")}.c_str())};
  const auto half = std::chrono::duration_cast<std::chrono::milliseconds>(time / 2);
  return half > half.zero() ? std::optional{half} : std::nullopt;
}

}  // namespace

ServiceManager::ServiceManager() {
  const std::string_view path = variable("NOTIFY_SOCKET");
  const bool fits = !path.empty() && path.size() < sizeof address_.sun_path;
  if (!fits || (path[0] != '/' && path[0] != '@')) return;
  address_.sun_family = AF_UNIX;
  std::memcpy(address_.sun_path, path.data(), path.size());
  if (path[0] == '@') address_.sun_path[0] = '\0';  // an abstract one, unix(7)
  address_size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  socket_ = runtime::UniqueFd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  watchdog_interval_ = half_of_watchdog_time();
}

void ServiceManager::ready() {
  if (!std::exchange(ready_, true)) send("READY=1");
}

void ServiceManager::status(const std::string& line) {
  if (std::exchange(status_, line) != line) send("STATUS=" + line);
}

/// Best effort: who does not listen will say so by killing us.
void ServiceManager::send(const std::string& message) {
  if (!socket_) return;
  ::sendto(socket_.get(), message.data(), message.size(), MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&address_), address_size_);
}

}  // namespace naive::supervisor
