#pragma once

#include <gtest/gtest.h>
#include <naive/v1/control.pb.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "naivectl/client.h"
#include "runtime/process.h"
#include "runtime/program.h"
#include "tests/unit/runtime/temporary_directory.h"

namespace naive::supervisor {

using namespace std::chrono_literals;

/// A real supervisor over fake children, in directories of its own. As a subreaper it would get whatever the supervisor
/// left behind, so an orphan fails the test.
class SupervisedWorld : public testing::Test {
 protected:
  SupervisedWorld() {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    std::filesystem::create_directory(bin());
    std::filesystem::create_directory(run());
    std::filesystem::permissions(run(), std::filesystem::perms::owner_all);
    const auto fake = runtime::executable_directory() / "fake_child";
    for (const char* name : {"binance_mock", "gateway", "streamer", "leader"}) {
      std::filesystem::create_symlink(fake, bin() / name);
    }
  }
  ~SupervisedWorld() override {
    if (pid_ != 0) {
      ::kill(pid_, SIGKILL);
      wait_for_exit();
    }
    EXPECT_EQ(leftovers(), 0) << "processes were left behind";
    if (HasFailure()) std::cerr << log();
  }

  static std::filesystem::path supervisor() {
    return runtime::executable_directory().parent_path() / "bin/supervisor";
  }
  std::filesystem::path bin() const { return directory_ / "bin"; }
  std::filesystem::path run() const { return directory_ / "run"; }
  std::filesystem::path state() const { return directory_ / "state"; }
  std::string log() const { return runtime::read_text(directory_ / "log"); }

  /// How a child behaves from its next start on; see fake_child.cpp.
  void behave(const std::string& who, const std::string& how) const {
    std::ofstream{run() / ("behave-" + who)} << how;
  }

