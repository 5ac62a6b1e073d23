#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "store/cycle.h"

namespace SQLite {
class Database;
}

namespace naive::store {

/// `directory`/SYMBOL.sqlite: where a symbol's store is.
std::filesystem::path file_of(const std::filesystem::path& directory, const std::string& symbol);
/// The symbols that have a store in this directory, by name.
std::vector<std::string> symbols_in(const std::filesystem::path& directory);

/// The last order of one side of a cycle.
struct BookedOrder {
  std::uint32_t slot = 0;
  std::uint64_t cycle = 0;
  market::Order order;  // without the exchange's number and commission
  std::string at;       // when it was stored, UTC, ISO 8601
};

/// What a slot knew at some time.
struct BookedState {
  std::uint64_t revision = 0;
  std::uint64_t cycle = 0;
  std::string phase;
  std::string at;  // as above
};

/// What a symbol's store knows, for readers: never changes anything, and needs no leader, but does not mind one
/// that is writing just then.
class Books {
 public:
  /// Throws OpenError when the file is not there, damaged, or of another version.
  explicit Books(const std::filesystem::path& file);
  ~Books();
  Books(Books&&) noexcept;

  /// Of running cycles, and of at most `finished` cycles that have ended; the latest first.
  std::vector<BookedOrder> orders(std::size_t finished);
  /// Finished cycles, the latest first; at most `limit`.
  std::vector<Cycle> cycles(std::size_t limit);
  /// The last states of a slot, the latest first.
  std::vector<BookedState> states(std::uint32_t slot);

 private:
  std::unique_ptr<SQLite::Database> database_;
};

}  // namespace naive::store
