#include "runtime/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <functional>
#include <map>
#include <sstream>

#include "runtime/signal_fd.h"
#include "tests/unit/runtime/temporary_directory.h"

namespace naive::runtime {
namespace {

using supervision::ExitReason;

std::expected<Child, std::error_code> shell(const std::string& script) {
  return spawn({.executable = "/bin/sh", .arguments = {"-c", script}});
}

/// Waits, at most some seconds, until `count` children have ended.
std::map<pid_t, ExitReason> reap_all(std::size_t count) {
  std::map<pid_t, ExitReason> deaths;
  for (int i = 0; i < 5000 && deaths.size() < count; ++i) {
    reap([&](const Death& death) { deaths.emplace(death.pid, death.reason); });
    if (deaths.size() < count) ::usleep(1000);
  }
  return deaths;
}

/// What a child writes about itself.
std::string output_of(const std::string& script) {
  TemporaryDirectory directory;
  const auto child = shell("(" + script + ") > " + (directory / "out").string());
  EXPECT_TRUE(child.has_value());
  reap_all(1);
  return read_text(directory / "out");
}

TEST(Spawn, TellsHowTheChildEnded) {
  const auto three = shell("exit 3");
  const auto killed = shell("kill -9 $$");
  ASSERT_TRUE(three && killed);
  const auto deaths = reap_all(2);
  ASSERT_EQ(deaths.size(), 2u);
  EXPECT_EQ(deaths.at(three->pid()), ExitReason::exited(3));
  EXPECT_EQ(deaths.at(killed->pid()), ExitReason::killed(SIGKILL));
}

TEST(Spawn, FailureOfExecIsAnErrorAndLeavesNoChild) {
  EXPECT_EQ(spawn({.executable = "/no/such/file", .arguments = {}}).error().value(), ENOENT);
  TemporaryDirectory directory;
  std::ofstream{directory / "data"} << "no program";
  EXPECT_EQ(spawn({.executable = directory / "data", .arguments = {}}).error().value(), EACCES);
  EXPECT_EQ(spawn({.executable = directory.path(), .arguments = {}}).error().value(), EACCES);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(Child, HasEndedBeforeItIsReaped) {
  auto child = spawn({.executable = "/bin/sleep", .arguments = {"60"}});
  ASSERT_TRUE(child);
  EXPECT_FALSE(child->has_ended());
  child->signal(SIGKILL);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child->pid()), &info, WEXITED | WNOWAIT), 0);
  EXPECT_TRUE(child->has_ended());
  reap_all(1);
  EXPECT_TRUE(child->has_ended());
}

TEST(Spawn, GivesItsArgumentsAsTheyAre) {
  TemporaryDirectory directory;
  const auto out = (directory / "out").string();
  ASSERT_TRUE(
      spawn({.executable = "/bin/sh",
             .arguments = {"-c", "printf '%s|' \"$@\" > " + out, "sh", "a b", "", "$HOME"}}));
  reap_all(1);
  EXPECT_EQ(read_text(out), "a b||$HOME|");
}

TEST(Spawn, StandardInputIsEmpty) {
  EXPECT_EQ(output_of("readlink /proc/self/fd/0"), "/dev/null\n");
  EXPECT_EQ(output_of("cat; echo end"), "end\n");
}

TEST(Spawn, LeaksNoDescriptor) {
  const UniqueFd leak{
      ::open("/dev/null", O_RDONLY)};  // without O_CLOEXEC, as a careless library would
  const UniqueFd high{::fcntl(leak.get(), F_DUPFD, 500)};
  ASSERT_TRUE(leak && high);
  // 3 is for its last words, and ls has one of its own, for the directory that it reads.
  EXPECT_EQ(output_of("exec ls /proc/self/fd"), "0\n1\n2\n3\n4\n");
}

TEST(Spawn, WhatAServiceManagerTellsUsIsForUsAlone) {
  ::setenv("NOTIFY_SOCKET", "/run/systemd/notify", 1);
  ::setenv("WATCHDOG_USEC", "1", 1);
  ::setenv("WATCHDOG_PID", "1", 1);
  ::setenv("NAIVE_TEST", "kept", 1);
  EXPECT_EQ(output_of("env | grep -E '^(NOTIFY|WATCHDOG|NAIVE_TEST)'"), "NAIVE_TEST=kept\n");
  for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "NAIVE_TEST"}) {
    ::unsetenv(name);
  }
}

