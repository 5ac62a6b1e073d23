#include "leader/store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "runtime/program.h"

namespace naive::leader::test {
namespace {

namespace fs = std::filesystem;

class SlotStoreTest : public testing::Test {
 protected:
  SlotStoreTest() {
    std::string pattern = (fs::temp_directory_path() / "naive-store-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~SlotStoreTest() override { fs::remove_all(directory_); }

  fs::path file() const { return directory_ / "BTCUSDT.sqlite"; }

  fs::path directory_;
};

SlotRecord record(std::uint32_t slot, std::uint64_t revision) {
  return {.slot = slot,
          .incarnation = 7,
          .trader = {.cycle = 3,
                     .revision = revision,
                     .finished = slot == 1,
                     .reason = "why",
                     .bytes = std::string{"a\0b", 3}}};
}

TEST_F(SlotStoreTest, WhatWasPutIsThereForTheNextOne) {
  {
    SlotStore store{file()};
    store.put(record(0, 1));
    store.put(record(1, 5));
    store.put(record(0, 2));
  }
  const auto loaded = SlotStore{file()}.load();
  ASSERT_EQ(loaded.size(), 2U);
  EXPECT_EQ(loaded[0].trader.revision, 2U);
  EXPECT_EQ(loaded[0].incarnation, 7U);
  EXPECT_EQ(loaded[0].trader.bytes, (std::string{"a\0b", 3}));
  EXPECT_FALSE(loaded[0].trader.finished);
  EXPECT_TRUE(loaded[1].trader.finished);
  EXPECT_EQ(loaded[1].trader.reason, "why");
}

TEST_F(SlotStoreTest, SeesWhatIsCommittedWhileTheWriterLives) {
  SlotStore store{file()};
  store.put(record(0, 1));
  EXPECT_EQ(SlotStore{file()}.load().size(), 1U);
}

TEST_F(SlotStoreTest, AFileThatIsNoDatabaseIsNamedAndLeftAlone) {
  std::ofstream{file()} << "this is not a database, and it is longer than a header would be";
  try {
    SlotStore store{file()};
    FAIL() << "opened";
  } catch (const runtime::ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("BTCUSDT.sqlite"));
  }
  EXPECT_EQ(fs::file_size(file()), 63U);
}

TEST_F(SlotStoreTest, ANewerSchemaIsNotTouched) {
  SlotStore{file()}.put(record(0, 1));
  SQLite::Database{file().string(), SQLite::OPEN_READWRITE}.exec("PRAGMA user_version = 99");
  try {
    SlotStore store{file()};
    FAIL() << "opened";
  } catch (const runtime::ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("newer version"));
  }
}

}  // namespace
}  // namespace naive::leader::test
