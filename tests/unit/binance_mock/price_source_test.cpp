#include "binance_mock/price_source.h"

#include <gmock/gmock.h>

#include "world.h"

namespace naive::binance_mock {
namespace {

using std::chrono::microseconds;
using testing::ElementsAre;

std::vector<market::Trade> recorded(std::initializer_list<std::pair<int, std::int64_t>> trades) {
  std::vector<market::Trade> result;
  for (const auto& [units, time] : trades) {
    result.push_back({.trade_id = 100 + std::ssize(result),
                      .price = market::Price::from_units(units),
                      .quantity = market::Quantity::from_units(1),
                      .trade_time = market::ExchangeTime{microseconds{time}},
                      .buyer_is_maker = true});
  }
  return result;
}

TEST(TapePlayer, PlaysForwardsBackwardsForwards) {
  const auto trades = recorded({{1, 0}, {2, 10}, {3, 40}});
  const auto player = play_tape(trades);
  std::vector<std::int64_t> prices;
  std::vector<std::int64_t> gaps;
  for (int i = 0; i < 9; ++i) {
    const Print print = player->next();
    prices.push_back(print.price.units());
    gaps.push_back(print.gap.count());
  }
  EXPECT_THAT(prices, ElementsAre(1, 2, 3, 2, 1, 2, 3, 2, 1));
  EXPECT_THAT(gaps, ElementsAre(0, 10, 30, 30, 10, 10, 30, 30, 10));
}

TEST(TapePlayer, KeepsRecordedIdsOnTheFirstPassOnlyAndTurnsTheAggressorRound) {
  const auto trades = recorded({{1, 0}, {2, 10}});
  const auto player = play_tape(trades);
  EXPECT_EQ(player->next().recorded_id, 100);
  const Print last = player->next();
  EXPECT_EQ(last.recorded_id, 101);
  EXPECT_TRUE(last.buyer_is_maker);
  const Print back = player->next();
  EXPECT_EQ(back.recorded_id, 0);
  EXPECT_FALSE(back.buyer_is_maker);
}

TEST(TapePlayer, ASingleTradeRepeats) {
  const auto trades = recorded({{5, 0}});
  const auto player = play_tape(trades);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(player->next().price.units(), 5);
}

TEST(RandomWalk, StaysOnTheGridAndNearItsStart) {
  const SymbolTable symbols = test_symbols();
  const market::SymbolRules& rules = symbols.find("XRPUSDT")->rules;
  const auto walk = walk_randomly(rules, price("0.4318"), 7);
  for (int i = 0; i < 10'000; ++i) {
    const Print print = walk->next();
    ASSERT_EQ(print.price, market::floor_tick(print.price, rules.tick_size));
    ASSERT_EQ(print.quantity, market::floor_step(print.quantity, rules.step_size));
    ASSERT_GE(print.quantity, rules.min_quantity);
    ASSERT_GE(print.price, price("0.2159"));
    ASSERT_LE(print.price, price("0.8636"));
  }
}

TEST(RandomWalk, SameSeedSameWalkOtherSymbolOtherWalk) {
  const SymbolTable symbols = test_symbols();
  const auto path = [&](const std::string& symbol, std::uint64_t seed) {
    const auto walk = walk_randomly(symbols.find(symbol)->rules, price("100"), seed);
    std::vector<std::int64_t> prices;
    for (int i = 0; i < 100; ++i) prices.push_back(walk->next().price.units());
    return prices;
  };
  EXPECT_EQ(path("XRPUSDT", 1), path("XRPUSDT", 1));
  EXPECT_NE(path("XRPUSDT", 1), path("XRPUSDT", 2));
  EXPECT_NE(path("XRPUSDT", 1), path("BTCUSDT", 1));
}

}  // namespace
}  // namespace naive::binance_mock
