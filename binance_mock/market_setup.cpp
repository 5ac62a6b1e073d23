#include "binance_mock/market_setup.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "binance_mock/exchange_info.h"
#include "binance_mock/text_file.h"
#include "runtime/program.h"

namespace naive::binance_mock {
namespace {

using market::Decimal;

Decimal default_balance(std::string_view asset) {
  std::int64_t whole = 1'000'000;
  if (asset == "BTC") whole = 100;
  if (asset == "ETH") whole = 1000;
  if (asset == "BNB") whole = 10'000;
  return Decimal::from_units(whole * Decimal::kUnitsPerOne);
}

}  // namespace

SymbolTable load_symbols(const Options& options) {
  SymbolTable symbols;
  for (const auto& file : options.exchange_info) {
    add_exchange_info(symbols, read_text_file(file, "the exchange info"), file.string());
  }
  return symbols;
}

Tape load_tape(const Options& options, const SymbolTable& symbols) {
  Tape tape;
  for (const auto& file : options.tapes) tape.add_file(file);
  for (const auto& [symbol, trades] : tape.trades()) {
    if (symbols.find(symbol) == nullptr) {
      throw runtime::ConfigError(
          fmt::format("the tapes hold trades of {}, which no --exchange-info file lists", symbol));
    }
  }
  return tape;
}

void open_market(const Options& options, const SymbolTable& symbols, const Tape& tape, Feed& feed,
                 Venue& venue, Feed::Time now) {
  auto first = market::ExchangeTime::max();
  for (const auto& [symbol, trades] : tape.trades()) {
    first = std::min(first, trades.front().trade_time);
  }
  for (const auto& [symbol, trades] : tape.trades()) {
    // Tapes of different days start together; those of one day keep their distance.
    constexpr std::chrono::hours kSameDay{24};
    const auto delay = trades.front().trade_time - first;
    feed.add_tape(symbol, play_tape(trades), delay < kSameDay ? delay : delay.zero(), now);
    venue.set_start(symbol, trades.front().price);
  }
  std::unordered_map<std::string, market::Price> prices;
  if (!options.prices.empty()) {
    prices = parse_prices(read_text_file(options.prices, "the prices"), options.prices.string());
  }
  for (const SymbolSpec& spec : symbols.all()) {
    if (!spec.is_trading() || tape.trades().contains(spec.symbol())) continue;
    const auto known = prices.find(spec.symbol());
    const auto start = market::floor_tick(
        known == prices.end() ? default_start(spec.rules) : known->second, spec.rules.tick_size);
    feed.add_walk(spec.symbol(), walk_randomly(spec.rules, start, options.seed));
    if (known != prices.end()) venue.set_start(spec.symbol(), start);
  }
}

void fund_account(const Options& options, const SymbolTable& symbols, Venue& venue) {
  const auto balances = options.parsed_balances();
  for (const auto& [asset, amount] : balances) venue.deposit(asset, amount);
  if (!balances.empty()) return;
  std::set<std::string> quotes;
  for (const SymbolSpec& spec : symbols.all()) quotes.insert(spec.rules.quote_asset);
  for (const std::string& asset : quotes) venue.deposit(asset, default_balance(asset));
}

}  // namespace naive::binance_mock
