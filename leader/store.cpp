#include "leader/store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "runtime/program.h"

namespace naive::leader {
namespace {

constexpr int kSchemaVersion = 1;

// `state` is a serialised naive.v1.TraderState; the columns beside it are there for the reader with
// sqlite3.
constexpr const char* kSchema = R"(
CREATE TABLE slots (
  slot INTEGER PRIMARY KEY,
  incarnation INTEGER NOT NULL,
  cycle INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  finished INTEGER NOT NULL,
  reason TEXT NOT NULL,
  state BLOB NOT NULL,
  stored_at TEXT NOT NULL
) STRICT;
)";

constexpr const char* kPut = R"(
INSERT INTO slots (slot, incarnation, cycle, revision, finished, reason, state, stored_at)
VALUES (?, ?, ?, ?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
ON CONFLICT (slot) DO UPDATE SET
  incarnation = excluded.incarnation, cycle = excluded.cycle, revision = excluded.revision,
  finished = excluded.finished, reason = excluded.reason, state = excluded.state,
  stored_at = excluded.stored_at
)";

void migrate(SQLite::Database& database, const std::filesystem::path& file) {
  const int version = database.execAndGet("PRAGMA user_version").getInt();
  if (version == kSchemaVersion) return;
  if (version != 0) {
    throw runtime::ConfigError(fmt::format(
        "'{}' was written by a newer version of this program (schema {}, this one knows "
        "{}); start that version, or choose another --state-dir",
        file.string(), version, kSchemaVersion));
  }
  SQLite::Transaction transaction{database};
  database.exec(kSchema);
  database.exec(fmt::format("PRAGMA user_version = {}", kSchemaVersion));
  transaction.commit();
}

}  // namespace

struct SlotStore::Statements {
  explicit Statements(SQLite::Database& database) : put(database, kPut) {}
  SQLite::Statement put;
};

SlotStore::SlotStore(const std::filesystem::path& file) {
  try {
    database_ = std::make_unique<SQLite::Database>(file.string(),
                                                   SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database_->exec("PRAGMA journal_mode = WAL");
    database_->exec("PRAGMA synchronous = FULL");
    migrate(*database_, file);
    statements_ = std::make_unique<Statements>(*database_);
  } catch (const SQLite::Exception& error) {
    throw runtime::ConfigError(
        fmt::format("cannot use the store '{}': {}", file.string(), error.what()));
  }
}

SlotStore::~SlotStore() = default;

std::vector<SlotRecord> SlotStore::load() {
  std::vector<SlotRecord> records;
  SQLite::Statement query{*database_,
                          "SELECT slot, incarnation, cycle, revision, finished, reason, state "
                          "FROM slots ORDER BY slot"};
  while (query.executeStep()) {
    records.push_back(
        {.slot = query.getColumn(0).getUInt(),
         .incarnation = query.getColumn(1).getUInt(),
         .trader = {.cycle = static_cast<std::uint64_t>(query.getColumn(2).getInt64()),
                    .revision = static_cast<std::uint64_t>(query.getColumn(3).getInt64()),
                    .finished = query.getColumn(4).getInt() != 0,
                    .reason = query.getColumn(5).getString(),
                    .bytes = query.getColumn(6).getString()}});
  }
  return records;
}

void SlotStore::put(const SlotRecord& record) {
  SQLite::Statement& put = statements_->put;
  put.reset();
  put.bind(1, record.slot);
  put.bind(2, record.incarnation);
  put.bind(3, static_cast<std::int64_t>(record.trader.cycle));
  put.bind(4, static_cast<std::int64_t>(record.trader.revision));
  put.bind(5, record.trader.finished ? 1 : 0);
  put.bind(6, record.trader.reason);
  put.bind(7, record.trader.bytes.data(), static_cast<int>(record.trader.bytes.size()));
  put.exec();
}

}  // namespace naive::leader
