// Who is killed, how, and what else is going on: each time the right ones come back, once, and nobody else notices.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <array>
#include <map>

#include "tests/support/system.h"

namespace naive::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kThreeSymbols =
    "[symbols.XRPUSDT]\nchunks = 2\n[symbols.BTCUSDT]\nchunks = 2\n[symbols.ETHUSDT]\nchunks = 2\n";
const std::array kSymbols{"XRPUSDT", "BTCUSDT", "ETHUSDT"};

/// Every process of the tree by its name.
using Processes = std::map<std::string, pid_t>;

Processes processes(const System& system) {
  Processes found;
  const auto status = system.status();
  for (const auto& service : status.services()) found[service.name()] = service.pid();
  for (const auto& symbol : status.symbols()) {
    found["leader " + symbol.symbol()] = symbol.leader().pid();
    for (const auto& trader : symbol.traders()) {
      found[fmt::format("trader {}/{}", symbol.symbol(), trader.slot())] = trader.pid();
    }
  }
  return found;
}

void until_all_run(const System& system) {
  for (const char* symbol : kSymbols) {
    for (const std::uint32_t slot : {0U, 1U}) system.until_running(symbol, slot);
  }
}

// One SIGCHLD may stand for all of them.
TEST(KillMatrix, AllTradersOfALeaderAtOnceEachByAnotherSignal) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "a sanitizer catches some of these signals, and exits";
#endif
  constexpr std::array kSignals{SIGKILL, SIGSEGV, SIGABRT, SIGTERM, SIGINT, SIGHUP, SIGBUS, SIGFPE};
  constexpr auto kSlots = static_cast<int>(kSignals.size());
  System system{fmt::format("[symbols.XRPUSDT]\nchunks = {}\n", kSlots)};
  const auto all = [&](const std::function<bool(const v1::TraderStatus&)>& is_so) {
    const auto traders = system.symbol("XRPUSDT").traders();
    return traders.size() == kSlots && std::ranges::all_of(traders, is_so);
  };
  system.until("all run",
               [&] { return all([](const auto& trader) { return trader.state() == "running"; }); });
  system.exchange().step("XRPUSDT", "0.43183");
  system.until("all have bought", [&] {
    return all([](const auto& trader) { return trader.phase() == "BUY_OPEN"; });
  });
  const auto before = system.symbol("XRPUSDT");
  for (int slot = 0; slot < kSlots; ++slot) {
    ::kill(before.traders(slot).pid(), kSignals.at(static_cast<std::size_t>(slot)));
  }
  system.until("all run again", [&] {
    return all([](const auto& trader) {
      return trader.state() == "running" && trader.incarnation() == 2;
    });
  });
  const auto after = system.symbol("XRPUSDT");
  EXPECT_EQ(after.leader().pid(), before.leader().pid());
  for (int slot = 0; slot < kSlots; ++slot) {
    const auto& trader = after.traders(slot);
    EXPECT_EQ(trader.restarts(), 1U) << slot;
    EXPECT_EQ(trader.cycle(), before.traders(slot).cycle()) << slot;
    EXPECT_EQ(trader.buy_order().client_order_id(),
              before.traders(slot).buy_order().client_order_id());
    EXPECT_FALSE(is_alive(before.traders(slot).pid()));
    EXPECT_THAT(
        system.log(),
        HasSubstr(fmt::format("killed by SIG{} - trying to restart slot={} ",
                              ::sigabbrev_np(kSignals.at(static_cast<std::size_t>(slot))), slot)));
  }
  EXPECT_EQ(system.exchange().ledger().orders.size(), kSignals.size());
}

TEST(KillMatrix, TradersOfThreeSymbolsAtOnceAndNobodyElseNotices) {
  System system{kThreeSymbols};
  until_all_run(system);
  Processes before = processes(system);
  const auto victim = [](const char* symbol) { return fmt::format("trader {}/0", symbol); };
  for (const char* symbol : kSymbols) ::kill(before.at(victim(symbol)), SIGKILL);
  system.until("all have successors", [&] {
    return std::ranges::all_of(
        kSymbols, [&](const char* symbol) { return system.trader(symbol).incarnation() == 2; });
  });
  until_all_run(system);
  Processes after = processes(system);
  for (const char* symbol : kSymbols) {
    EXPECT_NE(after.at(victim(symbol)), before.at(victim(symbol)));
    before.erase(victim(symbol));
    after.erase(victim(symbol));
  }
  EXPECT_EQ(after, before);
}

class Suspended : public testing::TestWithParam<const char*> {};

/// Whoever says nothing any more is killed and replaced; a leader takes its traders along, nobody else goes.
TEST_P(Suspended, IsReplaced) {
  System system{kThreeSymbols, "[supervision]\nsilence_limit = 2000\n"};
  until_all_run(system);
  const Processes before = processes(system);
  ::kill(before.at(GetParam()), SIGSTOP);
  system.until("it is replaced", [&] {
    const Processes now = processes(system);
    return now.at(GetParam()) != before.at(GetParam()) && now.at(GetParam()) != 0;
  });
  until_all_run(system);
  EXPECT_FALSE(is_alive(before.at(GetParam())));
  const bool leader = std::string_view{GetParam()} == "leader XRPUSDT";
  const Processes after = processes(system);
  for (const auto& [name, pid] : before) {
    const bool replaced = name == GetParam() || (leader && name.starts_with("trader XRPUSDT/"));
    EXPECT_EQ(after.at(name) != pid, replaced) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Each, Suspended,
                         testing::Values("binance_mock", "gateway", "streamer", "leader XRPUSDT",
                                         "trader XRPUSDT/1"),
                         [](const auto& victim) {
                           std::string name = victim.param;
                           std::erase_if(name, [](char c) { return std::isalnum(c) == 0; });
                           return name;
                         });

TEST(KillMatrix, WhatIsSuspendedStopsWhenItIsTold) {
  System system{kThreeSymbols};
  until_all_run(system);
  const Processes before = processes(system);
  for (const char* name : {"leader XRPUSDT", "trader XRPUSDT/0", "trader BTCUSDT/0"}) {
    ::kill(before.at(name), SIGSTOP);
  }
  for (const char* symbol : {"XRPUSDT", "BTCUSDT"}) {
    EXPECT_TRUE(system.stop_trading(symbol).ok());
    for (const char* name : {"leader {}", "trader {}/0", "trader {}/1"}) {
      EXPECT_FALSE(is_alive(before.at(fmt::format(fmt::runtime(name), symbol))));
    }
  }
  for (const char* name :
       {"leader ETHUSDT", "trader ETHUSDT/0", "gateway", "streamer", "binance_mock"}) {
    ::kill(before.at(name), SIGSTOP);
  }
  EXPECT_EQ(system.stop(SIGTERM), 0);
  EXPECT_THAT(system.left_behind(), testing::IsEmpty());
  EXPECT_THAT(system.log(), Not(HasSubstr("SIGKILL")));
}

/// As a terminal does it: to the foreground group. Had the children heard it too, leaders would see their traders die of it.
TEST(KillMatrix, CtrlCStopsTheTreeWithoutARestart) {
  System system{kThreeSymbols};
  until_all_run(system);
  ::kill(-system.supervisor(), SIGINT);
  EXPECT_EQ(system.wait_for_end(), 0);
  EXPECT_THAT(system.left_behind(), testing::IsEmpty());
  EXPECT_THAT(system.log(), Not(HasSubstr("died")));
}

}  // namespace
}  // namespace naive::test
