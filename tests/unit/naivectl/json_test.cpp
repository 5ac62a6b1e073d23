#include "proto/json.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <naive/v1/control.pb.h>
#include <naive/v1/events.pb.h>

namespace naive {
namespace {

TEST(Json, StatusHasEveryKeyOfTheSchema) {
  v1::SystemStatus status;
  v1::SymbolStatus& symbol = *status.add_symbols();
  symbol.set_symbol("BTCUSDT");
  symbol.set_state("running");
  symbol.mutable_leader()->set_pid(12);
  v1::DeathCount& deaths = *symbol.mutable_leader()->add_deaths();
  deaths.set_reason("exited 70");
  deaths.set_count(2);
  v1::TraderStatus& trader = *symbol.add_traders();
  trader.set_phase("BUY_OPEN");
  v1::OrderView& buy = *trader.mutable_buy_order();
  buy.set_client_order_id("n1-BTCUSDT-0-1-B1");
  buy.set_status("NEW");
  buy.set_price("61700.01");
  buy.set_quantity("0.00032");
  buy.set_executed_quantity("0");
  status.add_services()->set_name("gateway");
  EXPECT_EQ(
      to_json(status),
      R"({"symbols": [{"symbol": "BTCUSDT", "state": "running", )"
      R"("leader": {"pid": 12, "incarnation": 0, "restarts": 0, "deaths": [{"reason": "exited 70", "count": 2}], "started": 0}, )"
      R"("traders": [{"slot": 0, "pid": 0, "incarnation": 0, "state": "", "cycle": 0, "revision": 0, )"
      R"("phase": "BUY_OPEN", "buy_order": {"client_order_id": "n1-BTCUSDT-0-1-B1", "status": "NEW", )"
      R"("price": "61700.01", "quantity": "0.00032", "executed_quantity": "0"}, "sell_order": null, )"
      R"("restarts": 0, "reason": "", "standby": false, "deaths": [], "started": 0}], "reason": ""}], )"
      R"("services": [{"name": "gateway", "pid": 0, "state": "", "restarts": 0, "endpoint": "", "reason": "", "deaths": [], "started": 0}], "rollout": null})");
}

TEST(Json, ListsOfStringsAreOnesToo) {
  v1::Crash crash;
  crash.add_last_words("say \"no\"");
  crash.add_last_words("");
  EXPECT_EQ(to_json(crash),
            R"({"name": "", "incarnation": 0, "pid": 0, "time": 0, "reason": "", "cycle": 0, "revision": 0, )"
            R"("last_words": ["say \"no\"", ""]})");
}

TEST(Json, EmptyListsAreThere) {
  EXPECT_EQ(to_json(v1::SystemStatus{}), R"({"symbols": [], "services": [], "rollout": null})");
}

TEST(Json, ListsOfText) {
  v1::Rollout rollout;
  rollout.set_purpose(v1::Rollout::UPGRADE);
  rollout.add_names("gateway");
  rollout.add_names("leader BTCUSDT");
  EXPECT_THAT(to_json(rollout),
              testing::StartsWith(R"({"purpose": "UPGRADE", "state": "STATE_UNSPECIFIED", )"
                                  R"("names": ["gateway", "leader BTCUSDT"], )"));
}

TEST(Json, OfAOneofOnlyTheMemberThatIsSet) {
  v1::ControlReply reply;
  reply.set_ok(true);
  EXPECT_EQ(to_json(reply), R"({"ok": true, "error": null, "note": ""})");
  reply.mutable_started()->set_pid(5);
  EXPECT_EQ(to_json(reply), R"({"ok": true, "error": null, "note": "", "started": {"pid": 5}})");
}

TEST(Json, SixtyFourBitsAreNumbersAndEnumsAreNames) {
  v1::Event event;
  event.set_sequence(18446744073709551615u);
  event.set_time(-1);
  event.set_what(v1::Event::QUARANTINED);
  EXPECT_EQ(
      to_json(event),
      R"({"sequence": 18446744073709551615, "time": -1, "name": "", "slot": 0, "incarnation": 0, )"
      R"("pid": 0, "what": "QUARANTINED", "reason": ""})");
}

TEST(Json, TextIsEscaped) {
  EXPECT_EQ(json_quoted("a\"b\\c\nd\x01 é"), R"("a\"b\\c\u000ad\u0001 é")");
  EXPECT_EQ(json_quoted(""), R"("")");
}

TEST(Json, ProtobufReadsWhatThisWrites) {
  v1::ControlReply reply;
  reply.mutable_error()->set_code("not_found");
  reply.mutable_error()->set_message("tab\there, \"quotes\"");
  reply.mutable_status()->add_symbols()->add_traders()->set_slot(3);
  v1::ControlReply read;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(to_json(reply), &read).ok());
  EXPECT_EQ(read.SerializeAsString(), reply.SerializeAsString());
}

}  // namespace
}  // namespace naive
