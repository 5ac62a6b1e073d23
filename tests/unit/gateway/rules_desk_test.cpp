#include "gateway/rules_desk.h"

#include <gtest/gtest.h>

namespace naive::gateway {
namespace {

using namespace std::chrono_literals;

const TimePoint kNow{10'000s};
const Asker kLeader{"leader", 1};

std::vector<binance::SymbolListing> listings() {
  return {
      {.rules = {.symbol = "BTCUSDT", .base_asset = "BTC", .quote_asset = "USDT"}, .trading = true},
      {.rules = {.symbol = "BCCBTC", .base_asset = "BCC", .quote_asset = "BTC"}, .trading = false}};
}

template <class Wanted>
bool answers(const RulesDesk::Actions& actions) {
  return actions.replies.size() == 1 && std::holds_alternative<Wanted>(actions.replies[0].answer) &&
         actions.replies[0].to == kLeader;
}

TEST(RulesDesk, FetchesOnceForEverybody) {
  RulesDesk desk;
  EXPECT_TRUE(desk.query(kLeader, "BTCUSDT", kNow).fetch);
  const auto second = desk.query({"another", 1}, "NOSUCH", kNow);
  EXPECT_FALSE(second.fetch);
  EXPECT_TRUE(second.replies.empty());
  const auto actions = desk.loaded(listings(), kNow);
  ASSERT_EQ(actions.replies.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<Rules>(actions.replies[0].answer));
  EXPECT_TRUE(std::holds_alternative<InvalidSymbol>(actions.replies[1].answer));
}

TEST(RulesDesk, AnswersFromWhatItHas) {
  RulesDesk desk;
  EXPECT_TRUE(desk.prepare().fetch);
  desk.loaded(listings(), kNow);
  EXPECT_FALSE(desk.prepare().fetch);
  EXPECT_TRUE(answers<Rules>(desk.query(kLeader, "BTCUSDT", kNow + 59min)));
  EXPECT_TRUE(answers<InvalidSymbol>(desk.query(kLeader, "BCCBTC", kNow + 9s)));
  EXPECT_TRUE(answers<InvalidSymbol>(desk.query(kLeader, "NOSUCH", kNow + 9s)));
}

TEST(RulesDesk, TellsTheRulesOfWhatIsSuspendedToo) {
  RulesDesk desk;
  desk.prepare();
  desk.loaded(listings(), kNow);
  const auto rules = [&](const std::string& symbol) {
    return std::get<InvalidSymbol>(desk.query(kLeader, symbol, kNow).replies.at(0).answer).rules;
  };
  ASSERT_TRUE(rules("BCCBTC"));
  EXPECT_EQ(rules("BCCBTC")->base_asset, "BCC");
  EXPECT_FALSE(rules("NOSUCH"));
}

TEST(RulesDesk, LooksAgainForWhatItDoesNotKnowButNotTooOften) {
  RulesDesk desk;
  desk.prepare();
  desk.loaded(listings(), kNow);
  EXPECT_TRUE(desk.query(kLeader, "NOSUCH", kNow + 10s).fetch);
  EXPECT_TRUE(answers<InvalidSymbol>(desk.loaded(listings(), kNow + 10s)));
  EXPECT_FALSE(desk.query(kLeader, "NOSUCH", kNow + 19s).fetch);
  EXPECT_TRUE(desk.query(kLeader, "BCCBTC", kNow + 20s).fetch);
}

TEST(RulesDesk, LooksAgainAfterAnHour) {
  RulesDesk desk;
  desk.prepare();
  desk.loaded(listings(), kNow);
  EXPECT_TRUE(desk.query(kLeader, "BTCUSDT", kNow + 1h).fetch);
  EXPECT_TRUE(answers<Rules>(desk.failed("no connection"))) << "old rules are better than none";
}

TEST(RulesDesk, IsUnavailableWithoutTheExchange) {
  RulesDesk desk;
  EXPECT_TRUE(desk.query(kLeader, "BTCUSDT", kNow).fetch);
  EXPECT_TRUE(answers<Unavailable>(desk.failed("no connection")));
  EXPECT_TRUE(desk.query(kLeader, "BTCUSDT", kNow).fetch);
}

TEST(RulesDesk, KnowsTheAssets) {
  RulesDesk desk;
  EXPECT_EQ(desk.assets("BTCUSDT"), nullptr);
  desk.prepare();
  desk.loaded(listings(), kNow);
  ASSERT_NE(desk.assets("BTCUSDT"), nullptr);
  EXPECT_EQ(desk.assets("BTCUSDT")->base, "BTC");
  EXPECT_EQ(desk.assets("BTCUSDT")->quote, "USDT");
}

}  // namespace
}  // namespace naive::gateway
