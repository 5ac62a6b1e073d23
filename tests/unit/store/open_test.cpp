// Files that are not as they should be.
#include <gmock/gmock.h>

#include <fstream>

#include "file.h"
#include "store/open_error.h"
#include "store/schema.h"

namespace naive::store::test {
namespace {

using testing::HasSubstr;
using OpenTest = FileTest;

std::string bytes_of(const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

/// The file is refused like this, and is afterwards what it was before.
void expect_refused(const fs::path& file, OpenError::Kind kind, const std::string& words) {
  const std::string before = bytes_of(file);
  try {
    const SlotStore store{file};
    FAIL() << "opened";
  } catch (const OpenError& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(words));
    EXPECT_THAT(error.what(), HasSubstr(file.string()));
  }
  EXPECT_EQ(bytes_of(file), before);
}

TEST_F(OpenTest, AFileThatIsNoDatabaseIsNamedAndLeftAlone) {
  std::ofstream{file()} << "this is not a database, and it is longer than a header would be";
  expect_refused(file(), OpenError::Kind::kUnusable, "file is not a database");
}

TEST_F(OpenTest, ATornFileIsNamedAndLeftAlone) {
  {
    SlotStore store{file()};
    for (std::uint32_t slot = 0; slot < 100; ++slot) EXPECT_TRUE(store.put(entry(slot, 1, 1)));
  }
  fs::resize_file(file(), fs::file_size(file()) / 2);
  expect_refused(file(), OpenError::Kind::kUnusable, "is damaged");
}

TEST_F(OpenTest, GarbageInTheMiddleIsNoticed) {
  {
    SlotStore store{file()};
    for (std::uint32_t slot = 0; slot < 100; ++slot) EXPECT_TRUE(store.put(entry(slot, 1, 1)));
  }
  {
    std::fstream stream{file(), std::ios::in | std::ios::out | std::ios::binary};
    const auto root = database(SQLite::OPEN_READONLY)
                          .execAndGet("SELECT rootpage FROM sqlite_schema WHERE name = 'slots'")
                          .getInt64();
    stream.seekp((root - 1) * 4096);
    stream << std::string(4096, 'x');
  }
  expect_refused(file(), OpenError::Kind::kUnusable, "is damaged");
}

TEST_F(OpenTest, ANewerSchemaIsNotTouched) {
  EXPECT_TRUE(SlotStore{file()}.put(entry(0, 1, 1)));
  database().exec("PRAGMA user_version = 99");
  expect_refused(file(), OpenError::Kind::kUnusable, "newer version");
}

TEST_F(OpenTest, ADirectoryInItsPlaceIsUnusable) {
  fs::create_directory(file());
  try {
    const SlotStore store{file()};
    FAIL() << "opened";
  } catch (const OpenError& error) {
    EXPECT_EQ(error.kind(), OpenError::Kind::kUnusable) << error.what();
  }
}

TEST_F(OpenTest, ALockThatSomebodyHoldsMayPass) {
  { const SlotStore store{file()}; }
  SQLite::Database other = database();
  other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  expect_refused(file(), OpenError::Kind::kNotNow, "locked");
}

/// As version 1 of the schema wrote it.
TEST_F(OpenTest, AnOlderFileIsBroughtUpToDateAndKeepsItsSlots) {
  {
    SQLite::Database old{file().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
    old.exec(R"(
PRAGMA journal_mode = WAL;
CREATE TABLE slots (
  slot INTEGER PRIMARY KEY, incarnation INTEGER NOT NULL, cycle INTEGER NOT NULL,
  revision INTEGER NOT NULL, finished INTEGER NOT NULL, reason TEXT NOT NULL, state BLOB NOT NULL,
  stored_at TEXT NOT NULL) STRICT;
INSERT INTO slots VALUES (0, 41, 12, 90, 0, '', x'0102', '2026-01-01T00:00:00.000Z');
PRAGMA user_version = 1;
)");
  }
  {
    SlotStore store{file()};
    ASSERT_EQ(store.records().size(), 1U);
    EXPECT_EQ(store.records()[0].incarnation, 41U);
    EXPECT_EQ(store.records()[0].trader.cycle, 12U);
    EXPECT_EQ(store.records()[0].trader.bytes, "\x01\x02");
    EXPECT_TRUE(store.put(entry(0, 12, 91, End::kFinished)));
  }
  EXPECT_EQ(database().execAndGet("PRAGMA user_version").getInt(), kSchemaVersion);
  EXPECT_EQ(database().execAndGet("SELECT cycle FROM cycles").getInt(), 12);
}

}  // namespace
}  // namespace naive::store::test
