// Cases of OTP's supervisor_SUITE under their names there, with real processes. Those that need none, and what OTP's words mean
// here, are in otp_tree_test.cpp.

#include <gmock/gmock.h>

#include "tests/unit/supervisor/supervised_world.h"

namespace naive::supervisor {
namespace {

using testing::HasSubstr;
using testing::Not;

class OtpSupervisor : public SupervisedWorld {
 protected:
  /// Starts the supervisor by an exec of a shell that had this in the background. Returns its pid, which now is a child of ours that
  /// nobody has asked for: temporary.
  pid_t start_with_temporary_child(const std::string& command) {
    std::ofstream{directory_ / "c.toml"}
        << "[defaults]\nbudget = \"100\"\n[symbols.BTCUSDT]\n[symbols.ETHUSDT]\n";
    pid_ = launch(command + " & echo $! > " + (directory_ / "temporary").string() + "; ");
    EXPECT_TRUE(wait_for(kAll));
    return std::stoi(runtime::read_text(directory_ / "temporary"));
  }
  void expect_reaped_and_not_restarted(pid_t temporary,
                                       const std::map<std::string, pid_t>& others) {
    EXPECT_TRUE(eventually([&] { return !is_alive(temporary); }));
    EXPECT_EQ(running(), others);
    EXPECT_THAT(log(), Not(HasSubstr("died")));
  }
  void expect_temporary(int signal_number) {
    const pid_t temporary = start_with_temporary_child("sleep 1000");
    const auto others = running();
    ::kill(temporary, signal_number);
    expect_reaped_and_not_restarted(temporary, others);
  }
  pid_t stray() const {
    EXPECT_TRUE(eventually([&] { return !runtime::read_text(run() / "stray").empty(); }));
    return std::stoi(runtime::read_text(run() / "stray"));
  }
};

TEST_F(OtpSupervisor, one_for_one) {
  start_all();
  auto before = running();
  ::kill(before.at("gateway"), SIGKILL);
  ASSERT_TRUE(wait_for_new("gateway", before.at("gateway")));
  auto after = running();
  before.erase("gateway");
  after.erase("gateway");
  EXPECT_EQ(before, after);
  EXPECT_THAT(log(), HasSubstr("gateway died - reason killed by SIGKILL"));
}

// A leader and its traders live and die together.
TEST_F(OtpSupervisor, one_for_all) {
  start_all();
  const auto before = running();
  ::kill(before.at("BTCUSDT"), SIGKILL);
  ASSERT_TRUE(wait_for_new("BTCUSDT", before.at("BTCUSDT")));
  EXPECT_FALSE(is_alive(before.at("BTCUSDT/0")));  // reaped before the new leader was started
  ASSERT_TRUE(wait_for_new("BTCUSDT/0", before.at("BTCUSDT/0")));
  const auto after = running();
  EXPECT_EQ(after.at("ETHUSDT"), before.at("ETHUSDT"));
  EXPECT_EQ(after.at("ETHUSDT/0"), before.at("ETHUSDT/0"));
}

TEST_F(OtpSupervisor, temporary_normal) {
  const auto pipe = directory_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const pid_t temporary = start_with_temporary_child("cat " + pipe.string());
  const auto others = running();
  std::ofstream{pipe};  // the end of the file, so cat exits with 0
  expect_reaped_and_not_restarted(temporary, others);
}

TEST_F(OtpSupervisor, temporary_shutdown) { expect_temporary(SIGTERM); }

TEST_F(OtpSupervisor, temporary_abnormal) { expect_temporary(SIGSEGV); }

// What nobody asked for goes with the next death beside it; that costs nobody else anything.
TEST_F(OtpSupervisor, temporary_bystander) {
  behave("leader-ETHUSDT", "forks");
  start_all();
  const pid_t bystander = stray();
  auto before = running();
  ::kill(before.at("BTCUSDT"), SIGKILL);
  ASSERT_TRUE(wait_for_new("BTCUSDT", before.at("BTCUSDT")));
  EXPECT_FALSE(is_alive(bystander));
  ASSERT_TRUE(wait_for_new("BTCUSDT/0", before.at("BTCUSDT/0")));
  auto after = running();
  for (const char* name : {"BTCUSDT", "BTCUSDT/0"}) before.erase(name), after.erase(name);
  EXPECT_EQ(after, before);
}

// A child that has cut every tie to us cannot hang the stop of its symbol, nor outlive it.
TEST_F(OtpSupervisor, child_unlink) {
  behave("leader-BTCUSDT", "forks");
  start_all();
  const pid_t unlinked = stray();
  EXPECT_TRUE(stop_trading("BTCUSDT").ok());
  EXPECT_FALSE(is_alive(unlinked));
}

// A pid that is not ours is refused, and not killed.
TEST_F(OtpSupervisor, child_adm_simple) {
  const pid_t foreigner = start_with_temporary_child("sleep 1000");
  const auto before = running();
  EXPECT_EQ(kill_pid(foreigner).error().code(), "not_found");
  EXPECT_EQ(kill_pid(pid_).error().code(), "not_found");
  EXPECT_EQ(kill_pid(1).error().code(), "not_found");
  EXPECT_EQ(kill_pid(0).error().code(), "bad_request");
  EXPECT_TRUE(kill_pid(before.at("ETHUSDT/0")).ok());  // by its leader, on our word
  EXPECT_TRUE(kill_pid(before.at("BTCUSDT")).ok());
  EXPECT_TRUE(wait_for_new("BTCUSDT", before.at("BTCUSDT")));
  EXPECT_TRUE(is_alive(foreigner));
  ::kill(foreigner, SIGKILL);
}

// Names lead to the new process after whatever has happened, and an old pid to nobody. When the top is gone nothing is left to
// lead to, and the next one finds its premises free.
TEST_F(OtpSupervisor, simple_global_supervisor) {
  start_all();
  const auto expect_new = [&](const std::string& name, pid_t old) {
    EXPECT_TRUE(wait_for_new(name, old)) << name;
    EXPECT_EQ(kill_pid(old).error().code(), "not_found") << name;
  };
  for (const char* name : {"streamer", "BTCUSDT"}) {
    const pid_t old = running().at(name);
    ::kill(old, SIGKILL);
    expect_new(name, old);
  }
  const pid_t stopped = running().at("gateway");
  ::kill(stopped, SIGTERM);  // exit 0 that nobody had asked for
  expect_new("gateway", stopped);
  const pid_t restarted = running().at("gateway");
  EXPECT_TRUE(terminate_child("gateway").ok());
  EXPECT_FALSE(running().contains("gateway"));
  EXPECT_TRUE(restart_child("gateway").ok());
  expect_new("gateway", restarted);
  ASSERT_TRUE(wait_for(kAll));

  const auto before = running();
  send_signal(SIGKILL);
  wait_for_exit();
  EXPECT_TRUE(eventually(
      [&] {
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {
        }
        return std::ranges::none_of(before,
                                    [](const auto& entry) { return is_alive(entry.second); });
      },
      1s));
  v1::ControlRequest request;
  request.mutable_status();
  EXPECT_THROW(ask(request), runtime::StartError);
  start();
  EXPECT_TRUE(wait_for(kAll));
}

// While a child hangs in its restart everything about it is answered at once, and it can be stopped.
TEST_F(OtpSupervisor, hanging_restart_loop) {
  start_all();
  behave("leader-BTCUSDT", "slow 3600000");
  const pid_t old = running().at("BTCUSDT");
  ::kill(old, SIGKILL);
  ASSERT_TRUE(eventually([&] { return state_of("BTCUSDT") == "starting"; }));
  EXPECT_EQ(start_trading("BTCUSDT").error().code(), "already_started");
  EXPECT_EQ(restart_child("leader BTCUSDT").error().code(), "running");
  EXPECT_TRUE(terminate_child("leader BTCUSDT").ok());
  EXPECT_EQ(state_of("BTCUSDT"), "stopped");
  EXPECT_TRUE(stop_trading("BTCUSDT").ok());
}

TEST_F(OtpSupervisor, hanging_restart_loop_does_not_hang_the_stop) {
  start_all();
  behave("leader-BTCUSDT", "slow 3600000");
  behave("gateway", "slow 3600000");
  const auto before = running();
  for (const char* name : {"BTCUSDT", "gateway"}) ::kill(before.at(name), SIGKILL);
  ASSERT_TRUE(eventually([&] { return state_of("BTCUSDT") == "starting"; }));
  send_signal(SIGTERM);
  EXPECT_EQ(wait_for_exit(), "exited 0");
}

// A service that cannot start at all reaches the top, with its own words.
TEST_F(OtpSupervisor, faulty_application_shutdown) {
  behave("gateway", "fail port port 8080 is in use; choose another");
  start();
  EXPECT_EQ(wait_for_exit(), "exited 78");
  EXPECT_EQ(lines_with(" error "), 1u);
  EXPECT_THAT(
      log(),
      HasSubstr(
          "gateway cannot start, and is left alone - reason port 8080 is in use; choose another"));
  EXPECT_EQ(sockets_left(), 0u);
}

}  // namespace
}  // namespace naive::supervisor
