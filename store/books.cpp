#include "store/books.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <algorithm>

#include "store/open_error.h"
#include "store/rows.h"
#include "store/schema.h"

namespace naive::store {
namespace {

constexpr int kPatience = 1000;  // milliseconds
constexpr const char* kExtension = ".sqlite";

constexpr const char* kOrders = R"(
SELECT slot, cycle, side, client_order_id, status, price, quantity, executed, executed_quote, at
  FROM orders
 WHERE (slot, cycle) IN (
   SELECT slot, cycle FROM slots WHERE NOT finished
   UNION ALL
   SELECT slot, cycle FROM (SELECT slot, cycle FROM cycles ORDER BY number DESC LIMIT ?))
 ORDER BY at DESC, slot, cycle DESC, side DESC
)";

constexpr const char* kCycles = R"(
SELECT slot, cycle,
       buy_id, buy_status, buy_price, buy_quantity, buy_executed, buy_executed_quote,
       sell_id, sell_status, sell_price, sell_quantity, sell_executed, sell_executed_quote,
       bought, bought_quote, sold, sold_quote, base_asset, quote_asset,
       commission_base, commission_quote, commission_other, commission_other_asset,
       reason, finished_at
  FROM cycles ORDER BY number DESC LIMIT ?
)";

std::int64_t limit_of(std::size_t count) {
  return static_cast<std::int64_t>(std::min<std::size_t>(count, INT64_MAX));
}

}  // namespace

std::filesystem::path file_of(const std::filesystem::path& directory, const std::string& symbol) {
  return directory / (symbol + kExtension);
}

std::vector<std::string> symbols_in(const std::filesystem::path& directory) {
  std::vector<std::string> symbols;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator{directory, ignored}) {
    if (entry.path().extension() == kExtension) symbols.push_back(entry.path().stem().string());
  }
  std::ranges::sort(symbols);
  return symbols;
}

Books::Books(const std::filesystem::path& file) {
  verify(file);
  try {
    database_ = std::make_unique<SQLite::Database>(file.string(), SQLite::OPEN_READONLY, kPatience);
    const int version = schema_version(*database_);
    if (version == kSchemaVersion) return;
    throw OpenError(
        OpenError::Kind::kNotNow,
        fmt::format(
            "the store '{}' is of an older version (schema {}, this program reads {}); it is "
            "brought up to date when its symbol is started",
            file.string(), version, kSchemaVersion));
  } catch (const SQLite::Exception& error) {
    rethrow_as_open_error(file, error);
  }
}

Books::~Books() = default;
Books::Books(Books&&) noexcept = default;

std::vector<BookedOrder> Books::orders(std::size_t finished) {
  std::vector<BookedOrder> orders;
  SQLite::Statement query{*database_, kOrders};
  query.bind(1, limit_of(finished));
  while (query.executeStep()) {
    BookedOrder booked;
    std::string side;
    RowReader{query} >> booked.slot >> booked.cycle >> side >> booked.order >> booked.at;
    booked.order.side = side == "SELL" ? market::Side::kSell : market::Side::kBuy;
    orders.push_back(std::move(booked));
  }
  return orders;
}

std::vector<Cycle> Books::cycles(std::size_t limit) {
  std::vector<Cycle> cycles;
  SQLite::Statement query{*database_, kCycles};
  query.bind(1, limit_of(limit));
  while (query.executeStep()) {
    Cycle cycle;
    RowReader{query} >> cycle.slot >> cycle.number >> cycle.buy.order >> cycle.sell.order >>
        cycle.buy.executed >> cycle.buy.quote >> cycle.sell.executed >> cycle.sell.quote >>
        cycle.base_asset >> cycle.quote_asset >> cycle.commission.base >> cycle.commission.quote >>
        cycle.commission.other >> cycle.commission.other_asset >> cycle.reason >> cycle.finished_at;
    cycle.sell.order.side = market::Side::kSell;
    cycles.push_back(std::move(cycle));
  }
  return cycles;
}

std::vector<BookedState> Books::states(std::uint32_t slot) {
  std::vector<BookedState> states;
  SQLite::Statement query{*database_,
                          "SELECT revision, cycle, phase, stored_at FROM states WHERE slot = ? "
                          "ORDER BY revision DESC"};
  query.bind(1, slot);
  while (query.executeStep()) {
    BookedState state;
    RowReader{query} >> state.revision >> state.cycle >> state.phase >> state.at;
    states.push_back(std::move(state));
  }
  return states;
}

}  // namespace naive::store
