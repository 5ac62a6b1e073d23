#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/cycle.h"
#include "store/records.h"

namespace SQLite {
class Database;
}

namespace naive::store {

/// A slot as it is to be kept: what counts, and what it says to readers.
struct SlotEntry {
  SlotRecord record;
  Cycle cycle;
  /// The cycle before, when its end may not be stored yet.
  std::optional<Cycle> ended;
};

/// The durable memory of one symbol: a SQLite file of its own, so that one symbol's trouble stays
/// its own. Its only writer. What put() has returned from survives the death of every process and of
/// the machine (WAL, synchronous=FULL).
class SlotStore {
 public:
  /// Opens or makes the file, and brings its tables up to date. Throws OpenError.
  explicit SlotStore(const std::filesystem::path& file);
  ~SlotStore();

  /// Removes the file, unless something is or was on record. The store is not used any more after that.
  void discard_if_empty();

  /// What was there when the file was opened.
  const std::vector<SlotRecord>& records() const { return records_; }

  /// One transaction: all of it or nothing. An end (`ended`, and `cycle` when the record is finished)
  /// is kept in `cycles` once, however often it is told. The error is in SQLite's words; the same
  /// entry, or a later one of the slot, may then be tried again.
  std::expected<void, std::string> put(const SlotEntry& entry);

  /// The state that the slot had at this revision; none when it is not among the last kKeptStates.
  std::optional<std::string> state_at(std::uint32_t slot, std::uint64_t revision);

 private:
  struct Statements;
  std::filesystem::path file_;
  std::unique_ptr<SQLite::Database> database_;
  std::unique_ptr<Statements> statements_;
  std::vector<SlotRecord> records_;
};

}  // namespace naive::store
