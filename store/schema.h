#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace SQLite {
class Database;
class Exception;
}  // namespace SQLite

/// The tables of a symbol's file, and how they became what they are.
///
///   slots   one row a slot: where it stands. `state` is a serialised naive.v1.TraderState, which is what counts; the
///           columns beside it say the same to readers
///   cycles  one row a finished cycle, kept for ever
///   states  the last states of each slot, to go back to: a ring, in which revision N is at place N % kKeptStates
///   orders  a view: the last order of either side, of running and of finished cycles
///
/// Amounts are decimal texts with eight places, as the exchange writes them; times are UTC, ISO 8601. An order that
/// was never made has an empty id; one that is not known to be on the exchange has an empty status.
namespace naive::store {

inline constexpr int kSchemaVersion = 3;
inline constexpr std::uint64_t kKeptStates = 32;

/// The version that a file was written with; 0: nothing is in it.
int schema_version(SQLite::Database& database);

/// Makes the tables, or brings those of an older version up to date, in one transaction.
void migrate(SQLite::Database& database);

/// Looks at a file before anybody opens it for writing, and changes nothing: throws OpenError when
/// it is torn, no database, or of a newer version. A file that does not exist is fine.
void verify(const std::filesystem::path& file);

/// In SQLite's words, and with them what the operating system said: "disk I/O error", "database or disk is full".
std::string describe(const SQLite::Exception& error);

/// What an exception of SQLite means for whoever opens `file`. Throws OpenError.
[[noreturn]] void rethrow_as_open_error(const std::filesystem::path& file,
                                        const SQLite::Exception& error);

}  // namespace naive::store
