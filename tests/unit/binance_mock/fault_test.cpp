#include <gmock/gmock.h>

#include "binance_mock/fault_json.h"
#include "binance_mock/fault_plan.h"
#include "local_world.h"

namespace naive::binance_mock {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::size_t orders(const LocalWorld& world) {
  return world.venue.exchange().ledger().of("XRPUSDT").orders.size();
}

struct RequestFault {
  std::string action;
  std::string details;
  Delivery delivery;
  int status;
  std::string body;
  bool executed;
};
void PrintTo(const RequestFault& fault, std::ostream* out) { *out << fault.action; }

class RequestFaults : public testing::TestWithParam<RequestFault> {};

TEST_P(RequestFaults, StrikeOnceBeforeOrAfterExecuting) {
  const RequestFault& fault = GetParam();
  LocalWorld world;
  world.spoil(R"({"action":")" + fault.action + R"(","method":"POST","path":"/api/v3/order")" +
              fault.details + "}");
  const HttpReply reply = world.place("BUY", "0.5", "B1");
  EXPECT_EQ(reply.delivery, fault.delivery);
  if (fault.delivery == Delivery::kSend) {
    EXPECT_EQ(reply.status, fault.status);
    EXPECT_THAT(reply.body, HasSubstr(fault.body));
  }
  EXPECT_EQ(orders(world), fault.executed ? 1U : 0U);
  EXPECT_EQ(world.place("BUY", "0.5", "B2").status, 200);
}

INSTANTIATE_TEST_SUITE_P(
    All, RequestFaults,
    testing::Values(
        RequestFault{"drop_before", "", Delivery::kDrop, 0, "", false},
        RequestFault{"drop_after", "", Delivery::kDrop, 0, "", true},
        RequestFault{"delay", R"(,"milliseconds":70)", Delivery::kSend, 200, "\"B1\"", true},
        RequestFault{"status", R"(,"status":500)", Delivery::kSend, 500, "-1000", true},
        RequestFault{"status", R"(,"status":502)", Delivery::kSend, 502, "<html>", true},
        RequestFault{"status", R"(,"status":503)", Delivery::kSend, 503, "Unknown error", true},
        RequestFault{"status", R"(,"status":504)", Delivery::kSend, 504, "<html>", true},
        RequestFault{"unavailable", "", Delivery::kSend, 503, "Service Unavailable.", false},
        RequestFault{"timeout", "", Delivery::kSend, 400, "-1007", true},
        RequestFault{"timeout", R"(,"status":504)", Delivery::kSend, 504, "-1007", true},
        RequestFault{"rate_limit", "", Delivery::kSend, 429, "-1003", false},
        RequestFault{"ban", "", Delivery::kSend, 418, "-1003", false},
        RequestFault{"timestamp", "", Delivery::kSend, 400, "-1021", false}));

TEST(Faults, RetryAfterAndDelayAreTold) {
  LocalWorld world;
  world.spoil(R"({"action":"ban","retry_after":9},{"action":"delay","milliseconds":70})");
  EXPECT_EQ(header(world.get("/api/v3/ping"), "Retry-After"), "9");
  EXPECT_EQ(world.get("/api/v3/ping").delay, milliseconds{70});
}

TEST(Faults, MatchOnWhatARequestIsAbout) {
  LocalWorld world;
  world.spoil(
      R"({"action":"drop_before","symbol":"XRPUSDT","side":"SELL","client_order_id":"n1-"})");
  EXPECT_EQ(world.place("BUY", "0.5", "n1-B").delivery, Delivery::kSend);
  EXPECT_EQ(world.place("SELL", "0.5", "other").delivery, Delivery::kSend);
  EXPECT_EQ(world.get("/api/v3/ping").delivery, Delivery::kSend);
  EXPECT_EQ(world.place("SELL", "0.5", "n1-S").delivery, Delivery::kDrop);
}

TEST(Faults, SkipThenStrikeSoManyTimes) {
  LocalWorld world;
  world.spoil(R"({"action":"unavailable","skip":2,"times":2})");
  std::vector<int> statuses;
  for (int i = 0; i < 6; ++i) statuses.push_back(world.get("/api/v3/ping").status);
  EXPECT_THAT(statuses, ElementsAre(200, 200, 503, 503, 200, 200));
}

TEST(Faults, TheSameSeedThrowsTheSameDice) {
  const auto run = [](const std::string& seed) {
    LocalWorld world;
    world.post(
        "/_mock/faults",
        R"({"seed":)" + seed + R"(,"rules":[{"action":"unavailable","times":0,"percent":50}]})");
    std::string statuses;
    for (int i = 0; i < 40; ++i) statuses += world.get("/api/v3/ping").status == 200 ? '.' : 'x';
    return statuses;
  };
  EXPECT_EQ(run("7"), run("7"));
  EXPECT_NE(run("7"), run("8"));
  EXPECT_THAT(run("7"), AllOf(HasSubstr("."), HasSubstr("x")));
}

TEST(Faults, AQueryLagsBehindItsOrder) {
  LocalWorld world;
  world.spoil(R"({"action":"lag","milliseconds":300})");
  world.place("BUY", "0.5", "B1");
  const auto query = [&] {
    return world.call("GET", "order", "symbol=XRPUSDT&origClientOrderId=B1").body;
  };
  EXPECT_THAT(query(), HasSubstr("-2013"));
  world.now += milliseconds{299};
  EXPECT_THAT(query(), HasSubstr("-2013"));
  world.now += milliseconds{1};
  EXPECT_THAT(query(), HasSubstr("\"NEW\""));
}

TEST(Faults, HalfAFillThenACancel) {
  LocalWorld world;
  world.spoil(R"({"action":"partial_fill","side":"BUY"})");
  EXPECT_THAT(world.place("BUY", "0.5", "B1").body, HasSubstr("\"status\":\"NEW\""));
  const OrderRecord& order = world.venue.exchange().ledger().of("XRPUSDT").orders.at(0);
  EXPECT_EQ(order.status, market::OrderStatus::kCanceled);
  EXPECT_EQ(order.executed, quantity("50"));
  EXPECT_TRUE(world.venue.exchange().ledger().balances().of("USDT").locked.is_zero());
}

TEST(Faults, ARequestCanLieBeforeItIsExecuted) {
  LocalWorld world;
  world.spoil(R"({"action":"late","path":"/api/v3/ping","milliseconds":70})");
  const HttpRequest request{.method = "GET", .path = "/api/v3/ping"};
  EXPECT_EQ(world.exchange.hold(request), milliseconds{70});
  EXPECT_EQ(world.exchange.hold(request), milliseconds{0});
}

class Listener final : public UserSubscriber {
 public:
  explicit Listener(Venue& venue) : venue_(venue) { venue_.add(*this); }
  ~Listener() override { venue_.remove(*this); }
  void user_event(const std::string& json) override {
    const auto begin = json.find("\"x\":\"");
    heard.push_back(begin == std::string::npos
                        ? "balances"
                        : json.substr(begin + 5, json.find('"', begin + 5) - begin - 5));
  }

