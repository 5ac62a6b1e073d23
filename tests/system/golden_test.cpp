// The book's own scenario, on the real binaries, one trade at a time.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/system.h"

namespace naive::test {
namespace {

MATCHER_P4(IsOrder, id, side, price, status, "") {
  return arg.client_order_id == id && arg.side == side && arg.price == price &&
         arg.status == status;
}

TEST(GoldenScenario, BuysLowSellsHighAndBuysAgain) {
  System system{"[symbols.XRPUSDT]\n"};
  const Exchange& exchange = system.exchange();
  const auto until_orders = [&](std::size_t count) {
    system.until(fmt::format("the exchange has {} orders", count),
                 [&] { return exchange.ledger().orders.size() == count; });
  };
  system.until_running("XRPUSDT");

  exchange.step("XRPUSDT", "0.43183010");
  until_orders(1);
  exchange.step("XRPUSDT", "0.43183020");
  exchange.step("XRPUSDT", "0.43183030");
  EXPECT_THAT(exchange.ledger().orders,
              testing::ElementsAre(IsOrder("n1-XRPUSDT-0-1-B1", "BUY", "0.43070000", "NEW")));

  exchange.step("XRPUSDT", "0.4307");  // fills the buy order, inclusively
  until_orders(2);
  exchange.step("XRPUSDT", "0.43065");
  EXPECT_THAT(exchange.ledger().orders,
              testing::ElementsAre(IsOrder("n1-XRPUSDT-0-1-B1", "BUY", "0.43070000", "FILLED"),
                                   IsOrder("n1-XRPUSDT-0-1-S1", "SELL", "0.43190000", "NEW")));

  exchange.step("XRPUSDT", "0.4319");  // fills the sell order
  system.until("the next cycle runs", [&] {
    const auto trader = system.trader("XRPUSDT");
    return trader.cycle() == 2 && trader.state() == "running";
  });
  exchange.step("XRPUSDT", "0.43205");
  until_orders(3);
  exchange.step("XRPUSDT", "0.43210");
  EXPECT_THAT(exchange.ledger().orders,
              testing::ElementsAre(IsOrder("n1-XRPUSDT-0-1-B1", "BUY", "0.43070000", "FILLED"),
                                   IsOrder("n1-XRPUSDT-0-1-S1", "SELL", "0.43190000", "FILLED"),
                                   IsOrder("n1-XRPUSDT-0-2-B1", "BUY", "0.43090000", "NEW")));
  system.until_phase("XRPUSDT", "BUY_OPEN");
  EXPECT_EQ(system.stop(SIGINT), 0);
}

}  // namespace
}  // namespace naive::test