  /// A second one is started by hand, with launch().
  void start(const std::string& config = "[symbols.BTCUSDT]\n[symbols.ETHUSDT]\n") {
    std::ofstream{directory_ / "c.toml"} << "[defaults]\nbudget = \"100\"\n" << config;
    pid_ = launch();
  }
  /// Two symbols, and everything runs.
  void start_all(const std::string& more = "") {
    start("[symbols.BTCUSDT]\n[symbols.ETHUSDT]\n" + more);
    ASSERT_TRUE(wait_for(kAll)) << log();
  }
  static inline const std::vector<std::string> kAll{
      "binance_mock", "gateway", "streamer", "BTCUSDT", "ETHUSDT", "BTCUSDT/0", "ETHUSDT/0"};
  pid_t launch(const std::string& first = "") const {
    const std::string command = first + "exec " + become_ + supervisor().string() + " --config " +
                                (directory_ / "c.toml").string() + " --run-dir " + run().string() +
                                " --state-dir " + state().string() + " --bin-dir " +
                                bin().string() + " 2>> " + (directory_ / "log").string();
    return runtime::spawn({.executable = "/bin/sh", .arguments = {"-c", command}}).value().pid();
  }
  void send_signal(int number) const { ::kill(pid_, number); }
  /// The supervisor's end, as a sentence.
  std::string wait_for_exit() { return wait_for_exit(std::exchange(pid_, 0)); }
  static std::string wait_for_exit(pid_t pid) {
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED);
    return (info.si_code == CLD_EXITED ? "exited " : "killed by ") + std::to_string(info.si_status);
  }
  /// Processes that came to us, a second after the supervisor's end at most.
  static int leftovers() {
    int count = 0;
    for (int i = 0; i < 1000; ++i) {
      siginfo_t info{};
      if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG) != 0) return 0;  // ECHILD: nobody
      if (info.si_pid == 0) ::usleep(1000);
    }
    siginfo_t info{};
    while (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG) == 0 && info.si_pid == 0 && count == 0)
      ++count;
    return count;
  }

  v1::ControlReply ask(const v1::ControlRequest& request) const {
    return naivectl::ask(run(), request, 15s);
  }
  v1::ControlReply start_trading(const std::string& symbol) const {
    v1::ControlRequest request;
    request.mutable_start_trading()->set_symbol(symbol);
    return ask(request);
  }
  v1::ControlReply stop_trading(const std::string& symbol) const {
    v1::ControlRequest request;
    request.mutable_stop_trading()->set_symbol(symbol);
    return ask(request);
  }
  v1::ControlReply restart_child(const std::string& name) const {
    v1::ControlRequest request;
    request.mutable_restart_child()->set_name(name);
    return ask(request);
  }
  v1::ControlReply terminate_child(const std::string& name) const {
    v1::ControlRequest request;
    request.mutable_terminate_child()->set_name(name);
    return ask(request);
  }
  v1::ControlReply kill_pid(pid_t pid) const {
    v1::ControlRequest request;
    request.mutable_kill()->set_pid(pid);
    return ask(request);
  }
  v1::SystemStatus status() const {
    v1::ControlRequest request;
    request.mutable_status();
    try {
      return ask(request).status();
    } catch (const runtime::StartError&) {
      return {};  // not there yet
    }
  }
  /// Name -> process, of all that run and are ready.
  std::map<std::string, pid_t> running() const {
    std::map<std::string, pid_t> pids;
    const v1::SystemStatus now = status();
    for (const auto& service : now.services()) {
      if (service.state() == "running") pids[service.name()] = service.pid();
    }
    for (const auto& symbol : now.symbols()) {
      if (symbol.state() == "running") pids[symbol.symbol()] = symbol.leader().pid();
      for (const auto& trader : symbol.traders()) {
        if (trader.pid() != 0)
          pids[symbol.symbol() + '/' + std::to_string(trader.slot())] = trader.pid();
      }
    }
    return pids;
  }
  std::string state_of(const std::string& symbol) const {
    const v1::SystemStatus now = status();
    for (const auto& row : now.symbols()) {
      if (row.symbol() == symbol) return row.state();
    }
    return "";
  }
  /// Waits until these run, and nothing else is asked for.
  bool wait_for(const std::vector<std::string>& names) const {
    return eventually([&] {
      const auto pids = running();
      return std::ranges::all_of(names,
                                 [&](const std::string& name) { return pids.contains(name); });
    });
  }
  bool wait_for_new(const std::string& name, pid_t old) const {
    return eventually([&] {
      const auto pids = running();
      return pids.contains(name) && pids.at(name) != old;
    });
  }
  static bool eventually(const std::function<bool()>& condition,
                         std::chrono::milliseconds limit = 10s) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (std::chrono::steady_clock::now() < end) {
      if (condition()) return true;
      ::usleep(2000);
    }
    return false;
  }
  v1::ControlReply restart_rolling(const std::string& symbol = "") const {
    v1::ControlRequest request;
    request.mutable_restart_rolling()->set_symbol(symbol);
    return ask(request);
  }
  v1::ControlReply upgrade(const std::filesystem::path& directory) const {
    v1::ControlRequest request;
    request.mutable_upgrade()->set_directory(directory);
    return ask(request);
  }
  /// The rolling restart or upgrade, once it is over.
  v1::Rollout rolled() const {
    v1::Rollout rollout;
    EXPECT_TRUE(eventually(
        [&] {
          rollout = status().rollout();
          return rollout.state() == v1::Rollout::DONE || rollout.state() == v1::Rollout::FAILED;
        },
        30s))
        << rollout.DebugString();
    return rollout;
  }

  static bool is_alive(pid_t pid) { return ::kill(pid, 0) == 0; }

  std::size_t lines_with(const std::string& text) const {
    const std::string all = log();
    std::size_t count = 0;
    for (auto at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) ++count;
    return count;
  }
  std::size_t sockets_left() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator{run()})
      count += entry.is_socket() ? 1u : 0u;
    return count;
  }

  runtime::TemporaryDirectory directory_;
  std::string become_{};  // a command before the supervisor's own
  pid_t pid_ = 0;
};

}  // namespace naive::supervisor