  std::vector<std::string> heard;

 private:
  Venue& venue_;
};

TEST(EventFaults, DropDuplicateReorder) {
  LocalWorld world;
  Listener listener(world.venue);
  world.spoil(R"({"action":"drop_event","execution_type":"NEW"})");
  world.place("BUY", "0.5", "B1");
  EXPECT_THAT(std::exchange(listener.heard, {}), ElementsAre("balances"));
  world.spoil(R"({"action":"duplicate_event","execution_type":"NEW","side":"BUY"})");
  world.place("BUY", "0.5", "B2");
  EXPECT_THAT(std::exchange(listener.heard, {}), ElementsAre("NEW", "NEW", "balances"));
  world.spoil(R"({"action":"reorder_event","execution_type":"NEW"})");
  world.place("BUY", "0.5", "B3");
  EXPECT_THAT(std::exchange(listener.heard, {}), ElementsAre("balances", "NEW"));
}

TEST(EventFaults, Delay) {
  LocalWorld world;
  Listener listener(world.venue);
  world.spoil(R"({"action":"delay_event","execution_type":"TRADE","milliseconds":50})");
  world.place("BUY", "0.5", "B1");
  world.step(R"({"symbol":"XRPUSDT","price":"0.5"})");
  EXPECT_THAT(listener.heard, ElementsAre("NEW", "balances", "balances"));
  ASSERT_THAT(world.agenda, SizeIs(1));
  EXPECT_EQ(world.agenda[0].first, milliseconds{50});
  world.run_agenda();
  EXPECT_EQ(listener.heard.back(), "TRADE");
}

TEST(MarketFaults, AStallIsSilentAndEnds) {
  LocalWorld world;
  FakePeer peer;
  const auto socket = world.exchange.open("/ws/xrpusdt@trade", "", peer);
  world.spoil(R"({"action":"stall_market","milliseconds":1000})");
  world.step(R"({"symbol":"XRPUSDT","price":"0.5"})");
  EXPECT_THAT(peer.take(), IsEmpty());
  EXPECT_EQ(peer.closed, 0);
  world.now += milliseconds{1000};
  world.step(R"({"symbol":"XRPUSDT","price":"0.5"})");
  EXPECT_THAT(peer.take(), ElementsAre(HasSubstr("\"t\":2")));
}

TEST(MarketFaults, AStallStrikesTheConnectionsOfThatMoment) {
  LocalWorld world;
  FakePeer before;
  FakePeer after;
  const auto stalled = world.exchange.open("/ws/xrpusdt@trade", "", before);
  world.spoil(R"({"action":"stall_market","milliseconds":1000})");
  const auto other = world.exchange.open("/ws/xrpusdt@trade", "", after);
  world.step(R"({"symbol":"XRPUSDT","price":"0.5"})");
  EXPECT_THAT(before.take(), IsEmpty());
  EXPECT_THAT(after.take(), ElementsAre(HasSubstr("\"t\":1")));
}

TEST(MarketFaults, AStallOfOneSymbol) {
  LocalWorld world;
  FakePeer peer;
  const auto socket = world.exchange.open("/ws/xrpusdt@trade/btcusdt@trade", "", peer);
  world.spoil(R"({"action":"stall_market","symbol":"XRPUSDT","milliseconds":1000})");
  world.step(R"({"symbol":"XRPUSDT","price":"0.5"})");
  world.step(R"({"symbol":"BTCUSDT","price":"20000"})");
  EXPECT_THAT(peer.take(), ElementsAre(HasSubstr("BTCUSDT")));
}

TEST(MarketFaults, CloseOneKindOfConnection) {
  LocalWorld world;
  FakePeer market;
  FakePeer user;
  const auto market_socket = world.exchange.open("/ws", "", market);
  const auto user_socket = world.exchange.open("/ws-api/v3", "", user);
  world.spoil(R"({"action":"close_market"})");
  EXPECT_EQ(market.closed, 1001);
  EXPECT_EQ(user.closed, 0);
  world.spoil(R"({"action":"close_user_data"})");
  EXPECT_EQ(user.closed, 1001);
}

TEST(MarketFaults, ServerShutdownIsAnnouncedInTheFormOfEachConnection) {
  LocalWorld world;
  FakePeer raw;
  FakePeer combined;
  FakePeer user;
  const auto first = world.exchange.open("/ws", "", raw);
  const auto second = world.exchange.open("/stream", "", combined);
  const auto third = world.exchange.open("/ws-api/v3", "", user);
  world.spoil(R"({"action":"server_shutdown","milliseconds":10})");
  const std::string event = R"({"e":"serverShutdown","E":1700000000000})";
  EXPECT_THAT(raw.sent, ElementsAre(event));
  EXPECT_THAT(combined.sent, ElementsAre(R"({"stream":"!serverShutdown","data":)" + event + "}"));
  EXPECT_THAT(user.sent, ElementsAre(R"({"event":)" + event + "}"));
  EXPECT_EQ(raw.closed, 0);
  world.run_agenda();
  EXPECT_EQ(raw.closed, 1001);
  EXPECT_EQ(user.closed, 1001);
}

TEST(FaultRules, AreListedAndCleared) {
  LocalWorld world;
  world.spoil(R"({"action":"unavailable","path":"/api/v3/ping"})");
  world.get("/api/v3/ping");
  EXPECT_EQ(
      world.get("/_mock/faults").body,
      R"({"rules":[{"action":"unavailable","method":"","path":"/api/v3/ping","symbol":"","side":"",)"
      R"("client_order_id":"","execution_type":"","skip":0,"times":1,"percent":100,"milliseconds":0,)"
      R"("status":0,"retry_after":1,"fired":1}]})");
  const HttpReply cleared = world.exchange.http({.method = "DELETE", .path = "/_mock/faults"});
  EXPECT_EQ(cleared.body, R"({"rules":[]})");
}

TEST(FaultRules, MistakesAreExplained) {
  LocalWorld world;
  const auto mistake = [&](const std::string& body) {
    const HttpReply reply = world.post("/_mock/faults", body);
    EXPECT_EQ(reply.status, 400) << body;
    return reply.body;
  };
  EXPECT_THAT(mistake("x"), HasSubstr("expected [{"));
  EXPECT_THAT(mistake("{}"), HasSubstr("expected [{"));
  EXPECT_THAT(mistake("[{}]"), HasSubstr("a rule needs an action"));
  EXPECT_THAT(mistake(R"([{"action":"explode"}])"), HasSubstr("unknown action 'explode'"));
  EXPECT_THAT(mistake(R"([{"action":"ban","colour":1}])"), HasSubstr("unknown key 'colour'"));
  EXPECT_THAT(mistake(R"([{"action":"ban","percent":101}])"), HasSubstr("percent is 0 to 100"));
}

TEST(FaultRules, EveryActionHasItsName) {
  for (int i = 0; i <= static_cast<int>(FaultAction::kServerShutdown); ++i) {
    const std::string name{to_string(static_cast<FaultAction>(i))};
    const auto parsed = parse_faults(R"([{"action":")" + name + "\"}]");
    ASSERT_TRUE(parsed) << name;
    EXPECT_EQ(static_cast<int>(parsed->rules.at(0).action), i);
  }
}

}  // namespace
}  // namespace naive::binance_mock
