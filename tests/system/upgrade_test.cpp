// The real system goes over to other executables, which are the same under another name.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <future>

#include "tests/support/audit.h"
#include "tests/support/system.h"

namespace naive::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSymbol = "XRPUSDT";

class Upgrade : public testing::Test {
 protected:
  Upgrade() {
    for (const char* name :
         {"supervisor", "leader", "trader", "gateway", "streamer", "binance_mock"}) {
      std::error_code other_file_system;
      fs::create_hard_link(fs::path{NAIVE_BIN} / name, next_.path() / name, other_file_system);
      if (other_file_system) fs::copy_file(fs::path{NAIVE_BIN} / name, next_.path() / name);
    }
  }

  v1::ControlReply upgrade(System& system, const fs::path& directory) const {
    v1::ControlRequest request;
    request.mutable_upgrade()->set_directory(directory);
    return system.ask(request);
  }
  static void until_rolled(System& system, const fs::path& directory) {
    v1::Rollout rollout;
    system.until("the upgrade is over", [&] {
      rollout = system.status().rollout();
      return rollout.state() != v1::Rollout::RUNNING;
    });
    EXPECT_EQ(rollout.state(), v1::Rollout::DONE) << rollout.DebugString();
    EXPECT_EQ(rollout.to(), fs::canonical(directory)) << rollout.DebugString();
  }
  static fs::path executable_of(pid_t pid) {
    return fs::read_symlink(fmt::format("/proc/{}/exe", pid));
  }

  TemporaryDirectory next_;
};

TEST_F(Upgrade, TouchesNoOpenOrderAndNoProcessButOneAfterTheOther) {
  System system{fmt::format("[symbols.{}]\n", kSymbol)};
  system.until_running(kSymbol);
  system.exchange().step(kSymbol, "0.43183");
  system.until_phase(kSymbol, "BUY_OPEN");
  const auto before = system.trader(kSymbol);
  const std::vector<pid_t> processes = system.left_behind();

  system.arm("supervisor.upgrade.resumed");
  auto answer = std::async(std::launch::async, [&] { return upgrade(system, next_.path()); });
  EXPECT_EQ(system.until_stopped_at("supervisor.upgrade.resumed"), system.supervisor());
  EXPECT_THAT(system.left_behind(), testing::UnorderedElementsAreArray(processes));
  EXPECT_EQ(executable_of(system.supervisor()), next_.path() / "supervisor");
  ::kill(system.supervisor(), SIGCONT);
  EXPECT_TRUE(answer.get().ok());
  until_rolled(system, next_.path());

  const auto after = system.trader(kSymbol);
  EXPECT_EQ(executable_of(after.pid()), next_.path() / "trader");
  EXPECT_EQ(after.cycle(), before.cycle());
  EXPECT_EQ(after.buy_order().client_order_id(), before.buy_order().client_order_id());
  EXPECT_THAT(system.ask_raw(R"({"status": {}})"),
              testing::HasSubstr(R"("rollout": {"purpose": "UPGRADE", "state": "DONE", )"));
  ASSERT_EQ(system.exchange().ledger().orders.size(), 1U);
  EXPECT_EQ(system.exchange().ledger().orders[0].status, "NEW");

  ::kill(after.pid(), SIGKILL);
  system.until("its successor runs", [&] {
    const auto now = system.trader(kSymbol);
    return now.pid() != after.pid() && now.state() == "running" && now.phase() == "BUY_OPEN";
  });
  system.exchange().step(kSymbol, "0.4307");
  system.until_phase(kSymbol, "SELL_OPEN");
  system.exchange().step(kSymbol, "0.4319");
  system.until("the cycle is finished", [&] { return system.trader(kSymbol).cycle() == 2; });
  system.stop_trading(kSymbol);
  const Audit result = audit(system.exchange().ledger(), system.state_directory());
  EXPECT_TRUE(result.is_clean()) << result.to_string() << system.log();
  EXPECT_EQ(result.cycles, 1U);
  EXPECT_EQ(system.stop(SIGTERM), 0);
  EXPECT_TRUE(system.left_behind().empty());
}

TEST_F(Upgrade, ThereAndBackWhileItTrades) {
  System system{"[symbols.BTCUSDT]\nchunks = 2\n[symbols.ETHUSDT]\nchunks = 2\n", "", {.pace = "x10"}};
  for (const char* symbol : {"BTCUSDT", "ETHUSDT"}) system.until_running(symbol);
  for (const fs::path& directory : {next_.path(), fs::path{NAIVE_BIN}}) {
    ASSERT_TRUE(upgrade(system, directory).ok());
    until_rolled(system, directory);
  }
  EXPECT_EQ(system.zombies(), 0U);
  for (const char* symbol : {"BTCUSDT", "ETHUSDT"}) {
    system.until_running(symbol);
    system.stop_trading(symbol);
  }
  const Audit result = audit(system.exchange().ledger(), system.state_directory());
  EXPECT_TRUE(result.is_clean()) << result.to_string() << system.log();
}

}  // namespace
}  // namespace naive::test
