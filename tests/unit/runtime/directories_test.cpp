#include "runtime/directories.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <csignal>
#include <cstring>
#include <functional>

#include "runtime/program.h"
#include "runtime/publisher.h"
#include "tests/unit/runtime/temporary_directory.h"

namespace naive::runtime {
namespace {

using testing::HasSubstr;

StartError error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const StartError& error) {
    return error;
  }
  return StartError{kExitOk, "nothing was thrown"};
}

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777u;
}

void make_socket(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  const UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM, 0)};
  ASSERT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
}

TEST(PrivateDirectory, IsMadeWithItsParents) {
  TemporaryDirectory base;
  const auto directory = base.path() / "a/b/run";
  prepare_private_directory(directory, "run directory");
  EXPECT_EQ(mode_of(directory), 0700u);
  prepare_private_directory(directory, "run directory");  // and again
  EXPECT_TRUE(std::filesystem::is_empty(directory));
}

TEST(PrivateDirectory, MayBeWrittenWithASlashAtItsEnd) {
  TemporaryDirectory base;
  prepare_private_directory(base.path() / "run/", "run directory");
  EXPECT_EQ(mode_of(base.path() / "run"), 0700u);
}

TEST(PrivateDirectory, IsRefusedWhenOthersMayEnter) {
  TemporaryDirectory base;
  ::chmod(base.path().c_str(), 0750);
  const auto error = error_of([&] { prepare_private_directory(base.path(), "run directory"); });
  EXPECT_EQ(error.status(), kExitConfig);
  EXPECT_THAT(error.what(), HasSubstr("the run directory '" + base.path().string() +
                                      "' must be yours alone: chmod 700 it"));
}

TEST(PrivateDirectory, IsRefusedWhenItIsAFile) {
  TemporaryDirectory base;
  std::ofstream{base / "file"} << "x";
  const auto error = error_of([&] { prepare_private_directory(base / "file", "run directory"); });
  EXPECT_THAT(error.what(), HasSubstr("is not a directory"));
}

TEST(PrivateDirectory, IsRefusedWhenItCannotBeMade) {
  TemporaryDirectory base;
  std::ofstream{base / "file"} << "x";
  const auto error =
      error_of([&] { prepare_private_directory(base / "file/run", "run directory"); });
  EXPECT_EQ(error.status(), kExitConfig);
  EXPECT_THAT(error.what(), HasSubstr("cannot make the run directory"));
  EXPECT_THAT(error.what(), HasSubstr("choose another with --run-dir DIR"));
}

TEST(PrivateDirectory, IsRefusedWhenItCannotBeWritten) {
  // A file system that not even root can write to.
  const auto error = error_of([&] { prepare_private_directory("/proc/naive", "state directory"); });
  EXPECT_THAT(error.what(), HasSubstr("cannot make the state directory '/proc/naive'"));
  EXPECT_THAT(error.what(), HasSubstr("--state-dir DIR"));
}

TEST(Lock, KeepsASecondOneOutAndNamesTheFirst) {
  TemporaryDirectory base;
  const UniqueFd lock = lock_directory(base.path());
  const auto error = error_of([&] { lock_directory(base.path()); });
  EXPECT_EQ(error.status(), kExitTempFail);
  EXPECT_THAT(error.what(), HasSubstr("pid " + std::to_string(::getpid())));
  EXPECT_THAT(error.what(), HasSubstr("'" + base.path().string() + "'"));
}

TEST(Lock, EndsWithItsObject) {
  TemporaryDirectory base;
  { const UniqueFd lock = lock_directory(base.path()); }
  EXPECT_NO_THROW(lock_directory(base.path()));
}

TEST(Lock, EndsWithItsHolderEvenWhenThatIsKilled) {
  TemporaryDirectory base;
  const pid_t holder = ::fork();
  if (holder == 0) {
    const UniqueFd lock = lock_directory(base.path());
    std::ofstream{base / "held"} << "x";
    for (;;) ::pause();
  }
  for (int i = 0; i < 3000 && !std::filesystem::exists(base / "held"); ++i) ::usleep(1000);
  EXPECT_THAT(error_of([&] { lock_directory(base.path()); }).what(),
              HasSubstr("pid " + std::to_string(holder)));
  ::kill(holder, SIGKILL);
  ::waitpid(holder, nullptr, 0);
  EXPECT_NO_THROW(lock_directory(base.path()));
}

TEST(RemoveSockets, LeavesEverythingElse) {
  TemporaryDirectory base;
  const Sockets ours{base.path()};
  const auto all = {ours.control(), ours.events(), ours.supervision(), part_of(ours.feed(), "BTCUSDT"), ours.gateway(), part_of(ours.orders(), "BTCUSDT"), ours.leader("BTCUSDT")};
  for (const auto& socket : all) make_socket(socket);
  make_socket(base / "bus");  // of another program, as in $XDG_RUNTIME_DIR itself
  std::ofstream{base / "lock"} << "1";
  remove_sockets(base.path());
  for (const auto& socket : all) EXPECT_FALSE(std::filesystem::exists(socket)) << socket;
  EXPECT_TRUE(std::filesystem::exists(base / "bus"));
  EXPECT_TRUE(std::filesystem::exists(base / "lock"));
  remove_sockets(base / "no such directory");
}

TEST(DefaultDirectories, FollowTheEnvironment) {
  ::setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
  ::setenv("XDG_STATE_HOME", "/state", 1);
  EXPECT_EQ(default_run_directory(), "/run/user/7/naive");
  EXPECT_EQ(default_state_directory(), "/state/naive");
  ::unsetenv("XDG_RUNTIME_DIR");
  ::setenv("XDG_STATE_HOME", "", 1);  // empty is as good as not set
  ::setenv("HOME", "/home/ada", 1);
  EXPECT_EQ(default_run_directory(), "/tmp/naive-" + std::to_string(::getuid()));
  EXPECT_EQ(default_state_directory(), "/home/ada/.local/state/naive");
  ::unsetenv("HOME");
  EXPECT_THAT(error_of([] { default_state_directory(); }).what(), HasSubstr("--state-dir"));
}

TEST(Sockets, HaveTheNamesOfTheDesign) {
  const Sockets sockets{.directory = "/run"};
  EXPECT_EQ(sockets.control(), "/run/control");
  EXPECT_EQ(sockets.leader("BTCUSDT"), "/run/leader-BTCUSDT");
}

}  // namespace
}  // namespace naive::runtime
