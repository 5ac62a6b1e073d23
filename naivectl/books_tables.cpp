#include "naivectl/books_tables.h"

#include <fmt/format.h>

#include "naivectl/layout.h"

namespace naive::naivectl {
namespace {

/// "0.01 BTC, 0.02 USDT"
template <class Amounts>
std::string list(const Amounts& amounts) {
  std::string text;
  for (const v1::AssetAmount& each : amounts) {
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", short_amount(each.amount()), each.asset());
  }
  return text.empty() ? "-" : text;
}

/// "0.01 BTC", or "-" for nothing.
std::string amount(const std::string& text, const std::string& asset) {
  const std::string shown = short_amount(text);
  return shown == "0" ? "-" : fmt::format("{} {}", shown, asset);
}

/// "10 for 9.9"
std::string trade(const std::string& quantity, const std::string& quote) {
  return fmt::format("{} for {}", short_amount(quantity), short_amount(quote));
}

}  // namespace

std::string orders_table(const v1::BookedOrders& orders) {
  std::vector<Row> rows{{"ORDER", "SYMBOL", "SLOT", "CYCLE", "SIDE", "STATUS", "EXECUTED",
                         "QUANTITY", "PRICE", "STORED"}};
  for (const v1::BookedOrder& order : orders.orders()) {
    rows.push_back({order.client_order_id(), order.symbol(), std::to_string(order.slot()),
                    std::to_string(order.cycle()), order.side(),
                    order.status().empty() ? "?" : order.status(),
                    short_amount(order.executed_quantity()), short_amount(order.quantity()),
                    short_amount(order.price()), order.stored_at()});
  }
  return table(rows);
}

std::string cycles_table(const v1::BookedCycles& cycles) {
  std::vector<Row> rows{{"SYMBOL", "SLOT", "CYCLE", "BOUGHT", "SOLD", "COMMISSION", "P&L", "DUST",
                         "FINISHED", "REASON"}};
  for (const v1::BookedCycle& cycle : cycles.cycles()) {
    rows.push_back({cycle.symbol(), std::to_string(cycle.slot()), std::to_string(cycle.cycle()),
                    trade(cycle.bought(), cycle.bought_quote()),
                    trade(cycle.sold(), cycle.sold_quote()), list(cycle.commissions()),
                    fmt::format("{} {}", short_amount(cycle.profit()), cycle.quote_asset()),
                    amount(cycle.dust(), cycle.base_asset()), cycle.finished_at(), cycle.reason()});
  }
  return table(rows);
}

std::string states_table(const v1::BookedStates& states) {
  std::vector<Row> rows{{"REVISION", "CYCLE", "PHASE", "STORED"}};
  for (const v1::BookedState& state : states.states()) {
    rows.push_back({std::to_string(state.revision()), std::to_string(state.cycle()), state.phase(),
                    state.stored_at()});
  }
  return table(rows);
}

std::string profits_table(const v1::Profits& profits) {
  std::vector<Row> rows{{"SYMBOL", "CYCLES", "BOUGHT", "SOLD", "COMMISSION", "P&L", "DUST"}};
  for (const v1::SymbolProfit& symbol : profits.symbols()) {
    const std::string& quote = symbol.quote_asset();
    rows.push_back({symbol.symbol(), std::to_string(symbol.cycles()),
                    amount(symbol.bought_quote(), quote), amount(symbol.sold_quote(), quote),
                    list(symbol.commissions()), amount(symbol.profit(), quote),
                    amount(symbol.dust(), symbol.base_asset())});
  }
  return table(rows);
}

}  // namespace naive::naivectl
