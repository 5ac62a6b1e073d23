#include "binance_mock/feed.h"

#include <gmock/gmock.h>

#include "world.h"

namespace naive::binance_mock {
namespace {

using namespace std::chrono_literals;

/// Prints 1, 2, 3, ... with a fixed gap.
class Counter final : public PriceSource {
 public:
  explicit Counter(std::chrono::microseconds gap) : gap_(gap) {}
  Print next() override {
    const Print print{.price = market::Price::from_units(++count_),
                      .quantity = market::Quantity::from_units(1),
                      .gap = count_ == 1 ? 0us : gap_};
    return print;
  }

 private:
  std::chrono::microseconds gap_;
  std::int64_t count_ = 0;
};

const Feed::Time kStart{100s};

bool always(const std::string&) { return true; }
bool never(const std::string&) { return false; }

std::string take(Feed& feed, Feed::Time now, const Feed::IsWanted& is_wanted = always) {
  const auto next = feed.take_due(now, is_wanted);
  return next ? next->symbol + std::to_string(next->print.price.units()) : "";
}

TEST(Pace, Parses) {
  EXPECT_TRUE(Pace::parse("stepped")->is_stepped());
  EXPECT_EQ(Pace::parse("recorded")->scale(10us), 10us);
  EXPECT_EQ(Pace::parse("x10")->scale(10us), 1us);
  for (const char* text : {"", "x", "x0", "x-1", "10", "x1.5", "x1000000", "fast"}) {
    EXPECT_FALSE(Pace::parse(text)) << text;
  }
}

TEST(Feed, TapesKeepTheirRhythm) {
  Feed feed{Pace::recorded()};
  feed.add_tape("A", std::make_unique<Counter>(10ms), 0us, kStart);
  feed.add_tape("B", std::make_unique<Counter>(10ms), 5ms, kStart);
  EXPECT_EQ(feed.next_due(), kStart);
  EXPECT_EQ(take(feed, kStart), "A1");
  EXPECT_EQ(take(feed, kStart), "");
  EXPECT_EQ(feed.next_due(), kStart + 5ms);
  EXPECT_EQ(take(feed, kStart + 20ms), "B1");
  EXPECT_EQ(take(feed, kStart + 20ms), "A2");
  EXPECT_EQ(take(feed, kStart + 20ms), "B2");
  EXPECT_EQ(take(feed, kStart + 20ms), "A3");
  EXPECT_EQ(take(feed, kStart + 20ms), "");
}

TEST(Feed, PaceDividesTheGaps) {
  Feed feed{*Pace::parse("x10")};
  feed.add_tape("A", std::make_unique<Counter>(10ms), 10ms, kStart);
  EXPECT_EQ(feed.next_due(), kStart + 1ms);
  EXPECT_EQ(take(feed, kStart + 1ms), "A1");
  EXPECT_EQ(feed.next_due(), kStart + 2ms);
}

TEST(Feed, AWalkSleepsUntilSomebodyIsInterestedAndWhenNobodyIsAnyMore) {
  Feed feed{Pace::recorded()};
  feed.add_walk("W", std::make_unique<Counter>(10ms));
  EXPECT_EQ(feed.next_due(), std::nullopt);
  feed.wake("W", kStart);
  feed.wake("W", kStart);
  EXPECT_EQ(take(feed, kStart), "W1");
  EXPECT_EQ(feed.next_due(), kStart + 10ms);
  EXPECT_EQ(take(feed, kStart + 10ms, never), "");
  EXPECT_EQ(feed.next_due(), std::nullopt);
  feed.wake("W", kStart + 1s);
  EXPECT_NE(feed.next_due(), std::nullopt);
}

TEST(Feed, SteppedNothingMovesByItself) {
  Feed feed{Pace::stepped()};
  feed.add_tape("A", std::make_unique<Counter>(10ms), 0us, kStart);
  feed.add_tape("B", std::make_unique<Counter>(10ms), 5ms, kStart);
  feed.add_walk("W", std::make_unique<Counter>(1ms));
  feed.wake("W", kStart);
  EXPECT_EQ(feed.next_due(), std::nullopt);
  EXPECT_EQ(take(feed, kStart + 1h), "");
  std::string order;
  for (int i = 0; i < 5; ++i) order += feed.step()->symbol;
  EXPECT_EQ(order, "ABABA");
}

TEST(Feed, WithoutATapeThereIsNothingToStep) {
  Feed feed{Pace::stepped()};
  feed.add_walk("W", std::make_unique<Counter>(1ms));
  EXPECT_FALSE(feed.step());
}

}  // namespace
}  // namespace naive::binance_mock
