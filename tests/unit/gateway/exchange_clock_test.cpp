#include "gateway/exchange_clock.h"

#include <gtest/gtest.h>

namespace naive::gateway {
namespace {

using namespace std::chrono_literals;

TEST(ExchangeClock, IsTheServersTimeInTheMiddleOfTheRoundTrip) {
  ExchangeClock clock;
  EXPECT_EQ(clock.at(TimePoint{1000s}), std::nullopt);
  clock.synchronize(TimePoint{1000s}, TimePoint{1000s + 40ms}, market::ExchangeTime{500s});
  EXPECT_TRUE(clock.known());
  EXPECT_EQ(clock.at(TimePoint{1000s + 20ms}), market::ExchangeTime{500s});
  EXPECT_EQ(clock.at(TimePoint{1001s + 20ms}), market::ExchangeTime{501s});
}

TEST(ExchangeClock, DoesNotTakeATimeThatWasLongUnderWay) {
  ExchangeClock clock;
  EXPECT_FALSE(
      clock.synchronize(TimePoint{1000s}, TimePoint{1001s + 1ms}, market::ExchangeTime{500s}));
  EXPECT_FALSE(clock.known());
  EXPECT_TRUE(clock.synchronize(TimePoint{1000s}, TimePoint{1001s}, market::ExchangeTime{500s}));
  EXPECT_EQ(clock.at(TimePoint{1000s + 500ms}), market::ExchangeTime{500s});
}

}  // namespace
}  // namespace naive::gateway
