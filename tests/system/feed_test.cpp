// A feed that is connected and silent: dead, or its market quiet?
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/system.h"

namespace naive::test {
namespace {

constexpr const char* kXrp = "[symbols.XRPUSDT]\n";
constexpr const char* kImpatient = "[supervision]\nstale_after = 200\n";

/// XRPUSDT buys and sells in this cycle, and awaits the price of the next one.
void complete_cycle(System& system, std::uint64_t cycle) {
  system.until_phase("XRPUSDT", "BUY_OPEN");
  system.exchange().step("XRPUSDT", "0.4307");
  system.until_phase("XRPUSDT", "SELL_OPEN");
  system.exchange().step("XRPUSDT", "0.4319");
  system.until("the next cycle awaits a price", [&] {
    const auto trader = system.trader("XRPUSDT");
    return trader.cycle() == cycle + 1 && trader.state() == "running";
  });
}

/// What begins a cycle is a price that comes through the feed; all else the order stream tells as well.
void expect_reconnect(System& system, std::string_view stall) {
  system.until_running("XRPUSDT");
  system.exchange().step("XRPUSDT", "0.43183");
  complete_cycle(system, 1);
  const pid_t streamer = system.service("streamer");

  system.exchange().inject(stall);
  system.exchange().step("XRPUSDT", "0.43183");
  system.until_log_says("Lost the market streams - XRPUSDT is stale: trade 3 was the last to come");
  // The trade that was missing is late, and no price to buy at. From now on only the new connection can tell a price.
  system.exchange().inject(
      R"([{"action": "unavailable", "path": "/api/v3/aggTrades", "times": 0},
          {"action": "unavailable", "path": "/api/v3/historicalTrades", "times": 0}])");
  system.until("it has told one", [&] {
    system.exchange().step("XRPUSDT", "0.43183");
    return system.trader("XRPUSDT").phase() == "BUY_OPEN";
  });
  complete_cycle(system, 2);
  EXPECT_EQ(system.service("streamer"), streamer);
  EXPECT_EQ(system.trader("XRPUSDT").restarts(), 0U);
}

TEST(FeedIsStale, IsNoticedAndReconnectedAndTheTraderTradesOn) {
  System system{kXrp, kImpatient};
  expect_reconnect(system, R"([{"action": "stall_market", "milliseconds": 600000}])");
}

TEST(FeedIsStale, OneSymbolAmongOthersThatLive) {
  System system{"[symbols.BTCUSDT]\n[symbols.XRPUSDT]\n", kImpatient};
  system.until_running("BTCUSDT");
  expect_reconnect(system,
                   R"([{"action": "stall_market", "symbol": "XRPUSDT", "milliseconds": 600000}])");
}

TEST(FeedIsQuiet, AndNobodyIsAlarmed) {
  System system{kXrp, kImpatient};
  system.until_running("XRPUSDT");
  system.exchange().step("XRPUSDT", "0.43183");
  system.until_phase("XRPUSDT", "BUY_OPEN");
  system.exchange().inject(
      R"([{"action": "delay", "path": "/api/v3/aggTrades", "milliseconds": 0, "times": 3}])");
  // An alarm would come before the next question.
  system.until("the exchange has been asked again and again", [&] {
    return system.exchange().get("/_mock/faults").body.find(R"("fired":3)") != std::string::npos;
  });
  EXPECT_THAT(system.log(), testing::Not(testing::HasSubstr("Lost the market streams")));
}

}  // namespace
}  // namespace naive::test
