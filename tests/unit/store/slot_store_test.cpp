#include "store/slot_store.h"

#include <gmock/gmock.h>

#include "file.h"
#include "store/books.h"
#include "store/schema.h"

namespace naive::store::test {
namespace {

using SlotStoreTest = FileTest;

TEST_F(SlotStoreTest, WhatWasPutIsThereForTheNextOne) {
  {
    SlotStore store{file()};
    EXPECT_TRUE(store.put(entry(0, 3, 1)));
    EXPECT_TRUE(store.put(entry(1, 3, 5, End::kFinished)));
    EXPECT_TRUE(store.put(entry(0, 3, 2)));
  }
  const SlotStore store{file()};
  const auto& records = store.records();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].trader.revision, 2U);
  EXPECT_EQ(records[0].incarnation, 7U);
  EXPECT_EQ(records[0].trader.bytes, (std::string{"a\0b", 3}));
  EXPECT_FALSE(records[0].trader.finished);
  EXPECT_TRUE(records[1].trader.finished);
  EXPECT_EQ(records[1].trader.reason, "why");
}

TEST_F(SlotStoreTest, TheLastStatesOfASlotAreKept) {
  SlotStore store{file()};
  for (std::uint64_t revision = 1; revision <= kKeptStates + 5; ++revision) {
    SlotEntry each = entry(0, 1, revision);
    each.record.trader.bytes = std::to_string(revision);
    EXPECT_TRUE(store.put(each));
  }
  EXPECT_TRUE(store.put(entry(1, 1, 6)));
  EXPECT_EQ(store.state_at(0, 5), std::nullopt);
  EXPECT_EQ(store.state_at(0, 6), "6");
  EXPECT_EQ(store.state_at(0, kKeptStates + 5), std::to_string(kKeptStates + 5));
  EXPECT_EQ(store.state_at(0, 1000), std::nullopt);
  const auto states = Books{file()}.states(0);
  ASSERT_EQ(states.size(), kKeptStates);
  EXPECT_EQ(states.front().revision, kKeptStates + 5);
  EXPECT_EQ(states.front().phase, "SELL_OPEN");
}

TEST_F(SlotStoreTest, OnlyAFileWithNothingOnRecordIsDiscarded) {
  SlotStore{file()}.discard_if_empty();
  EXPECT_FALSE(std::filesystem::exists(file()));
  SlotStore store{file()};
  EXPECT_TRUE(store.put(entry(0, 1, 1)));
  store.discard_if_empty();
  EXPECT_EQ(SlotStore{file()}.records().size(), 1U);
}

TEST_F(SlotStoreTest, WhatIsCommittedIsSeenWhileTheWriterLives) {
  SlotStore store{file()};
  EXPECT_TRUE(store.put(entry(0, 1, 1)));
  EXPECT_EQ(SlotStore{file()}.records().size(), 1U);
}

TEST_F(SlotStoreTest, AFinishedCycleIsKeptOnceHoweverOftenItIsTold) {
  SlotStore store{file()};
  EXPECT_TRUE(store.put(entry(0, 1, 4, End::kFinished)));
  EXPECT_TRUE(store.put(entry(0, 1, 4, End::kFinished)));
  SlotEntry next = entry(0, 2, 5);
  next.ended = cycle(0, 1);
  EXPECT_TRUE(store.put(next));
  EXPECT_TRUE(store.put(next));
  EXPECT_EQ(database().execAndGet("SELECT count(*) FROM cycles").getInt(), 1);
}

TEST_F(SlotStoreTest, TheEndThatCouldNotBeStoredComesWithTheNextCycle) {
  SlotStore store{file()};
  EXPECT_TRUE(store.put(entry(0, 1, 3)));
  SlotEntry next = entry(0, 2, 5);
  next.ended = cycle(0, 1);
  EXPECT_TRUE(store.put(next));
  EXPECT_EQ(database().execAndGet("SELECT cycle FROM cycles").getInt(), 1);
}

TEST_F(SlotStoreTest, ACycleIsReadableWithPlainSqlite) {
  SlotStore store{file()};
  EXPECT_TRUE(store.put(entry(0, 1, 4, End::kFinished)));
  const auto value = [&](const std::string& column) {
    return database().execAndGet("SELECT " + column + " FROM cycles").getString();
  };
  EXPECT_EQ(value("buy_id"), "n1-BTCUSDT-0-1-B1");
  EXPECT_EQ(value("sell_price"), "1.02000000");
  EXPECT_EQ(value("bought_quote"), "9.90000000");
  EXPECT_EQ(value("commission_base"), "0.01000000");
  EXPECT_EQ(value("profit"), "0.25960000") << "10.1796 - 9.9 - 0.02";
  EXPECT_EQ(value("dust"), "0.01000000") << "10 - 0.01 - 9.98";
}

TEST_F(SlotStoreTest, WhatCannotBeWrittenIsSaidAndMayBeTriedAgain) {
  SlotStore store{file()};
  EXPECT_TRUE(store.put(entry(0, 1, 1)));
  {
    SQLite::Database other = database();
    other.exec("BEGIN IMMEDIATE");
    const auto refused = store.put(entry(0, 1, 2, End::kFinished));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), "database is locked");
    EXPECT_EQ(SlotStore{file()}.records().at(0).trader.revision, 1U);
  }
  EXPECT_TRUE(store.put(entry(0, 1, 2, End::kFinished)));
  EXPECT_EQ(SlotStore{file()}.records().at(0).trader.revision, 2U);
  EXPECT_EQ(database().execAndGet("SELECT count(*) FROM cycles").getInt(), 1);
}

}  // namespace
}  // namespace naive::store::test