TEST(Spawn, StartsWithACleanSignalMaskAndDispositions) {
  sigset_t before;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
  {
    const SignalFd signals{SIGCHLD, SIGTERM, SIGINT, SIGHUP};
    std::signal(SIGPIPE, SIG_IGN);
    // Without 32 and 33, which glibc keeps for itself and resets as it likes.
    const std::string status = output_of("exec grep -E 'Sig(Blk|Ign)' /proc/self/status");
    std::istringstream lines{status};
    for (std::string name, mask; lines >> name >> mask;) {
      constexpr unsigned long long kInternal = 3ULL << 31;
      EXPECT_EQ(std::stoull(mask, nullptr, 16) & ~kInternal, 0u) << status;
    }
    std::signal(SIGPIPE, SIG_DFL);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST(Spawn, EachChildHasAProcessGroupOfItsOwn) {
  auto child = shell("sleep 10");
  ASSERT_TRUE(child);
  EXPECT_EQ(::getpgid(child->pid()), child->pid());
  EXPECT_NE(::getpgid(0), child->pid());
  child->signal(SIGKILL);
  reap_all(1);
}

TEST(Child, SignalsReachItUntilItHasEnded) {
  auto child = shell("exec sleep 10");
  ASSERT_TRUE(child);
  EXPECT_TRUE(child->signal(SIGTERM));
  EXPECT_EQ(reap_all(1).at(child->pid()), ExitReason::killed(SIGTERM));
  EXPECT_FALSE(child->signal(SIGTERM));
}

TEST(Child, ThatNeverWasCannotBeSignalled) { EXPECT_FALSE(Child{}.signal(SIGTERM)); }

TEST(Reap, FindsEveryDeathBehindOneSignal) {
  constexpr std::size_t kMany = 30;
  for (std::size_t i = 0; i < kMany; ++i) ASSERT_TRUE(shell("exit 0"));
  EXPECT_EQ(reap_all(kMany).size(), kMany);
}

TEST(Reap, TakesStrangersToo) {
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  auto child = shell("(sleep 0.05; exit 7) & exit 0");  // the inner one becomes ours
  ASSERT_TRUE(child);
  const auto deaths = reap_all(2);
  EXPECT_EQ(deaths.size(), 2u);
  EXPECT_EQ(deaths.at(child->pid()), ExitReason::exited(0));
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

TEST(Reap, IgnoresStopsAndNothingAtAll) {
  int deaths = 0;
  const auto count = [&](const Death&) { ++deaths; };
  reap(count);
  auto child = shell("exec sleep 10");
  ASSERT_TRUE(child);
  child->signal(SIGSTOP);
  siginfo_t stopped{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child->pid()), &stopped, WSTOPPED | WNOWAIT), 0);
  reap(count);
  EXPECT_EQ(deaths, 0);
  child->signal(SIGKILL);
  reap_all(1);
}

/// True when the other end of the pipe is closed within some seconds.
bool hangs_up(int fd) {
  pollfd poll_fd{.fd = fd, .events = POLLIN, .revents = 0};
  char byte = 0;
  return ::poll(&poll_fd, 1, 5000) == 1 && ::read(fd, &byte, 1) == 0;
}

TEST(DieWithParent, TheChildOfAKilledParentIsGoneAtOnce) {
  std::array<int, 2> ends{};
  std::array<int, 2> armed{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ASSERT_EQ(::pipe(armed.data()), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    const pid_t self = ::getpid();
    if (::fork() == 0) {
      die_with_parent(self);
      [[maybe_unused]] const auto told = ::write(armed[1], "!", 1);
      for (;;) ::pause();  // holds the pipe open for as long as it lives
    }
    char byte = 0;
    [[maybe_unused]] const auto heard = ::read(armed[0], &byte, 1);
    ::kill(self, SIGKILL);
  }
  ::close(ends[1]);
  EXPECT_TRUE(hangs_up(ends[0]));
  for (const int fd : {ends[0], armed[0], armed[1]}) ::close(fd);
  reap_all(1);
}

TEST(DieWithParent, WhoseParentIsDeadAlreadyEndsItself) {
  const pid_t child = ::fork();
  if (child == 0) {
    die_with_parent(::getpid());  // certainly not its parent
    std::_Exit(0);
  }
  EXPECT_EQ(reap_all(1).at(child), ExitReason::exited(EXIT_FAILURE));
}

TEST(DieWithParent, DoesNothingToWhoWasStartedByHand) {
  const pid_t child = ::fork();
  if (child == 0) {
    die_with_parent(0);
    std::_Exit(42);
  }
  EXPECT_EQ(reap_all(1).at(child), ExitReason::exited(42));
}

TEST(SignalFd, TellsWhatIsPendingAndThenNothing) {
  sigset_t before;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
  {
    SignalFd signals{SIGUSR1, SIGUSR2};
    EXPECT_EQ(signals.read(), std::nullopt);
    ::raise(SIGUSR2);
    EXPECT_EQ(signals.read(), SIGUSR2);
    EXPECT_EQ(signals.read(), std::nullopt);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

/// In a process of its own: dispositions belong to the whole process.
int with_all_ignored(const std::function<int()>& test) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) std::signal(signal, SIG_IGN);
    std::_Exit(test());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(SignalFd, WhatTheLauncherIgnoredStaysIgnored) {
  EXPECT_EQ(with_all_ignored([] {
              SignalFd signals{SIGCHLD, SIGTERM, SIGINT, SIGHUP};
              ::raise(SIGINT);
              ::raise(SIGHUP);
              return signals.read().value_or(0);
            }),
            0);
}

TEST(SignalFd, NobodyTakesAwayTheEndOfAChildNorOurOwn) {
  EXPECT_EQ(with_all_ignored([] {
              SignalFd signals{SIGCHLD, SIGTERM, SIGINT, SIGHUP};
              const auto child = shell("exit 3");
              pollfd readable{.fd = signals.fd(), .events = POLLIN, .revents = 0};
              if (!child || ::poll(&readable, 1, 10'000) != 1) return 1;
              if (signals.read() != SIGCHLD || !reap_all(1).contains(child->pid())) return 2;
              ::raise(SIGTERM);
              return signals.read().value_or(3);
            }),
            SIGTERM);
}

TEST(ExecutableDirectory, IsWhereThisTestIs) {
  EXPECT_TRUE(std::filesystem::exists(executable_directory() / "test_runtime"));
}

}  // namespace
}  // namespace naive::runtime
