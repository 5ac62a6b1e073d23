#include "binance_mock/api.h"

#include <gmock/gmock.h>

#include "local_world.h"

namespace naive::binance_mock {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(Api, PublicEndpoints) {
  LocalWorld world;
  EXPECT_EQ(world.get("/api/v3/ping").body, "{}");
  EXPECT_EQ(world.get("/api/v3/time").body, R"({"serverTime":1700000000000})");
  EXPECT_EQ(world.get("/api/v3/nothing").status, 404);
  EXPECT_EQ(world.get("/").status, 404);
}

TEST(Api, ExchangeInfoChoosesSymbols) {
  LocalWorld world;
  const auto symbols = [&](const std::string& query) {
    return world.get("/api/v3/exchangeInfo", query).body;
  };
  EXPECT_THAT(symbols(""),
              AllOf(StartsWith(R"({"timezone":"UTC","serverTime":1700000000000,"rateLimits":[{)"),
                    HasSubstr("XRPUSDT"), HasSubstr("DEADUSDT")));
  EXPECT_THAT(symbols("symbol=XRPUSDT"), AllOf(HasSubstr("XRPUSDT"), Not(HasSubstr("BTCUSDT"))));
  EXPECT_THAT(symbols("symbols=%5B%22XRPUSDT%22,%22DEADUSDT%22%5D"),
              AllOf(HasSubstr("XRPUSDT"), HasSubstr("DEADUSDT"), Not(HasSubstr("BTCUSDT"))));
  EXPECT_THAT(symbols("symbolStatus=BREAK"), AllOf(HasSubstr("DEADUSDT"), Not(HasSubstr("XRP"))));
}

TEST(Api, ExchangeInfoHidesPermissionSetsWhenAskedTo) {
  LocalWorld world;
  EXPECT_THAT(world.get("/api/v3/exchangeInfo").body, HasSubstr("permissionSets"));
  EXPECT_THAT(world.get("/api/v3/exchangeInfo", "showPermissionSets=false").body,
              Not(HasSubstr("permissionSets")));
}

TEST(Api, ExchangeInfoErrors) {
  LocalWorld world;
  const auto error = [&](const std::string& query) {
    const HttpReply reply = world.get("/api/v3/exchangeInfo", query);
    EXPECT_EQ(reply.status, 400);
    return reply.body;
  };
  EXPECT_EQ(error("symbol=NOSUCH"), R"({"code":-1121,"msg":"Invalid symbol."})");
  EXPECT_EQ(error("symbols=[\"XRPUSDT\",\"NOSUCH\"]"), R"({"code":-1121,"msg":"Invalid symbol."})");
  EXPECT_THAT(error("symbol=xrpusdt"), HasSubstr("-1100"));
  EXPECT_THAT(error("symbols=XRPUSDT"), HasSubstr("-1100"));
  EXPECT_THAT(error("symbol=XRPUSDT&symbols=[]"), HasSubstr("-1128"));
  EXPECT_THAT(error("foo=1"), HasSubstr("-1104"));
}

TEST(Api, AnOrderFromPlacingToItsFill) {
  LocalWorld world;
  const HttpReply placed = world.place("BUY", "0.5", "B1");
  EXPECT_EQ(placed.status, 200);
  EXPECT_EQ(
      placed.body,
      R"({"symbol":"XRPUSDT","orderId":1,"orderListId":-1,"clientOrderId":"B1","transactTime":1700000000000,)"
      R"("price":"0.50000000","origQty":"100.00000000","executedQty":"0.00000000",)"
      R"("origQuoteOrderQty":"0.00000000","cummulativeQuoteQty":"0.00000000","status":"NEW","timeInForce":"GTC",)"
      R"("type":"LIMIT","side":"BUY","workingTime":1700000000000,"fills":[],)"
      R"("selfTradePreventionMode":"EXPIRE_MAKER"})");
  EXPECT_EQ(header(placed, "x-mbx-order-count-10s"), "1");
  EXPECT_EQ(header(placed, "x-mbx-used-weight-1m"), "1");

  world.step(R"({"symbol":"XRPUSDT","price":"0.5"})");
  EXPECT_EQ(
      world.call("GET", "order", "symbol=XRPUSDT&origClientOrderId=B1").body,
      R"({"symbol":"XRPUSDT","orderId":1,"orderListId":-1,"clientOrderId":"B1","price":"0.50000000",)"
      R"("origQty":"100.00000000","executedQty":"100.00000000","cummulativeQuoteQty":"50.00000000",)"
      R"("status":"FILLED","timeInForce":"GTC","type":"LIMIT","side":"BUY","stopPrice":"0.00000000",)"
      R"("icebergQty":"0.00000000","time":1700000000000,"updateTime":1700000000000,"isWorking":true,)"
      R"("workingTime":1700000000000,"origQuoteOrderQty":"0.00000000","selfTradePreventionMode":"EXPIRE_MAKER"})");
  EXPECT_EQ(
      world.call("GET", "myTrades", "symbol=XRPUSDT&orderId=1").body,
      R"([{"symbol":"XRPUSDT","id":1,"orderId":1,"orderListId":-1,"price":"0.50000000","qty":"100.00000000",)"
      R"("quoteQty":"50.00000000","commission":"0.10000000","commissionAsset":"XRP","time":1700000000000,)"
      R"("isBuyer":true,"isMaker":true,"isBestMatch":true}])");
}

TEST(Api, TakersSeeTheirFillsInTheAnswer) {
  LocalWorld world;
  world.step(R"({"symbol":"XRPUSDT","price":"0.4"})");
  EXPECT_THAT(
      world.place("BUY", "0.5", "B1").body,
      HasSubstr(
          R"("status":"FILLED","timeInForce":"GTC","type":"LIMIT","side":"BUY","workingTime":1700000000000,)"
          R"("fills":[{"price":"0.40000000","qty":"100.00000000","commission":"0.10000000",)"
          R"("commissionAsset":"XRP","tradeId":1}],"selfTradePreventionMode":"EXPIRE_MAKER"})"));
}

TEST(Api, ResponseTypes) {
  LocalWorld world;
  const std::string order =
      "symbol=XRPUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=100&price=0.3&newOrderRespType=";
  EXPECT_THAT(world.call("POST", "order", order + "ACK").body, Not(HasSubstr("status")));
  EXPECT_THAT(world.call("POST", "order", order + "RESULT").body,
              AllOf(HasSubstr("status"), Not(HasSubstr("fills"))));
  EXPECT_THAT(world.call("POST", "order", order + "FULL").body, HasSubstr("\"fills\":[]"));
  EXPECT_EQ(world.call("POST", "order", order + "ALL").status, 400);
}

TEST(Api, CancelByOriginalIdAndLookUpAfterwards) {
  LocalWorld world;
  world.place("BUY", "0.5", "B1");
  EXPECT_EQ(
      world.call("DELETE", "order", "symbol=XRPUSDT&origClientOrderId=B1&newClientOrderId=C1").body,
      R"({"symbol":"XRPUSDT","origClientOrderId":"B1","orderId":1,"orderListId":-1,"clientOrderId":"C1",)"
      R"("transactTime":1700000000000,"price":"0.50000000","origQty":"100.00000000","executedQty":"0.00000000",)"
      R"("origQuoteOrderQty":"0.00000000","cummulativeQuoteQty":"0.00000000","status":"CANCELED",)"
      R"("timeInForce":"GTC","type":"LIMIT","side":"BUY","selfTradePreventionMode":"EXPIRE_MAKER"})");
  EXPECT_THAT(world.call("GET", "order", "symbol=XRPUSDT&origClientOrderId=B1").body,
              HasSubstr(R"("status":"CANCELED")"));
  EXPECT_EQ(world.call("DELETE", "order", "symbol=XRPUSDT&origClientOrderId=B1").body,
            R"({"code":-2011,"msg":"Unknown order sent."})");
}

TEST(Api, OrderLookUpErrors) {
  LocalWorld world;
  world.place("BUY", "0.5", "B1");
  const auto error = [&](const std::string& params) {
    const HttpReply reply = world.call("GET", "order", params);
    EXPECT_EQ(reply.status, 400);
    return reply.body;
  };
  EXPECT_EQ(error("symbol=XRPUSDT&origClientOrderId=B2"),
            R"({"code":-2013,"msg":"Order does not exist."})");
  EXPECT_THAT(error("symbol=XRPUSDT&orderId=1&origClientOrderId=B2"), HasSubstr("-2039"));
  EXPECT_THAT(error("symbol=XRPUSDT"), HasSubstr("-1102"));
  EXPECT_THAT(error("orderId=1"), HasSubstr("Mandatory parameter 'symbol'"));
  EXPECT_THAT(error("symbol=NOSUCH&orderId=1"), HasSubstr("-1121"));
}

TEST(Api, OpenOrdersAndCancellingThemAll) {
  LocalWorld world;
  world.place("BUY", "0.4", "B1");
  world.place("SELL", "0.6", "S1");
  const std::string open = world.call("GET", "openOrders", "").body;
  EXPECT_THAT(open, AllOf(HasSubstr("\"B1\""), HasSubstr("\"S1\"")));
  EXPECT_EQ(world.call("GET", "openOrders", "symbol=BTCUSDT").body, "[]");
  EXPECT_THAT(
      world.call("DELETE", "openOrders", "symbol=XRPUSDT").body,
      AllOf(HasSubstr(R"("origClientOrderId":"B1")"), HasSubstr(R"("origClientOrderId":"S1")")));
  EXPECT_EQ(world.call("GET", "openOrders", "symbol=XRPUSDT").body, "[]");
  EXPECT_THAT(world.call("DELETE", "openOrders", "symbol=XRPUSDT").body, HasSubstr("-2011"));
}

TEST(Api, AllOrdersFromAnIdOrTheLatest) {
  LocalWorld world;
  for (const char* id : {"B1", "B2", "B3"}) world.place("BUY", "0.3", id);
  const auto orders = [&](const std::string& params) {
    return world.call("GET", "allOrders", "symbol=XRPUSDT" + params).body;
  };
  EXPECT_THAT(orders("&limit=1"), AllOf(HasSubstr("\"B3\""), Not(HasSubstr("\"B2\""))));
  EXPECT_THAT(orders("&orderId=2&limit=1"), AllOf(HasSubstr("\"B2\""), Not(HasSubstr("\"B3\""))));
  EXPECT_THAT(orders("&orderId=0&limit=1"), HasSubstr("\"B1\""));
  EXPECT_THAT(orders("&startTime=1&endTime=86400002"), HasSubstr("-1127"));
  EXPECT_EQ(orders("&endTime=1"), "[]");
}

TEST(Api, AccountTellsFreeAndLocked) {
  LocalWorld world;
  world.place("BUY", "0.5", "B1");
  EXPECT_THAT(world.call("GET", "account", "").body,
              HasSubstr(R"({"asset":"USDT","free":"950.00000000","locked":"50.00000000"})"));
}

TEST(Api, OrderTestChecksAndPlacesNothing) {
  LocalWorld world;
  const std::string order =
      "symbol=XRPUSDT&side=BUY&type=LIMIT&timeInForce=GTC&price=0.5&quantity=";
  EXPECT_EQ(world.call("POST", "order/test", order + "100").body, "{}");
  EXPECT_EQ(world.call("POST", "order/test", order + "1").body,
            R"({"code":-1013,"msg":"Filter failure: MIN_NOTIONAL"})");
  EXPECT_EQ(world.call("GET", "allOrders", "symbol=XRPUSDT").body, "[]");
}

TEST(Api, SignedRequestsAreRefusedInTheOrderOfTheExchange) {
  LocalWorld world;
  HttpRequest request{.method = "POST", .path = "/api/v3/order", .query = "symbol=XRPUSDT"};
  const auto refusal = [&] { return world.exchange.http(request); };
  EXPECT_EQ(refusal().status, 401);
  EXPECT_EQ(refusal().body, R"({"code":-2014,"msg":"API-key format invalid."})");
  request.api_key = "unknown";
  EXPECT_THAT(refusal().body, HasSubstr("-2015"));
  request.api_key = world.key.api_key;
  EXPECT_THAT(refusal().body, HasSubstr("'side'"));
  request.body = "side=BUY&type=LIMIT";
  EXPECT_THAT(refusal().body, HasSubstr("'timestamp'"));
  request.body += "&timestamp=1&signature=00";
  EXPECT_THAT(refusal().body, HasSubstr("-1021"));
  request.body = "side=BUY&type=LIMIT&signature=00&" + world.timestamp();
  EXPECT_EQ(refusal().body, R"({"code":-1022,"msg":"Signature for this request is not valid."})");
}

TEST(Api, PublicTradesFromAnId) {
  LocalWorld world;
  for (const char* at_price : {"0.41", "0.42", "0.43"}) {
    world.step(std::string{R"({"symbol":"XRPUSDT","quantity":"2","price":")"} + at_price + "\"}");
  }
  EXPECT_EQ(
      world.get("/api/v3/historicalTrades", "symbol=XRPUSDT&fromId=2&limit=1").body,
      R"([{"id":2,"price":"0.42000000","qty":"2.00000000","quoteQty":"0.84000000","time":1700000000000,)"
      R"("isBuyerMaker":false,"isBestMatch":true}])");
  EXPECT_THAT(world.get("/api/v3/trades", "symbol=XRPUSDT&limit=1").body, HasSubstr("0.43"));
  EXPECT_EQ(
      world.get("/api/v3/aggTrades", "symbol=XRPUSDT&limit=1").body,
      R"([{"a":3,"p":"0.43000000","q":"2.00000000","f":3,"l":3,"T":1700000000000,"m":false,"M":true}])");
  EXPECT_THAT(world.get("/api/v3/aggTrades", "symbol=XRPUSDT&fromId=1&limit=1").body,
              HasSubstr("\"a\":1"));
  EXPECT_EQ(world.get("/api/v3/aggTrades", "symbol=BTCUSDT").body, "[]");
  EXPECT_EQ(world.get("/api/v3/ticker/price", "symbol=XRPUSDT").body,
            R"({"symbol":"XRPUSDT","price":"0.43000000"})");
  EXPECT_EQ(
      world.get("/api/v3/ticker/bookTicker", "symbol=XRPUSDT").body,
      R"({"symbol":"XRPUSDT","bidPrice":"0.42990000","bidQty":"2.00000000","askPrice":"0.43000000","askQty":"2.00000000"})");
}

TEST(Api, LimitsAreEnforcedWhenAskedFor) {
  LocalWorld world{RateLimits::Mode::kEnforce};
  for (int i = 0; i < 300; ++i) EXPECT_EQ(world.get("/api/v3/exchangeInfo").status, 200);
  const HttpReply refused = world.get("/api/v3/ping");
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.body, HasSubstr("-1003"));
  EXPECT_EQ(header(refused, "Retry-After"), "40");  // 1 700 000 000 is 20 s into its minute
}

TEST(Api, OrdersPerTenSecondsAreEnforcedWhenAskedFor) {
  LocalWorld world{RateLimits::Mode::kEnforce};
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(world.place("BUY", "0.1", "B").status, 200);
    ASSERT_EQ(world.call("DELETE", "order", "symbol=XRPUSDT&origClientOrderId=B").status, 200);
  }
  EXPECT_EQ(
      world.place("BUY", "0.1", "B").body,
      R"({"code":-1015,"msg":"Too many new orders; current limit is 100 orders per 10 SECOND."})");
  world.now += std::chrono::seconds{10};
  EXPECT_EQ(world.limits.check_order(world.now), std::nullopt);
}

}  // namespace
}  // namespace naive::binance_mock
