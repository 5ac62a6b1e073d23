#include "supervision/backoff.h"

#include <gtest/gtest.h>

namespace naive::supervision {
namespace {

using std::chrono::milliseconds;

constexpr TimePoint kStart{};

/// The delay of a process that died right after its start.
milliseconds next(Backoff& backoff, double jitter = 0) {
  return backoff.next(kStart, kStart + milliseconds{1}, jitter);
}

TEST(Backoff, FirstAtOnceThenDoublingUpToTheLongest) {
  Backoff backoff;
  for (const int expected : {0, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000}) {
    EXPECT_EQ(next(backoff), milliseconds{expected});
  }
}

TEST(Backoff, StaysAtTheLongestForEver) {
  Backoff backoff;
  for (int i = 0; i < 100'000; ++i) next(backoff);
  EXPECT_EQ(next(backoff), Backoff::kLongest);
}

TEST(Backoff, JitterShortensByUpToAQuarter) {
  Backoff low, middle, high;
  next(low), next(middle), next(high);
  EXPECT_EQ(next(low, 0), milliseconds{100});
  EXPECT_EQ(next(middle, 0.5), milliseconds{87});
  EXPECT_EQ(next(high, 0.999), milliseconds{75});
}

TEST(Backoff, StartsOverAfterHealth) {
  Backoff backoff;
  for (int i = 0; i < 5; ++i) next(backoff);
  EXPECT_EQ(backoff.next(kStart, kStart + Backoff::kHealthy - milliseconds{1}, 0),
            milliseconds{1600});
  EXPECT_EQ(backoff.next(kStart, kStart + Backoff::kHealthy, 0), milliseconds{0});
  EXPECT_EQ(next(backoff), milliseconds{100});
}

TEST(Backoff, WhoAsksForTimeAlwaysGetsSome) {
  Backoff backoff;
  for (const int expected : {100, 200, 400}) {
    EXPECT_EQ(backoff.next_wait(kStart, kStart, 0), milliseconds{expected});
  }
  EXPECT_EQ(backoff.next_wait(kStart, kStart + Backoff::kHealthy, 0), milliseconds{100});
}

TEST(Backoff, ClearStartsOver) {
  Backoff backoff;
  for (int i = 0; i < 5; ++i) next(backoff);
  backoff.clear();
  EXPECT_EQ(next(backoff), milliseconds{0});
}

}  // namespace
}  // namespace naive::supervision
