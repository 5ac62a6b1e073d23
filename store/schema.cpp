#include "store/schema.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>

#include "store/open_error.h"

namespace naive::store {
namespace {

/// For a reader that rebuilds the index of the write-ahead log after a kill -9: milliseconds.
constexpr int kPatience = 1000;

constexpr const char* kSlots = R"(
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

constexpr const char* kCycles = R"(
ALTER TABLE slots ADD COLUMN phase TEXT NOT NULL DEFAULT '';
ALTER TABLE slots ADD COLUMN buy_id TEXT NOT NULL DEFAULT '';
ALTER TABLE slots ADD COLUMN buy_status TEXT NOT NULL DEFAULT '';
ALTER TABLE slots ADD COLUMN buy_price TEXT NOT NULL DEFAULT '';
ALTER TABLE slots ADD COLUMN buy_quantity TEXT NOT NULL DEFAULT '';
ALTER TABLE slots ADD COLUMN buy_executed TEXT NOT NULL DEFAULT '';
ALTER TABLE slots ADD COLUMN buy_executed_quote TEXT NOT NULL DEFAULT '';
ALTER TABLE slots ADD COLUMN sell_id TEXT NOT NULL DEFAULT '';
ALTER TABLE slots ADD COLUMN sell_status TEXT NOT NULL DEFAULT '';
ALTER TABLE slots ADD COLUMN sell_price TEXT NOT NULL DEFAULT '';
ALTER TABLE slots ADD COLUMN sell_quantity TEXT NOT NULL DEFAULT '';
ALTER TABLE slots ADD COLUMN sell_executed TEXT NOT NULL DEFAULT '';
ALTER TABLE slots ADD COLUMN sell_executed_quote TEXT NOT NULL DEFAULT '';

CREATE TABLE cycles (
  number INTEGER PRIMARY KEY,  -- in the order in which they were finished
  slot INTEGER NOT NULL,
  cycle INTEGER NOT NULL,
  buy_id TEXT NOT NULL,        -- the orders: of the last attempt
  buy_status TEXT NOT NULL,
  buy_price TEXT NOT NULL,
  buy_quantity TEXT NOT NULL,
  buy_executed TEXT NOT NULL,
  buy_executed_quote TEXT NOT NULL,
  sell_id TEXT NOT NULL,
  sell_status TEXT NOT NULL,
  sell_price TEXT NOT NULL,
  sell_quantity TEXT NOT NULL,
  sell_executed TEXT NOT NULL,
  sell_executed_quote TEXT NOT NULL,
  bought TEXT NOT NULL,        -- the sums: of all attempts
  bought_quote TEXT NOT NULL,
  sold TEXT NOT NULL,
  sold_quote TEXT NOT NULL,
  base_asset TEXT NOT NULL,
  quote_asset TEXT NOT NULL,
  commission_base TEXT NOT NULL,
  commission_quote TEXT NOT NULL,
  commission_other TEXT NOT NULL,
  commission_other_asset TEXT NOT NULL,
  profit TEXT NOT NULL,        -- sold_quote - bought_quote - commission_quote
  dust TEXT NOT NULL,          -- bought - commission_base - sold
  reason TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  UNIQUE (slot, cycle)
) STRICT;

CREATE VIEW orders AS
  SELECT slot, cycle, 'BUY' AS side, buy_id AS client_order_id, buy_status AS status,
         buy_price AS price, buy_quantity AS quantity, buy_executed AS executed,
         buy_executed_quote AS executed_quote, stored_at AS at
    FROM slots WHERE buy_id <> '' AND NOT finished
  UNION ALL
  SELECT slot, cycle, 'SELL', sell_id, sell_status, sell_price, sell_quantity, sell_executed,
         sell_executed_quote, stored_at
    FROM slots WHERE sell_id <> '' AND NOT finished
  UNION ALL
  SELECT slot, cycle, 'BUY', buy_id, buy_status, buy_price, buy_quantity, buy_executed,
         buy_executed_quote, finished_at
    FROM cycles WHERE buy_id <> ''
  UNION ALL
  SELECT slot, cycle, 'SELL', sell_id, sell_status, sell_price, sell_quantity, sell_executed,
         sell_executed_quote, finished_at
    FROM cycles WHERE sell_id <> '';
)";

constexpr const char* kStates = R"(
CREATE TABLE states (
  slot INTEGER NOT NULL,
  place INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  cycle INTEGER NOT NULL,
  phase TEXT NOT NULL,
  state BLOB NOT NULL,
  stored_at TEXT NOT NULL,
  PRIMARY KEY (slot, place)
) STRICT, WITHOUT ROWID;
)";

