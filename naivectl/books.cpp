#include "naivectl/books.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "runtime/program.h"
#include "store/books.h"
#include "store/open_error.h"

namespace naive::naivectl {
namespace {

namespace fs = std::filesystem;

/// Calls `read` with the open store of every symbol.
template <class Read>
void each_store(const fs::path& directory, const std::vector<std::string>& symbols, Read&& read) {
  for (const std::string& symbol : symbols) {
    try {
      store::Books books{store::file_of(directory, symbol)};
      read(symbol, books);
    } catch (const store::OpenError& error) {
      const bool later = error.kind() == store::OpenError::Kind::kNotNow;
      throw runtime::StartError(later ? runtime::kExitTempFail : runtime::kExitDataError,
                                error.what());
    }
  }
}

void write(const std::string& symbol, std::uint32_t slot, std::uint64_t cycle,
           const market::Order& order, const std::string& at, v1::BookedOrder& out) {
  out.set_symbol(symbol);
  out.set_slot(slot);
  out.set_cycle(cycle);
  out.set_side(std::string{market::to_string(order.side)});
  out.set_client_order_id(order.client_order_id);
  out.set_status(std::string{market::to_string(order.status)});
  out.set_price(order.price.to_string());
  out.set_quantity(order.quantity.to_string());
  out.set_executed_quantity(order.executed_quantity.to_string());
  out.set_executed_quote(order.executed_quote.to_string());
  out.set_stored_at(at);
}

/// Commissions by asset.
using ByAsset = std::map<std::string, market::Decimal>;

template <class Amount>
Amount sum(Amount a, Amount b) {
  const auto total = add(a, b);
  if (!total) throw runtime::StartError(runtime::kExitDataError, "the sum does not fit");
  return *total;
}

void add_to(ByAsset& commissions, const std::string& asset, market::Decimal amount) {
  if (amount.is_zero()) return;
  commissions[asset] = sum(commissions[asset], amount);
}

void add_to(ByAsset& commissions, const store::Cycle& cycle) {
  add_to(commissions, cycle.base_asset, cycle.commission.base.value());
  add_to(commissions, cycle.quote_asset, cycle.commission.quote.value());
  add_to(commissions, cycle.commission.other_asset, cycle.commission.other);
}

template <class Message>
void write(const ByAsset& commissions, Message& out) {
  for (const auto& [asset, amount] : commissions) {
    auto& commission = *out.add_commissions();
    commission.set_asset(asset);
    commission.set_amount(amount.to_string());
  }
}

void write(const std::string& symbol, const store::Cycle& cycle, v1::BookedCycle& out) {
  out.set_symbol(symbol);
  out.set_slot(cycle.slot);
  out.set_cycle(cycle.number);
  if (!cycle.buy.order.client_order_id.empty()) {
    write(symbol, cycle.slot, cycle.number, cycle.buy.order, cycle.finished_at,
          *out.mutable_buy_order());
  }
  if (!cycle.sell.order.client_order_id.empty()) {
    write(symbol, cycle.slot, cycle.number, cycle.sell.order, cycle.finished_at,
          *out.mutable_sell_order());
  }
  out.set_bought(cycle.buy.executed.to_string());
  out.set_bought_quote(cycle.buy.quote.to_string());
  out.set_sold(cycle.sell.executed.to_string());
  out.set_sold_quote(cycle.sell.quote.to_string());
  ByAsset commissions;
  add_to(commissions, cycle);
  write(commissions, out);
  out.set_profit(store::profit(cycle).to_string());
  out.set_quote_asset(cycle.quote_asset);
  out.set_dust(store::dust(cycle).to_string());
  out.set_base_asset(cycle.base_asset);
  out.set_reason(cycle.reason);
  out.set_finished_at(cycle.finished_at);
}

/// The sums over a symbol's finished cycles.
v1::SymbolProfit add_up(const std::string& symbol, const std::vector<store::Cycle>& cycles) {
  v1::SymbolProfit out;
  market::Money bought, sold, profit;
  market::Quantity dust;
  ByAsset commissions;
  std::uint64_t traded = 0;
  for (const store::Cycle& cycle : cycles) {
    if (cycle.buy.executed.is_zero()) continue;
    ++traded;
    bought = sum(bought, cycle.buy.quote);
    sold = sum(sold, cycle.sell.quote);
    profit = sum(profit, store::profit(cycle));
    dust = sum(dust, store::dust(cycle));
    add_to(commissions, cycle);
    out.set_quote_asset(cycle.quote_asset);
    out.set_base_asset(cycle.base_asset);
  }
  out.set_symbol(symbol);
  out.set_cycles(traded);
  out.set_bought_quote(bought.to_string());
  out.set_sold_quote(sold.to_string());
  write(commissions, out);
  out.set_profit(profit.to_string());
  out.set_dust(dust.to_string());
  return out;
}

}  // namespace

std::vector<std::string> booked_symbols(const fs::path& state_directory,
                                        const std::string& symbol) {
  const auto no_input = [](const std::string& message) {
    return runtime::StartError(runtime::kExitNoInput, message);
  };
  std::error_code failure;
  if (!fs::is_directory(state_directory, failure)) {
    throw no_input(
        fmt::format("there is no state directory '{}'; say where the supervisor keeps its state "
                    "with --state-dir DIR",
                    state_directory.string()));
  }
  const auto symbols = store::symbols_in(state_directory);
  if (symbol.empty()) return symbols;
  if (std::ranges::find(symbols, symbol) != symbols.end()) return {symbol};
  throw no_input(symbols.empty()
                     ? fmt::format("nothing has been traded yet in '{}'", state_directory.string())
                     : fmt::format("'{}' has no store in '{}'; there are {}", symbol,
                                   state_directory.string(), fmt::join(symbols, ", ")));
}

v1::BookedOrders booked_orders(const fs::path& state_directory,
                               const std::vector<std::string>& symbols, std::size_t limit) {
  v1::BookedOrders out;
  each_store(state_directory, symbols, [&](const std::string& symbol, store::Books& books) {
    for (const auto& booked : books.orders(limit)) {
      write(symbol, booked.slot, booked.cycle, booked.order, booked.at, *out.add_orders());
    }
  });
  return out;
}

v1::BookedCycles booked_cycles(const fs::path& state_directory,
                               const std::vector<std::string>& symbols, std::size_t limit) {
  v1::BookedCycles out;
  each_store(state_directory, symbols, [&](const std::string& symbol, store::Books& books) {
    for (const auto& cycle : books.cycles(limit)) write(symbol, cycle, *out.add_cycles());
  });
  return out;
}

v1::BookedStates booked_states(const fs::path& state_directory, const std::string& symbol,
                               std::uint32_t slot) {
  v1::BookedStates out;
  each_store(state_directory, {symbol}, [&](const std::string&, store::Books& books) {
    for (const store::BookedState& booked : books.states(slot)) {
      v1::BookedState& state = *out.add_states();
      state.set_revision(booked.revision);
      state.set_cycle(booked.cycle);
      state.set_phase(booked.phase);
      state.set_stored_at(booked.at);
    }
  });
  return out;
}

v1::Profits profits(const fs::path& state_directory, const std::vector<std::string>& symbols) {
  v1::Profits out;
  each_store(state_directory, symbols, [&](const std::string& symbol, store::Books& books) {
    *out.add_symbols() = add_up(symbol, books.cycles(SIZE_MAX));
  });
  return out;
}

}  // namespace naive::naivectl
