#include "runtime/directories.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "runtime/program.h"

namespace naive::runtime {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> environment_path(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return fs::path{value};
}

std::string read_pid(int fd) {
  std::array<char, 32> text{};
  const ssize_t length = ::pread(fd, text.data(), text.size() - 1, 0);
  return length > 0 ? std::string{text.data(), static_cast<std::size_t>(length)} : "unknown";
}

/// The names of Sockets.
bool is_ours(const fs::path& socket) {
  const Sockets ours{socket.parent_path()};
  for (const auto& name : {ours.control(), ours.events(), ours.supervision(), ours.gateway()}) {
    if (socket == name) return true;
  }
  for (const auto& name : {ours.leader(""), ours.feed() += '-', ours.orders() += '-'}) {
    if (socket.native().starts_with(name.native())) return true;
  }
  return false;
}

}  // namespace

fs::path default_run_directory() {
  if (const auto base = environment_path("XDG_RUNTIME_DIR")) return *base / "naive";
  return fmt::format("/tmp/naive-{}", ::getuid());
}

fs::path default_state_directory() {
  if (const auto base = environment_path("XDG_STATE_HOME")) return *base / "naive";
  if (const auto home = environment_path("HOME")) return *home / ".local/state/naive";
  throw ConfigError(
      "neither XDG_STATE_HOME nor HOME is set; say where to keep state: --state-dir DIR");
}

void prepare_private_directory(const fs::path& given, std::string_view what) {
  const fs::path directory = given.has_filename() ? given : given.parent_path();  // "dir/" is "dir"
  std::error_code failure;
  if (directory.has_parent_path()) fs::create_directories(directory.parent_path(), failure);
  struct stat status {};
  if (!failure && ((::mkdir(directory.c_str(), S_IRWXU) != 0 && errno != EEXIST) ||
                   ::stat(directory.c_str(), &status) != 0)) {
    failure = {errno, std::generic_category()};
  }
  if (failure) {
    throw ConfigError(fmt::format("cannot make the {} '{}': {}; choose another with --{}-dir DIR",
                                  what, directory.string(), failure.message(),
                                  what.substr(0, what.find(' '))));
  }
  if (!S_ISDIR(status.st_mode)) {
    throw ConfigError(fmt::format("the {} '{}' is not a directory", what, directory.string()));
  }
  if (status.st_uid != ::getuid() || (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw ConfigError(
        fmt::format("the {} '{}' must be yours alone: chmod 700 it, or choose another", what,
                    directory.string()));
  }
  const auto probe = directory / fmt::format(".probe-{}", ::getpid());
  const UniqueFd file{::open(probe.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (!file) {
    throw ConfigError(fmt::format("cannot write to the {} '{}': {}", what, directory.string(),
                                  std::strerror(errno)));
  }
  ::unlink(probe.c_str());
}

UniqueFd lock_directory(const fs::path& directory) {
  const auto path = directory / "lock";
  UniqueFd lock{::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (!lock) {
    throw ConfigError(fmt::format("cannot open '{}': {}", path.string(), std::strerror(errno)));
  }
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    throw StartError(kExitTempFail,
                     fmt::format("another supervisor (pid {}) is using '{}'; stop it, or choose "
                                 "another place with --run-dir and --state-dir",
                                 read_pid(lock.get()), directory.string()));
  }
  const std::string pid = std::to_string(::getpid());
  if (::ftruncate(lock.get(), 0) != 0 || ::pwrite(lock.get(), pid.data(), pid.size(), 0) < 0) {
    throw ConfigError(fmt::format("cannot write '{}': {}", path.string(), std::strerror(errno)));
  }
  return lock;
}

void remove_sockets(const fs::path& directory) noexcept {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{directory, ignored}) {
    if (is_ours(entry.path()) && entry.is_socket(ignored)) fs::remove(entry.path(), ignored);
  }
}

fs::path Sockets::leader(std::string_view symbol) const {
  return directory / fmt::format("leader-{}", symbol);
}

}  // namespace naive::runtime
