#include "binance_mock/market_socket.h"

#include <gmock/gmock.h>

#include "binance_mock/api_socket.h"
#include "local_world.h"

namespace naive::binance_mock {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

struct Connection {
  Connection(LocalWorld& world, std::string_view path, std::string_view query = "")
      : socket(world.exchange.open(path, query, peer)) {}

  std::vector<std::string> send(std::string_view text) {
    socket->received(text);
    return peer.take();
  }

  FakePeer peer;
  std::unique_ptr<SocketProtocol> socket;
};

const std::string kStep = R"({"symbol":"XRPUSDT","price":"0.4"})";
const std::string kTrade =
    R"({"e":"trade","E":1700000000000,"s":"XRPUSDT","t":1,"p":"0.40000000","q":"1.00000000",)"
    R"("T":1700000000000,"m":false,"M":true})";

TEST(MarketSocket, UnknownPathsAreRefused) {
  LocalWorld world;
  FakePeer peer;
  EXPECT_EQ(world.exchange.open("/nope", "", peer), nullptr);
  EXPECT_EQ(world.exchange.open("/wsx", "", peer), nullptr);
}

TEST(MarketSocket, RawAndCombinedForm) {
  LocalWorld world;
  Connection raw(world, "/ws/xrpusdt@trade");
  Connection combined(world, "/stream", "streams=btcusdt@trade/xrpusdt@trade");
  world.step(kStep);
  EXPECT_THAT(raw.peer.take(), ElementsAre(kTrade));
  EXPECT_THAT(combined.peer.take(),
              ElementsAre(R"({"stream":"xrpusdt@trade","data":)" + kTrade + "}"));
}

TEST(MarketSocket, OtherStreams) {
  LocalWorld world;
  Connection socket(world, "/ws/xrpusdt@aggTrade/xrpusdt@bookTicker");
  world.step(kStep);
  EXPECT_THAT(
      socket.peer.take(),
      ElementsAre(
          R"({"e":"aggTrade","E":1700000000000,"s":"XRPUSDT","a":1,"p":"0.40000000","q":"1.00000000","f":1,"l":1,)"
          R"("T":1700000000000,"m":false,"M":true})",
          R"({"u":1,"s":"XRPUSDT","b":"0.39990000","B":"1.00000000","a":"0.40000000","A":"1.00000000"})"));
}

TEST(MarketSocket, SubscribesAndUnsubscribes) {
  LocalWorld world;
  Connection socket(world, "/ws/0");
  EXPECT_THAT(
      socket.send(R"({"method":"SUBSCRIBE","params":["xrpusdt@trade","btcusdt@trade"],"id":1})"),
      ElementsAre(R"({"result":null,"id":1})"));
  EXPECT_THAT(socket.send(R"({"method":"LIST_SUBSCRIPTIONS","id":"abc"})"),
              ElementsAre(R"({"result":["btcusdt@trade","xrpusdt@trade"],"id":"abc"})"));
  world.step(kStep);
  EXPECT_THAT(socket.peer.take(), ElementsAre(kTrade));
  EXPECT_THAT(socket.send(R"({"method":"UNSUBSCRIBE","params":["xrpusdt@trade"],"id":null})"),
              ElementsAre(R"({"result":null,"id":null})"));
  world.step(kStep);
  EXPECT_THAT(socket.peer.take(), IsEmpty());
}

TEST(MarketSocket, AWellFormedStreamOfAnUnknownSymbolIsSilent) {
  LocalWorld world;
  Connection socket(world, "/ws");
  EXPECT_THAT(socket.send(R"({"method":"SUBSCRIBE","params":["nosuch@trade"],"id":1})"),
              ElementsAre(R"({"result":null,"id":1})"));
}

TEST(MarketSocket, PropertiesSwitchTheForm) {
  LocalWorld world;
  Connection socket(world, "/ws/xrpusdt@trade");
  EXPECT_THAT(socket.send(R"({"method":"GET_PROPERTY","params":["combined"],"id":1})"),
              ElementsAre(R"({"result":false,"id":1})"));
  EXPECT_THAT(socket.send(R"({"method":"SET_PROPERTY","params":["combined",true],"id":2})"),
              ElementsAre(R"({"result":null,"id":2})"));
  world.step(kStep);
  EXPECT_THAT(socket.peer.take(), ElementsAre(StartsWith(R"({"stream":"xrpusdt@trade")")));
  EXPECT_THAT(socket.send(R"({"method":"SET_PROPERTY","params":["combined",7],"id":3})"),
              ElementsAre(AllOf(StartsWith(R"({"error":{"code":1,)"), HasSubstr(R"("id":3)"))));
}

TEST(MarketSocket, Errors) {
  LocalWorld world;
  Connection socket(world, "/ws");
  EXPECT_THAT(
      socket.send("{"),
      ElementsAre(
          R"({"error":{"code":3,"msg":"Invalid JSON: expected value at line 1 column 1"}})"));
  EXPECT_THAT(socket.send("[]"), ElementsAre(StartsWith(R"({"error":{"code":2,)")));
  EXPECT_THAT(socket.send(R"({"id":1})"), ElementsAre(StartsWith(R"({"error":{"code":2,)")));
  EXPECT_THAT(socket.send(R"({"method":"FOO","id":9})"),
              ElementsAre(AllOf(HasSubstr("unknown variant `FOO`"), HasSubstr(R"("id":9)"))));
  EXPECT_EQ(socket.peer.closed, 0);
  EXPECT_THAT(socket.send(R"({"method":"SUBSCRIBE","params":["XRPUSDT"],"id":1})"),
              ElementsAre(HasSubstr(R"("code":2)")));
  EXPECT_EQ(socket.peer.closed, 1008);
}

TEST(MarketSocket, LimitsTheNumberOfStreams) {
  LocalWorld world;
  Connection socket(world, "/ws");
  std::string names = "\"a0@trade\"";
  for (int i = 1; i < 1025; ++i) names += ",\"a" + std::to_string(i) + "@trade\"";
  EXPECT_THAT(socket.send(R"({"method":"SUBSCRIBE","params":[)" + names + R"(],"id":1})"),
              ElementsAre(R"({"error":{"code":4,"msg":"Too many subscriptions"},"id":1})"));
}

TEST(MarketSocket, AClosedConnectionIsNoSubscriberAnyMore) {
  LocalWorld world;
  { const Connection socket(world, "/ws/xrpusdt@trade"); }
  EXPECT_THAT(world.venue.streams().counts(), IsEmpty());
  EXPECT_FALSE(world.venue.is_wanted("XRPUSDT"));
}

std::string signed_params(const LocalWorld& world, Params params) {
  auto members = params.all();
  members.emplace_back("apiKey", world.key.api_key);
  members.emplace_back("timestamp", std::to_string(LocalWorld::kNow * 1000));
  const Params all = Params::from_members(members);
  members.emplace_back("signature",
                       binance::hmac_sha256_hex(world.key.secret_key, all.signed_payload()));
  std::string json = "{";
  for (const auto& [name, value] : members) {
    json += (json.size() > 1 ? ",\"" : "\"") + name + "\":";
    // Numbers stay numbers: they are signed as they are written.
    json += name == "timestamp" || name == "quantity" ? value : "\"" + value + "\"";
  }
  return json + "}";
}

std::string subscription(const LocalWorld& world) {
  return R"({"id":"u","method":"userDataStream.subscribe.signature","params":)" +
         signed_params(world, {}) + "}";
}

TEST(ApiSocket, UserDataStreamTellsOfOrdersFromElsewhere) {
  LocalWorld world;
  Connection socket(world, "/ws-api/v3");
  EXPECT_THAT(socket.send(subscription(world)),
              ElementsAre(StartsWith(
                  R"({"id":"u","status":200,"result":{"subscriptionId":0},"rateLimits":[)")));
  world.place("BUY", "0.5", "B1");
  EXPECT_THAT(
      socket.peer.take(),
      ElementsAre(
          R"({"subscriptionId":0,"event":{"e":"executionReport","E":1700000000000,"s":"XRPUSDT","c":"B1","S":"BUY",)"
          R"("o":"LIMIT","f":"GTC","q":"100.00000000","p":"0.50000000","P":"0.00000000","F":"0.00000000","g":-1,)"
          R"("C":"","x":"NEW","X":"NEW","r":"NONE","i":1,"l":"0.00000000","z":"0.00000000","L":"0.00000000",)"
          R"("n":"0","N":null,"T":1700000000000,"t":-1,"I":1,"w":true,"m":false,"M":false,"O":1700000000000,)"
          R"("Z":"0.00000000","Y":"0.00000000","Q":"0.00000000","W":1700000000000,"V":"EXPIRE_MAKER"}})",
          R"({"subscriptionId":0,"event":{"e":"outboundAccountPosition","E":1700000000000,"u":1700000000000,)"
          R"("B":[{"a":"USDT","f":"950.00000000","l":"50.00000000"},{"a":"XRP","f":"1000.00000000","l":"0.00000000"}]}})"));
  world.step(R"({"symbol":"XRPUSDT","price":"0.5"})");
  EXPECT_THAT(socket.peer.take().at(0), AllOf(HasSubstr(R"("x":"TRADE","X":"FILLED")"),
                                              HasSubstr(R"("n":"0.10000000","N":"XRP")"),
                                              HasSubstr(R"("t":1,"I":2,"w":false,"m":true)")));
}

TEST(ApiSocket, CancelTellsBothIds) {
  LocalWorld world;
  Connection socket(world, "/ws-api/v3");
  socket.send(subscription(world));
  world.place("BUY", "0.5", "B1");
  socket.peer.take();
  world.call("DELETE", "order", "symbol=XRPUSDT&origClientOrderId=B1&newClientOrderId=C1");
  EXPECT_THAT(socket.peer.take().at(0),
              AllOf(HasSubstr(R"("c":"C1","S":"BUY")"),
                    HasSubstr(R"("C":"B1","x":"CANCELED","X":"CANCELED")")));
}

TEST(ApiSocket, OneSubscriptionAConnection) {
  LocalWorld world;
  Connection socket(world, "/ws-api/v3");
  EXPECT_THAT(socket.send(R"({"id":1,"method":"userDataStream.unsubscribe"})").at(0),
              HasSubstr("-2036"));
  socket.send(subscription(world));
  EXPECT_THAT(socket.send(subscription(world)).at(0), HasSubstr("-2035"));
  EXPECT_THAT(socket.send(R"({"id":1,"method":"userDataStream.unsubscribe"})").at(0),
              StartsWith(R"({"id":1,"status":200,"result":{},)"));
  EXPECT_EQ(world.venue.user_streams(), 0U);
}

TEST(ApiSocket, PlacesOrdersWithNumbersSignedAsWritten) {
  LocalWorld world;
  Connection socket(world, "/ws-api/v3");
  const std::string params = signed_params(world, Params::from_members({{"symbol", "XRPUSDT"},
                                                                        {"side", "BUY"},
                                                                        {"type", "LIMIT"},
                                                                        {"timeInForce", "GTC"},
                                                                        {"price", "0.5"},
                                                                        {"quantity", "100.00"}}));
  EXPECT_THAT(socket.send(R"({"id":5,"method":"order.place","params":)" + params + "}").at(0),
              AllOf(StartsWith(R"({"id":5,"status":200,"result":{"symbol":"XRPUSDT","orderId":1,)"),
                    HasSubstr(R"("origQty":"100.00000000")")));
}

TEST(ApiSocket, Errors) {
  LocalWorld world;
  Connection socket(world, "/ws-api/v3");
  EXPECT_THAT(socket.send("garbage").at(0),
              AllOf(HasSubstr("\"id\":null,\"status\":400"), HasSubstr("-1135")));
  EXPECT_THAT(socket.send(R"({"id":1,"method":"no.such"})").at(0), HasSubstr("\"status\":400"));
  EXPECT_THAT(socket.send(R"({"id":1,"method":"session.logon"})").at(0), HasSubstr("-4056"));
  EXPECT_THAT(
      socket.send(R"({"id":1,"method":"order.status","params":{"symbol":"XRPUSDT"}})").at(0),
      HasSubstr(R"("status":401,"error":{"code":-2014,"msg":"API-key format invalid."})"));
  EXPECT_THAT(socket.send(R"({"id":1,"method":"time"})").at(0),
              HasSubstr(R"("result":{"serverTime":1700000000000})"));
}

}  // namespace
}  // namespace naive::binance_mock
