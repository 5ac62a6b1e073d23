#include "tests/chaos/chaos.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace naive::chaos {
namespace {

/// A short run of what scripts/chaos does for hours.
TEST(Chaos, NoOrderIsLostOrPlacedTwice) {
  const Report report = run({.kills = 60, .seed = 1});
  fmt::print("{}", report.to_string());
  EXPECT_TRUE(report.is_clean());
  EXPECT_GT(report.audit.executions, 0U);
}

}  // namespace
}  // namespace naive::chaos
