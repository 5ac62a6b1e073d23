#include "tests/simulation/simulation.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>

namespace naive::simulation {
namespace {

constexpr std::uint64_t kSeeds = NAIVE_SEEDS;
constexpr std::uint64_t kSeedsOfABrokenOne = 20'000;

class Shard : public testing::TestWithParam<std::uint64_t> {};
constexpr std::uint64_t kShards = 4;

TEST_P(Shard, NoOrderIsLostOrPlacedTwice) {
  std::uint64_t cycles = 0, orders = 0, crashes = 0;
  for (std::uint64_t seed = GetParam(); seed < kSeeds; seed += kShards) {
    const Outcome outcome = run(seed);
    ASSERT_FALSE(outcome.violation) << "seed " << seed << ": " << *outcome.violation
                                    << "\nreplay: scripts/simulate --seed " << seed;
    cycles += static_cast<std::uint64_t>(outcome.cycles);
    orders += static_cast<std::uint64_t>(outcome.orders);
    crashes += static_cast<std::uint64_t>(outcome.crashes);
  }
  fmt::print("{} cycles, {} orders, {} crashes\n", cycles, orders, crashes);
  EXPECT_GT(cycles, 0U);
  EXPECT_GT(crashes, cycles / 10) << "the hand is too gentle to show anything";
}

INSTANTIATE_TEST_SUITE_P(Simulation, Shard, testing::Range(std::uint64_t{0}, kShards));

/// Every seed that ever found something.
TEST(Simulation, SeedsThatOnceFailed) {
  for (const std::uint64_t seed : {0ULL}) {
    const Outcome outcome = run(seed);
    EXPECT_FALSE(outcome.violation) << seed << ": " << *outcome.violation;
  }
}

class BrokenProtocol : public testing::TestWithParam<Broken> {};

TEST_P(BrokenProtocol, IsCaught) {
  for (std::uint64_t seed = 0; seed < kSeedsOfABrokenOne; ++seed) {
    if (const Outcome outcome = run(seed, GetParam()); outcome.violation) {
      fmt::print("seed {}: {}\n", seed, *outcome.violation);
      return;
    }
  }
  FAIL() << "nobody noticed in " << kSeedsOfABrokenOne << " runs";
}

INSTANTIATE_TEST_SUITE_P(Rules, BrokenProtocol, testing::ValuesIn(all_broken()),
                         [](const auto& rule) { return to_string(rule.param); });

TEST(Simulation, OneSeedIsOneHistory) {
  const Outcome once = run(7);
  const Outcome again = run(7);
  EXPECT_EQ(once.orders, again.orders);
  EXPECT_EQ(once.cycles, again.cycles);
  EXPECT_EQ(once.crashes, again.crashes);
}

}  // namespace
}  // namespace naive::simulation
