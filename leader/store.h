#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "leader/roster.h"

namespace SQLite {
class Database;
}

namespace naive::leader {

/// The durable memory of one symbol: a SQLite file of its own, so that one symbol's trouble stays
/// its own. What put() has returned from survives the death of every process and of the machine
/// (WAL, synchronous=FULL).
class SlotStore {
 public:
  /// Opens or makes the file. Throws runtime::ConfigError that names it when it cannot be used.
  explicit SlotStore(const std::filesystem::path& file);
  ~SlotStore();

  std::vector<SlotRecord> load();
  /// Throws SQLite::Exception when the disk does not take it.
  void put(const SlotRecord& record);

 private:
  struct Statements;
  std::unique_ptr<SQLite::Database> database_;
  std::unique_ptr<Statements> statements_;
};

}  // namespace naive::leader
