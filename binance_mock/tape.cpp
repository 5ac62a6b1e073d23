#include "binance_mock/tape.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "binance_mock/text_file.h"
#include "market/symbol_rules.h"
#include "runtime/program.h"

namespace naive::binance_mock {
namespace {

using market::ExchangeTime;
using market::Trade;

/// Recorded times are milliseconds, since 2025 microseconds in the public CSV files: told apart by
/// magnitude.
ExchangeTime recorded_time(std::int64_t value) {
  constexpr std::int64_t kFirstMicroseconds = 100'000'000'000'000;
  return ExchangeTime{std::chrono::microseconds{value < kFirstMicroseconds ? value * 1000 : value}};
}

struct SymbolTrade {
  std::string symbol;
  Trade trade;
};

/// nullopt: an event of another kind. Throws simdjson_error.
std::optional<SymbolTrade> parse_json_line(simdjson::dom::parser& parser, std::string_view line) {
  simdjson::dom::element event = parser.parse(line.data(), line.size());
  simdjson::dom::element data;
  if (event["data"].get(data) == simdjson::SUCCESS) event = data;
  std::string_view kind;
  if (event["e"].get(kind) != simdjson::SUCCESS || kind != "trade") return std::nullopt;
  const auto price = market::Price::parse(std::string_view{event["p"]});
  const auto quantity = market::Quantity::parse(std::string_view{event["q"]});
  if (!price || !quantity) throw simdjson::simdjson_error(simdjson::NUMBER_ERROR);
  return SymbolTrade{std::string{std::string_view{event["s"]}},
                     {.trade_id = event["t"],
                      .price = *price,
                      .quantity = *quantity,
                      .trade_time = recorded_time(event["T"]),
                      .buyer_is_maker = event["m"]}};
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Trade> parse_csv_line(std::string_view line) {
  constexpr std::size_t kColumns = 7;
  std::array<std::string_view, kColumns> columns;
  for (std::size_t i = 0; i < kColumns; ++i) {
    const auto comma = line.find(',');
    columns[i] = line.substr(0, comma);
    line.remove_prefix(comma == std::string_view::npos ? line.size() : comma + 1);
  }
  const auto id = parse_integer(columns[0]);
  const auto price = market::Price::parse(columns[1]);
  const auto quantity = market::Quantity::parse(columns[2]);
  const auto time = parse_integer(columns[4]);
  if (!id || !price || !quantity || !time) return std::nullopt;
  return Trade{.trade_id = *id,
               .price = *price,
               .quantity = *quantity,
               .trade_time = recorded_time(*time),
               .buyer_is_maker = columns[5] == "true" || columns[5] == "True"};
}

/// BTCUSDT-trades-2024-08-09.csv.gz -> BTCUSDT; empty when the name does not begin like that.
std::string symbol_of_file(const std::string& name) {
  const std::string file = std::filesystem::path{name}.filename();
  const std::string symbol = file.substr(0, file.find("-trades"));
  return symbol.size() < file.size() && market::is_symbol(symbol) ? symbol : "";
}

template <class Each>
void for_each_line(std::string_view text, const Each& each) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) each(line, number);
  }
}

[[noreturn]] void bad_line(const std::string& name, std::size_t number, std::string_view line) {
  constexpr std::size_t kShown = 60;
  throw runtime::ConfigError(
      fmt::format("the tape '{}' has no trade in line {}: {}; expected {{\"e\":\"trade\",...}} or "
                  "id,price,qty,quoteQty,time,isBuyerMaker,isBestMatch",
                  name, number, line.substr(0, kShown)));
}

}  // namespace

void Tape::add_file(const std::filesystem::path& file) {
  add_text(read_text_file(file, "the tape"), file.string());
}

void Tape::add_text(std::string_view text, const std::string& name) {
  const std::size_t before = count_;
  const std::string csv_symbol = symbol_of_file(name);
  simdjson::dom::parser parser;
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    if (line.starts_with('{')) {
      try {
        if (const auto found = parse_json_line(parser, line)) {
          add(found->symbol, found->trade, name);
        }
      } catch (const simdjson::simdjson_error&) {
        bad_line(name, number, line);
      }
      return;
    }
    if (line.starts_with("id,")) return;
    const auto trade = parse_csv_line(line);
    if (!trade) bad_line(name, number, line);
    if (csv_symbol.empty()) {
      throw runtime::ConfigError(fmt::format(
          "the tape '{}' does not say whose trades it holds: name it BTCUSDT-trades-2024-08-09.csv",
          name));
    }
    add(csv_symbol, *trade, name);
  });
  if (count_ == before) {
    throw runtime::ConfigError(fmt::format("the tape '{}' holds no trades", name));
  }
  for (auto& [symbol, trades] : trades_) {
    std::ranges::stable_sort(trades, {}, &Trade::trade_id);
  }
}

void Tape::add(const std::string& symbol, const Trade& trade, const std::string& name) {
  if (++count_ > kLimit) {
    throw runtime::ConfigError(
        fmt::format("the tapes hold more than {} trades, reached in '{}'", kLimit, name));
  }
  trades_[symbol].push_back(trade);
}

}  // namespace naive::binance_mock
