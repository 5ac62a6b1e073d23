#include "store/books.h"

#include <gmock/gmock.h>

#include <fstream>

#include "file.h"
#include "store/open_error.h"

namespace naive::store::test {
namespace {

using testing::ElementsAre;
using BooksTest = FileTest;

std::vector<std::uint64_t> numbers(const std::vector<Cycle>& cycles) {
  std::vector<std::uint64_t> numbers;
  for (const Cycle& cycle : cycles) numbers.push_back(cycle.number);
  return numbers;
}

TEST_F(BooksTest, SayWhatWasStored) {
  SlotStore store{file()};
  EXPECT_TRUE(store.put(entry(3, 8, 4, End::kFinished)));
  Books books{file()};
  const auto cycles = books.cycles(10);
  ASSERT_EQ(cycles.size(), 1U);
  const Cycle expected = cycle(3, 8);
  EXPECT_EQ(cycles[0].slot, 3U);
  EXPECT_EQ(cycles[0].number, 8U);
  EXPECT_EQ(cycles[0].buy.order, expected.buy.order);
  EXPECT_EQ(cycles[0].sell.order, expected.sell.order);
  EXPECT_EQ(cycles[0].sell.quote, expected.sell.quote);
  EXPECT_EQ(cycles[0].commission, expected.commission);
  EXPECT_EQ(profit(cycles[0]), profit(expected));
  EXPECT_EQ(cycles[0].base_asset, "BTC");
  EXPECT_THAT(cycles[0].finished_at, testing::MatchesRegex("....-..-..T..:..:..\\....Z"));
}

TEST_F(BooksTest, TheLatestCyclesComeFirst) {
  SlotStore store{file()};
  for (const std::uint64_t number : {1U, 2U, 3U}) {
    EXPECT_TRUE(store.put(entry(0, number, number, End::kFinished)));
  }
  EXPECT_THAT(numbers(Books{file()}.cycles(2)), ElementsAre(3, 2));
}

TEST_F(BooksTest, OrdersAreThoseOfRunningCyclesAndOfTheLastFinishedOnes) {
  SlotStore store{file()};
  EXPECT_TRUE(store.put(entry(0, 1, 1, End::kFinished)));
  EXPECT_TRUE(store.put(entry(0, 2, 2, End::kFinished)));
  EXPECT_EQ(Books{file()}.orders(10).size(), 4U) << "the slot itself is finished: once, not twice";
  EXPECT_TRUE(store.put(entry(0, 3, 3)));
  EXPECT_EQ(Books{file()}.orders(10).size(), 6U);
  const auto orders = Books{file()}.orders(1);
  ASSERT_EQ(orders.size(), 4U);
  EXPECT_EQ(orders[0].cycle, 3U);
  EXPECT_EQ(orders[0].order.side, market::Side::kSell);
  EXPECT_EQ(orders[0].order.status, market::OrderStatus::kFilled);
  EXPECT_EQ(orders[0].order.executed_quantity.to_string(), "9.98000000");
}

TEST_F(BooksTest, AnOrderThatWasNeverMadeIsNotListed) {
  SlotStore store{file()};
  SlotEntry fresh = entry(0, 1, 1);
  fresh.cycle = {.slot = 0, .number = 1, .phase = "AWAITING_PRICE"};
  EXPECT_TRUE(store.put(fresh));
  EXPECT_TRUE(Books{file()}.orders(10).empty());
}

TEST_F(BooksTest, ReadingChangesNothing) {
  { EXPECT_TRUE(SlotStore{file()}.put(entry(0, 1, 1))); }
  const auto before = fs::last_write_time(file());
  EXPECT_EQ(Books{file()}.orders(1).size(), 2U);
  EXPECT_EQ(fs::last_write_time(file()), before);
  EXPECT_THROW(Books{directory_ / "NOSUCH.sqlite"}, OpenError);
  EXPECT_FALSE(fs::exists(directory_ / "NOSUCH.sqlite"));
}

TEST_F(BooksTest, SymbolsAreKnownByTheirFiles) {
  { const SlotStore btc{file()}; }
  { const SlotStore ada{file_of(directory_, "ADAUSDT")}; }
  std::ofstream{directory_ / "symbols"} << "BTCUSDT on";
  EXPECT_THAT(symbols_in(directory_), ElementsAre("ADAUSDT", "BTCUSDT"));
  EXPECT_THAT(symbols_in(directory_ / "nowhere"), testing::IsEmpty());
}

}  // namespace
}  // namespace naive::store::test
