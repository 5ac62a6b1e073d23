#include "naivectl/books_tables.h"

#include <gtest/gtest.h>

namespace naive::naivectl {
namespace {

void add(v1::AssetAmount& out, const std::string& asset, const std::string& amount) {
  out.set_asset(asset);
  out.set_amount(amount);
}

TEST(OrdersTable, AnOrderThatIsNotKnownAtTheExchangeHasAQuestionMark) {
  v1::BookedOrders orders;
  v1::BookedOrder& order = *orders.add_orders();
  order.set_client_order_id("n1-BTCUSDT-0-1-S1");
  order.set_symbol("BTCUSDT");
  order.set_cycle(1);
  order.set_side("SELL");
  order.set_executed_quantity("0.00000000");
  order.set_quantity("0.01000000");
  order.set_price("61700.01000000");
  order.set_stored_at("2026-01-02T03:04:05.678Z");
  EXPECT_EQ(orders_table(orders),
            "ORDER              SYMBOL   SLOT  CYCLE  SIDE  STATUS  EXECUTED  QUANTITY  PRICE     "
            "STORED\n"
            "n1-BTCUSDT-0-1-S1  BTCUSDT  0     1      SELL  ?       0         0.01      61700.01  "
            "2026-01-02T03:04:05.678Z\n");
}

TEST(CyclesTable, SaysWhatWasBoughtSoldTakenAndLeft) {
  v1::BookedCycles cycles;
  v1::BookedCycle& cycle = *cycles.add_cycles();
  cycle.set_symbol("XRPUSDT");
  cycle.set_cycle(7);
  cycle.set_bought("10.00000000");
  cycle.set_bought_quote("9.90000000");
  cycle.set_sold("9.98000000");
  cycle.set_sold_quote("10.17960000");
  add(*cycle.add_commissions(), "USDT", "0.02000000");
  add(*cycle.add_commissions(), "XRP", "0.01000000");
  cycle.set_profit("0.25960000");
  cycle.set_quote_asset("USDT");
  cycle.set_dust("0.01000000");
  cycle.set_base_asset("XRP");
  cycle.set_finished_at("now");
  EXPECT_EQ(cycles_table(cycles),
            "SYMBOL   SLOT  CYCLE  BOUGHT      SOLD              COMMISSION           P&L          "
            "DUST      FINISHED  REASON\n"
            "XRPUSDT  0     7      10 for 9.9  9.98 for 10.1796  0.02 USDT, 0.01 XRP  0.2596 USDT  "
            "0.01 XRP  now\n");
}

TEST(ProfitsTable, NothingIsADash) {
  v1::Profits profits;
  v1::SymbolProfit& symbol = *profits.add_symbols();
  symbol.set_symbol("XRPUSDT");
  for (auto* text : {symbol.mutable_bought_quote(), symbol.mutable_sold_quote(),
                     symbol.mutable_profit(), symbol.mutable_dust()}) {
    *text = "0.00000000";
  }
  EXPECT_EQ(profits_table(profits),
            "SYMBOL   CYCLES  BOUGHT  SOLD  COMMISSION  P&L  DUST\n"
            "XRPUSDT  0       -       -     -           -    -\n");
}

}  // namespace
}  // namespace naive::naivectl
