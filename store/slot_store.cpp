#include "store/slot_store.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include "store/open_error.h"
#include "store/rows.h"
#include "store/schema.h"

namespace naive::store {
namespace {

/// For a reader that rebuilds the index of the write-ahead log just then: milliseconds.
constexpr int kOpenPatience = 1000;

constexpr const char* kPutSlot = R"(
INSERT INTO slots (slot, incarnation, cycle, revision, finished, reason, state, phase,
  buy_id, buy_status, buy_price, buy_quantity, buy_executed, buy_executed_quote,
  sell_id, sell_status, sell_price, sell_quantity, sell_executed, sell_executed_quote, stored_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
  strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
ON CONFLICT (slot) DO UPDATE SET
  incarnation = ?2, cycle = ?3, revision = ?4, finished = ?5, reason = ?6, state = ?7, phase = ?8,
  buy_id = ?9, buy_status = ?10, buy_price = ?11, buy_quantity = ?12, buy_executed = ?13,
  buy_executed_quote = ?14, sell_id = ?15, sell_status = ?16, sell_price = ?17,
  sell_quantity = ?18, sell_executed = ?19, sell_executed_quote = ?20,
  stored_at = excluded.stored_at
)";

constexpr const char* kPutState = R"(
INSERT OR REPLACE INTO states (slot, place, revision, cycle, phase, state, stored_at)
VALUES (?, ?, ?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
)";

// A cycle ends once: whoever tells it again changes nothing.
constexpr const char* kPutCycle = R"(
INSERT INTO cycles (slot, cycle,
  buy_id, buy_status, buy_price, buy_quantity, buy_executed, buy_executed_quote,
  sell_id, sell_status, sell_price, sell_quantity, sell_executed, sell_executed_quote,
  bought, bought_quote, sold, sold_quote, base_asset, quote_asset,
  commission_base, commission_quote, commission_other, commission_other_asset,
  profit, dust, reason, finished_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
  strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
ON CONFLICT (slot, cycle) DO NOTHING
)";

std::vector<SlotRecord> load(SQLite::Database& database) {
  std::vector<SlotRecord> records;
  SQLite::Statement query{database,
                          "SELECT slot, incarnation, cycle, revision, finished, reason, state "
                          "FROM slots ORDER BY slot"};
  while (query.executeStep()) {
    SlotRecord record;
    std::uint32_t finished = 0;
    RowReader{query} >> record.slot >> record.incarnation >> record.trader.cycle >>
        record.trader.revision >> finished >> record.trader.reason >> record.trader.bytes;
    record.trader.finished = finished != 0;
    records.push_back(std::move(record));
  }
  return records;
}

void put_slot(SQLite::Statement& statement, const SlotRecord& record, const Cycle& cycle) {
  const TraderRecord& trader = record.trader;
  statement.reset();
  Binder bind{statement};
  bind << std::int64_t{record.slot} << std::int64_t{record.incarnation}
       << static_cast<std::int64_t>(trader.cycle) << static_cast<std::int64_t>(trader.revision)
       << std::int64_t{trader.finished ? 1 : 0} << trader.reason;
  bind.blob(trader.bytes);
  bind << cycle.phase << cycle.buy.order << cycle.sell.order;
  statement.exec();
}

void put_state(SQLite::Statement& statement, const SlotRecord& record, const Cycle& cycle) {
  const TraderRecord& trader = record.trader;
  statement.reset();
  Binder bind{statement};
  bind << std::int64_t{record.slot} << static_cast<std::int64_t>(trader.revision % kKeptStates)
       << static_cast<std::int64_t>(trader.revision) << static_cast<std::int64_t>(trader.cycle)
       << cycle.phase;
  bind.blob(trader.bytes);
  statement.exec();
}

void put_cycle(SQLite::Statement& statement, const Cycle& cycle) {
  const market::Commission& commission = cycle.commission;
  statement.reset();
  Binder bind{statement};
  bind << std::int64_t{cycle.slot} << static_cast<std::int64_t>(cycle.number) << cycle.buy.order
       << cycle.sell.order << cycle.buy.executed.to_string() << cycle.buy.quote.to_string()
       << cycle.sell.executed.to_string() << cycle.sell.quote.to_string() << cycle.base_asset
       << cycle.quote_asset << commission.base.to_string() << commission.quote.to_string()
       << commission.other.to_string() << commission.other_asset << profit(cycle).to_string()
       << dust(cycle).to_string() << cycle.reason;
  statement.exec();
}

}  // namespace

struct SlotStore::Statements {
  explicit Statements(SQLite::Database& database)
      : slot(database, kPutSlot), state(database, kPutState), cycle(database, kPutCycle) {}

  /// A statement that has failed holds its locks until it is reset.
  void reset() {
    slot.tryReset();
    state.tryReset();
    cycle.tryReset();
  }

  SQLite::Statement slot;
  SQLite::Statement state;
  SQLite::Statement cycle;
};

SlotStore::SlotStore(const std::filesystem::path& file) : file_(file) {
  verify(file);
  try {
    database_ = std::make_unique<SQLite::Database>(
        file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kOpenPatience);
    database_->exec("PRAGMA journal_mode = WAL");
    database_->exec("PRAGMA synchronous = FULL");
    migrate(*database_);
    records_ = load(*database_);
    statements_ = std::make_unique<Statements>(*database_);
    // From here on nobody waits inside of SQLite: who holds a lock makes put() fail, and it is
    // tried again.
    database_->setBusyTimeout(0);
  } catch (const SQLite::Exception& error) {
    rethrow_as_open_error(file, error);
  }
}

SlotStore::~SlotStore() = default;

void SlotStore::discard_if_empty() {
  constexpr const char* kCount =
      "SELECT (SELECT count(*) FROM slots) + (SELECT count(*) FROM cycles)";
  if (database_->execAndGet(kCount).getInt() != 0) return;
  statements_.reset();
  database_.reset();  // takes the write-ahead log with it
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
}

std::expected<void, std::string> SlotStore::put(const SlotEntry& entry) {
  try {
    SQLite::Transaction transaction{*database_, SQLite::TransactionBehavior::IMMEDIATE};
    if (entry.ended) put_cycle(statements_->cycle, *entry.ended);
    if (entry.record.trader.finished) put_cycle(statements_->cycle, entry.cycle);
    put_slot(statements_->slot, entry.record, entry.cycle);
    put_state(statements_->state, entry.record, entry.cycle);
    transaction.commit();
    return {};
  } catch (const SQLite::Exception& error) {
    statements_->reset();
    return std::unexpected{describe(error)};
  }
}

std::optional<std::string> SlotStore::state_at(std::uint32_t slot, std::uint64_t revision) {
  try {
    SQLite::Statement query{*database_, "SELECT state FROM states WHERE slot = ? AND revision = ?"};
    Binder{query} << std::int64_t{slot} << static_cast<std::int64_t>(revision);
    if (!query.executeStep()) return std::nullopt;
    return query.getColumn(0).getString();
  } catch (const SQLite::Exception&) {
    return std::nullopt;
  }
}

}  // namespace naive::store
