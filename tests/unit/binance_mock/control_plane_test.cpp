#include "binance_mock/control_plane.h"

#include <gmock/gmock.h>

#include "local_world.h"

namespace naive::binance_mock {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(ControlPlane, StepEmitsExactlyThisTradeEvenOffTheTick) {
  LocalWorld world;
  const HttpReply reply =
      world.step(R"({"symbol":"XRPUSDT","price":"0.43183010","quantity":"7.5"})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body,
            R"({"trades":[{"symbol":"XRPUSDT","id":1,"price":"0.43183010","quantity":"7.50000000",)"
            R"("time":1700000000000,"buyer_is_maker":false}]})");
  EXPECT_THAT(world.step(R"({"symbol":"XRPUSDT","price":"0.4","buyer_is_maker":true})").body,
              AllOf(HasSubstr(R"("id":2)"), HasSubstr(R"("buyer_is_maker":true)")));
}

TEST(ControlPlane, StepPlaysTheTape) {
  LocalWorld world;
  const std::vector<market::Trade> trades{
      {.trade_id = 70, .price = price("0.4"), .quantity = quantity("1"), .trade_time = at(0)},
      {.trade_id = 71, .price = price("0.5"), .quantity = quantity("1"), .trade_time = at(1)}};
  world.feed.add_tape("XRPUSDT", play_tape(trades), {}, {});
  EXPECT_THAT(world.step("").body, HasSubstr(R"("id":70,"price":"0.40000000")"));
  EXPECT_THAT(world.step(R"({"count":2})").body,
              AllOf(HasSubstr(R"("id":71,"price":"0.50000000")"),
                    HasSubstr(R"("id":72,"price":"0.40000000")")));
}

TEST(ControlPlane, StepErrors) {
  LocalWorld world;
  EXPECT_EQ(world.step("").status, 409);
  EXPECT_EQ(world.step("{").status, 400);
  EXPECT_EQ(world.step(R"({"symbol":"XRPUSDT"})").status, 400);
  EXPECT_EQ(world.step(R"({"price":"1"})").status, 400);
  EXPECT_EQ(world.step(R"({"count":0})").status, 400);
  EXPECT_EQ(world.step(R"({"count":1001})").status, 400);
  EXPECT_EQ(world.step(R"({"symbol":"XRPUSDT","price":"-1"})").status, 400);
  EXPECT_EQ(world.step(R"({"symbol":"XRPUSDT","price":1})").status, 400);
  EXPECT_EQ(world.step(R"({"symbol":"NOSUCH","price":"1"})").status, 404);
  EXPECT_THAT(world.step(R"({"simbol":"X"})").body, HasSubstr("unknown key 'simbol'"));
}

TEST(ControlPlane, UnknownPathsSayWhatThereIs) {
  LocalWorld world;
  const HttpReply reply = world.get("/_mock/foo");
  EXPECT_EQ(reply.status, 404);
  EXPECT_THAT(reply.body, AllOf(HasSubstr("POST /_mock/step"), HasSubstr("DELETE /_mock/faults")));
}

TEST(ControlPlane, StateTellsWhoListens) {
  LocalWorld world;
  FakePeer peer;
  const auto socket = world.exchange.open("/ws/xrpusdt@trade", "", peer);
  world.step(R"({"symbol":"XRPUSDT","price":"0.4"})");
  EXPECT_EQ(
      world.get("/_mock/state").body,
      R"({"subscriptions":{"xrpusdt@trade":1},"user_data_streams":0,"server_time":1700000000000,)"
      R"("last_prices":{"XRPUSDT":"0.40000000"}})");
}

TEST(ControlPlane, LedgerKeepsEveryOrderAndExecution) {
  LocalWorld world;
  world.place("BUY", "0.5", "B1");
  world.step(R"({"symbol":"XRPUSDT","price":"0.5"})");
  world.place("SELL", "0.6", "S1");
  world.call("DELETE", "order", "symbol=XRPUSDT&origClientOrderId=S1&newClientOrderId=C1");
  const std::string ledger = world.get("/_mock/ledger", "symbol=XRPUSDT").body;
  EXPECT_THAT(
      ledger,
      AllOf(
          HasSubstr(
              R"({"symbol":"XRPUSDT","order_id":1,"client_order_id":"B1","cancel_client_order_id":"","side":"BUY",)"
              R"("type":"LIMIT","time_in_force":"GTC","price":"0.50000000","quantity":"100.00000000",)"
              R"("executed":"100.00000000","executed_quote":"50.00000000","status":"FILLED",)"
              R"("time":1700000000000,"update_time":1700000000000})"),
          HasSubstr(R"("client_order_id":"S1","cancel_client_order_id":"C1")"),
          HasSubstr(
              R"("executions":[{"symbol":"XRPUSDT","trade_id":1,"order_id":1,"client_order_id":"B1","side":"BUY",)"
              R"("price":"0.50000000","quantity":"100.00000000","quote":"50.00000000","commission":"0.10000000",)"
              R"("commission_asset":"XRP","maker":true,"time":1700000000000}])")));
  EXPECT_THAT(world.get("/_mock/ledger", "symbol=BTCUSDT").body,
              HasSubstr(R"({"orders":[],"executions":[],)"));
}

}  // namespace
}  // namespace naive::binance_mock