/// kSteps[n] leads from version n to n + 1.
constexpr std::array<const char*, kSchemaVersion> kSteps{kSlots, kCycles, kStates};

/// SQLITE_CANTOPEN is also what a full disk looks like that has no room for the log beside the file.
bool may_pass(int code, const std::filesystem::path& file) {
  if (code == SQLITE_CANTOPEN) {
    return ::access(file.c_str(), F_OK) != 0 || ::access(file.c_str(), R_OK | W_OK) == 0;
  }
  return code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_FULL ||
         code == SQLITE_IOERR || code == SQLITE_READONLY;
}

OpenError damaged(const std::filesystem::path& file, const std::string& what) {
  return {OpenError::Kind::kUnusable,
          fmt::format("the store '{0}' is damaged ({1}) and was left as it is; look at it with "
                      "sqlite3, move '{0}' and its -wal and -shm files away, then clear",
                      file.string(), what)};
}

}  // namespace

int schema_version(SQLite::Database& database) {
  return database.execAndGet("PRAGMA user_version").getInt();
}

void migrate(SQLite::Database& database) {
  const int version = schema_version(database);
  if (version == kSchemaVersion) return;
  SQLite::Transaction transaction{database};
  for (auto step = static_cast<std::size_t>(version); step < kSteps.size(); ++step) {
    database.exec(kSteps[step]);
  }
  database.exec(fmt::format("PRAGMA user_version = {}", kSchemaVersion));
  transaction.commit();
}

void verify(const std::filesystem::path& file) {
  std::error_code failure;
  const auto type = std::filesystem::status(file, failure).type();
  if (type == std::filesystem::file_type::not_found) return;
  if (type != std::filesystem::file_type::regular) {
    throw OpenError(OpenError::Kind::kUnusable,
                    fmt::format("the store '{}' is not a regular file", file.string()));
  }
  try {
    SQLite::Database database{file.string(), SQLite::OPEN_READONLY, kPatience};
    const int version = schema_version(database);
    if (version > kSchemaVersion) {
      throw OpenError(
          OpenError::Kind::kUnusable,
          fmt::format(
              "the store '{}' was written by a newer version of this program (schema {}, this one "
              "knows {}); start that version, or choose another --state-dir",
              file.string(), version, kSchemaVersion));
    }
    if (version == 0) return;
    // Only the table that a start depends on: what is finished grows for ever, and so would the check.
    const std::string verdict = database.execAndGet("PRAGMA quick_check(slots)").getString();
    if (verdict != "ok") throw damaged(file, verdict);
  } catch (const SQLite::Exception& error) {
    rethrow_as_open_error(file, error);
  }
}

std::string describe(const SQLite::Exception& error) {
  const int code = error.getErrorCode();
  return code > 0 ? ::sqlite3_errstr(code) : error.what();
}

void rethrow_as_open_error(const std::filesystem::path& file, const SQLite::Exception& error) {
  const int code = error.getErrorCode();
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) throw damaged(file, describe(error));
  throw OpenError(may_pass(code, file) ? OpenError::Kind::kNotNow : OpenError::Kind::kUnusable,
                  fmt::format("cannot use the store '{}': {}", file.string(), error.what()));
}

}  // namespace naive::store
