// A trader that stands by takes over the slot of one that ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>

#include "tests/support/audit.h"
#include "tests/support/system.h"

namespace naive::test {
namespace {

constexpr const char* kSymbol = "XRPUSDT";

/// A process can be reaped when the last of its threads has gone.
bool has_ended(pid_t pid) {
  const std::filesystem::directory_iterator threads{"/proc/" + std::to_string(pid) + "/task"};
  return !is_alive(pid) && std::distance(begin(threads), end(threads)) == 1;
}

class Standby : public testing::Test {
 protected:
  Standby() {
    system.until_running(kSymbol);
    until_ready();
  }

  v1::TraderStatus standby() const {
    const auto symbol = system.symbol(kSymbol);
    for (const auto& trader : symbol.traders()) {
      if (trader.standby()) return trader;
    }
    return {};
  }
  void until_ready() const {
    system.until("a trader stands by",
                 [&] { return standby().state() == "running" && standby().pid() != 0; });
  }
  void until_incarnation(std::uint32_t incarnation) const {
    system.until("the slot's next trader runs", [&] {
      const auto trader = system.trader(kSymbol);
      return trader.incarnation() == incarnation && trader.state() == "running";
    });
  }

  System system{"[symbols.XRPUSDT]\nstandby = 1\n"};
};

TEST_F(Standby, TakesOverFromAKilledTraderWithItsState) {
  system.exchange().step(kSymbol, "0.43183");
  system.until_phase(kSymbol, "BUY_OPEN");
  const auto before = system.trader(kSymbol);
  const auto spare = standby();
  ::kill(before.pid(), SIGKILL);
  until_incarnation(before.incarnation() + 1);
  const auto after = system.trader(kSymbol);
  EXPECT_EQ(after.pid(), spare.pid());
  EXPECT_EQ(after.cycle(), before.cycle());
  EXPECT_EQ(after.restarts(), 1U);
  system.exchange().step(kSymbol, "0.4307");
  system.until_phase(kSymbol, "SELL_OPEN");
  EXPECT_EQ(system.exchange().ledger().orders.size(), 2U);
  until_ready();
  EXPECT_NE(standby().pid(), spare.pid());
  EXPECT_EQ(standby().restarts(), 0U);
}

TEST_F(Standby, TakesOverWhenACycleIsFinished) {
  const auto before = system.trader(kSymbol);
  const auto spare = standby();
  system.exchange().step(kSymbol, "0.43183");
  system.until_phase(kSymbol, "BUY_OPEN");
  system.exchange().step(kSymbol, "0.4307");
  system.until_phase(kSymbol, "SELL_OPEN");
  system.exchange().step(kSymbol, system.trader(kSymbol).sell_order().price());
  until_incarnation(before.incarnation() + 1);
  EXPECT_EQ(system.trader(kSymbol).pid(), spare.pid());
  EXPECT_EQ(system.trader(kSymbol).cycle(), before.cycle() + 1);
}

TEST_F(Standby, IsReplacedWhenItDiesAndNoSlotNotices) {
  const auto trader = system.trader(kSymbol);
  const auto spare = standby();
  v1::ControlRequest request;
  request.mutable_kill()->set_name("trader XRPUSDT/standby-0");
  EXPECT_TRUE(system.ask(request).ok());
  system.until("another one stands by", [&] {
    const auto now = standby();
    return now.incarnation() == spare.incarnation() + 1 && now.state() == "running";
  });
  EXPECT_EQ(standby().restarts(), 1U);
  EXPECT_EQ(system.trader(kSymbol).pid(), trader.pid());
}

TEST_F(Standby, ThatDiesTogetherWithTheTraderIsNotGivenItsSlot) {
  const auto before = system.trader(kSymbol);
  const auto spare = standby();
  const pid_t leader = system.symbol(kSymbol).leader().pid();
  system.suspend(leader);  // hears of both deaths at once
  ::kill(before.pid(), SIGKILL);
  ::kill(spare.pid(), SIGKILL);
  system.until("both can be reaped",
               [&] { return has_ended(before.pid()) && has_ended(spare.pid()); });
  ::kill(leader, SIGCONT);
  until_incarnation(before.incarnation() + 1);
  EXPECT_EQ(system.trader(kSymbol).restarts(), 1U);
  until_ready();
}

TEST_F(Standby, ThatHangsIsKilledAfterItTookOver) {
  const auto before = system.trader(kSymbol);
  ::kill(standby().pid(), SIGSTOP);
  ::kill(before.pid(), SIGKILL);
  system.until("it had the slot, was silent, and was killed", [&] {
    const auto trader = system.trader(kSymbol);
    return trader.incarnation() == before.incarnation() + 2 && trader.state() == "running";
  });
}

TEST_F(Standby, CannotBeStoppedOrRestartedButDiesWithItsLeader) {
  v1::ControlRequest request;
  request.mutable_terminate_child()->set_name("trader XRPUSDT/standby-0");
  EXPECT_EQ(system.ask(request).error().code(), "bad_request");
  const auto spare = standby();
  EXPECT_TRUE(system.stop_trading(kSymbol).ok());
  EXPECT_FALSE(is_alive(spare.pid()));
}

}  // namespace
}  // namespace naive::test
