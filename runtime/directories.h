#pragma once

#include <filesystem>
#include <string_view>

#include "runtime/unique_fd.h"

namespace naive::runtime {

/// $XDG_RUNTIME_DIR/naive, else /tmp/naive-$UID.
std::filesystem::path default_run_directory();
/// $XDG_STATE_HOME/naive, else ~/.local/state/naive.
std::filesystem::path default_state_directory();

/// Makes the directory (mode 0700) if it is not there and checks that this user owns it, that
/// nobody else may enter it and that files can be made in it. Throws ConfigError.
void prepare_private_directory(const std::filesystem::path& directory, std::string_view what);

/// A lock on `directory`/lock for as long as the result lives: the kernel drops it even after
/// SIGKILL. Throws StartError (75) that names the pid of the holder.
UniqueFd lock_directory(const std::filesystem::path& directory);

/// Removes the socket files of a run directory: what a predecessor that was killed has left behind, or
/// what our own children have. Others' may be there, too. Only for whoever holds the directory's lock.
void remove_sockets(const std::filesystem::path& directory) noexcept;

/// The sockets of a run directory, by the names of the design.
struct Sockets {
  std::filesystem::path directory;

  std::filesystem::path control() const { return directory / "control"; }
  std::filesystem::path events() const { return directory / "events"; }
  std::filesystem::path supervision() const { return directory / "supervision"; }
  std::filesystem::path feed() const { return directory / "feed"; }  // a Publisher's, as orders()
  std::filesystem::path gateway() const { return directory / "gateway"; }
  std::filesystem::path orders() const { return directory / "orders"; }
  std::filesystem::path leader(std::string_view symbol) const;
};

}  // namespace naive::runtime
