#include "tests/chaos/chaos.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace naive::chaos {
namespace {

/// A short run of what scripts/chaos does for hours.
TEST(Chaos, NoOrderIsLostOrPlacedTwice) {
  const Report report = run({.kills = 60, .seed = 1});
  fmt::print("{}", report.to_string());
  EXPECT_TRUE(report.violations.empty());
  EXPECT_GT(report.executions, 0);
}

}  // namespace
}  // namespace naive::chaos
