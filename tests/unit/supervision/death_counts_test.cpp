#include "supervision/death_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace naive::supervision {
namespace {

using testing::ElementsAre;
using Entry = DeathCounts::Entry;

TEST(DeathCounts, CountsByReasonInTheOrderOfTheFirst) {
  DeathCounts deaths;
  EXPECT_THAT(deaths.entries(), ElementsAre());
  for (const char* reason : {"killed by SIGKILL", "exited 70", "killed by SIGKILL"}) {
    deaths.add(reason);
  }
  EXPECT_THAT(deaths.entries(), ElementsAre(Entry{"killed by SIGKILL", 2}, Entry{"exited 70", 1}));
}

TEST(DeathCounts, NobodyCanFillItWithReasons) {
  DeathCounts deaths;
  for (int i = 0; i < 1000; ++i) deaths.add("excuse " + std::to_string(i));
  ASSERT_EQ(deaths.entries().size(), DeathCounts::kMostReasons + 1);
  EXPECT_EQ(deaths.entries().back(), (Entry{"other reasons", 992}));
  deaths.add("excuse 0");
  EXPECT_EQ(deaths.entries().front(), (Entry{"excuse 0", 2}));
}

}  // namespace
}  // namespace naive::supervision
