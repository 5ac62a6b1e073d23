#include "supervision/restart_window.h"

#include <gtest/gtest.h>

namespace naive::supervision {
namespace {

using std::chrono::milliseconds;

TimePoint at(int ms) { return TimePoint{} + std::chrono::hours{1} + milliseconds{ms}; }

TEST(RestartWindow, AllowsAsManyAsItSaysAndNotOneMore) {
  RestartWindow window{3, milliseconds{5000}};
  EXPECT_TRUE(window.record(at(0)));
  EXPECT_TRUE(window.record(at(1)));
  EXPECT_TRUE(window.record(at(2)));
  EXPECT_FALSE(window.record(at(3)));
}

TEST(RestartWindow, IncludesBothEnds) {
  RestartWindow window{1, milliseconds{1000}};
  EXPECT_TRUE(window.record(at(0)));
  EXPECT_FALSE(window.record(at(1000)));
  RestartWindow later{1, milliseconds{1000}};
  EXPECT_TRUE(later.record(at(0)));
  EXPECT_TRUE(later.record(at(1001)));
}

TEST(RestartWindow, Slides) {
  RestartWindow window{3, milliseconds{1000}};
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(window.record(at(i * 400))) << i;  // 2.5 a second
  RestartWindow full{3, milliseconds{1000}};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(full.record(at(i * 300)));
  EXPECT_FALSE(full.record(at(900)));
}

// OTP's multiple_restarts: one restart a second allowed, a crash every 2.1 s never escalates.
TEST(RestartWindow, SlowCrashesNeverEscalate) {
  RestartWindow window{1, milliseconds{1000}};
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(window.record(at(i * 2100))) << i;
}

TEST(RestartWindow, ZeroMeansNever) {
  RestartWindow window{0, milliseconds{1000}};
  EXPECT_FALSE(window.record(at(0)));
  EXPECT_FALSE(window.record(at(100'000)));
}

TEST(RestartWindow, OneTooManyStillCountsForTheNext) {
  RestartWindow window{1, milliseconds{1000}};
  EXPECT_TRUE(window.record(at(0)));
  EXPECT_FALSE(window.record(at(900)));
  EXPECT_FALSE(window.record(at(1800)));  // the refused attempt was one too
  EXPECT_TRUE(window.record(at(2900)));
}

TEST(RestartWindow, ClearForgetsAll) {
  RestartWindow window{1, milliseconds{1000}};
  EXPECT_TRUE(window.record(at(0)));
  window.clear();
  EXPECT_TRUE(window.record(at(1)));
  EXPECT_FALSE(window.record(at(2)));
}

}  // namespace
}  // namespace naive::supervision
