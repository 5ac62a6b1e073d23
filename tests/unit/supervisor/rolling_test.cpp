// A rolling restart by the real supervisor, of processes that only pretend.

#include <gmock/gmock.h>

#include "tests/unit/supervisor/supervised_world.h"

namespace naive::supervisor {
namespace {

using testing::HasSubstr;
using testing::Not;

class Rolling : public SupervisedWorld {
 protected:
};

TEST_F(Rolling, RestartsOneLeaderAfterTheOther) {
  start_all();
  const auto before = running();
  ASSERT_TRUE(restart_rolling().ok());
  EXPECT_EQ(rolled().state(), v1::Rollout::DONE);
  const auto after = running();
  for (const std::string name : {"BTCUSDT", "ETHUSDT", "BTCUSDT/0", "ETHUSDT/0"}) {
    EXPECT_NE(before.at(name), after.at(name)) << name;
  }
  for (const std::string name : {"binance_mock", "gateway", "streamer"}) {
    EXPECT_EQ(before.at(name), after.at(name)) << name;
  }
  const std::string text = log();
  EXPECT_LT(text.rfind("Started trading on BTCUSDT"), text.find("Stopped trading on ETHUSDT"));
  EXPECT_THAT(text, Not(HasSubstr("died")));
  const v1::SystemStatus now = status();
  for (const auto& symbol : now.symbols()) EXPECT_EQ(symbol.leader().restarts(), 0U);
}

TEST_F(Rolling, RestartsOneSymbol) {
  start_all();
  const auto before = running();
  ASSERT_TRUE(restart_rolling("ETHUSDT").ok());
  EXPECT_EQ(rolled().state(), v1::Rollout::DONE);
  EXPECT_EQ(before.at("BTCUSDT"), running().at("BTCUSDT"));
  EXPECT_NE(before.at("ETHUSDT"), running().at("ETHUSDT"));
  EXPECT_EQ(restart_rolling("NOSUCH").error().code(), "not_found");
}

TEST_F(Rolling, StopsAtTheOneThatDoesNotComeUp) {
  start_all("[supervision]\nrenewal_time = 300\n");
  const auto before = running();
  behave("leader-BTCUSDT", "slow 2000");
  ASSERT_TRUE(restart_rolling().ok());
  const auto rollout = rolled();
  EXPECT_EQ(rollout.state(), v1::Rollout::FAILED);
  EXPECT_EQ(rollout.reason(), "leader BTCUSDT does not work again within 300 ms");
  EXPECT_EQ(rollout.done(), 0U);
  EXPECT_EQ(before.at("ETHUSDT"), running().at("ETHUSDT"));
  ASSERT_TRUE(wait_for({"BTCUSDT"}));  // it is not given up for that
  behave("leader-BTCUSDT", "");
  EXPECT_TRUE(restart_rolling().ok());
}

TEST_F(Rolling, StopsAtTheOneThatIsHalted) {
  start_all();
  behave("leader-BTCUSDT", "fail store_unusable the store is torn");
  ASSERT_TRUE(restart_rolling().ok());
  EXPECT_EQ(rolled().reason(), "leader BTCUSDT does not work again: the store is torn");
  ASSERT_TRUE(restart_rolling().ok());  // and passes it over then, for it has no process
  EXPECT_EQ(rolled().state(), v1::Rollout::DONE);
}

TEST_F(Rolling, BlocksNobody) {
  start_all();
  behave("leader-BTCUSDT", "slow 60000");
  ASSERT_TRUE(restart_rolling().ok());
  EXPECT_EQ(restart_rolling().error().code(), "in_progress");
  EXPECT_EQ(upgrade(bin()).error().code(), "in_progress");
  EXPECT_TRUE(start_trading("XRPUSDT").ok());
  EXPECT_TRUE(stop_trading("XRPUSDT").ok());
  EXPECT_EQ(status().rollout().names_size(), 2);
  EXPECT_TRUE(stop_trading("BTCUSDT").ok());  // the very one whose turn it is
  EXPECT_EQ(rolled().state(), v1::Rollout::DONE);
  EXPECT_EQ(state_of("BTCUSDT"), "");
}

TEST_F(Rolling, AStopOfAllEndsIt) {
  start_all();
  behave("leader-BTCUSDT", "slow 60000");
  ASSERT_TRUE(restart_rolling().ok());
  send_signal(SIGTERM);
  EXPECT_EQ(wait_for_exit(), "exited 0");
  EXPECT_EQ(sockets_left(), 0U);
}

}  // namespace
}  // namespace naive::supervisor
