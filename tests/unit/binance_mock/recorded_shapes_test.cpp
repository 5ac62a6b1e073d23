// The mock's answers beside real ones, recorded from Binance between 2018 and 2021
// (data/LICENSE.binance.ex): every key of theirs is in ours, in the same order; what is newer may
// stand between.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <filesystem>

#include "binance_mock/text_file.h"
#include "local_world.h"

namespace naive::binance_mock {
namespace {

std::string recorded(const std::string& name) {
  simdjson::dom::parser parser;
  const auto file = std::filesystem::path{NAIVE_TEST_DATA_DIR} / (name + ".json");
  const std::string text = read_text_file(file, "the recording");
  return std::string{std::string_view{parser.parse(text).at(0)["response"]["body"]}};
}

/// The keys of an object, or of the first object of an array, with the type of each value.
std::vector<std::string> shape(const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::element element = parser.parse(json);
  if (element.is_array()) element = element.at(0);
  std::vector<std::string> keys;
  for (const auto [key, value] : simdjson::dom::object(element)) {
    keys.push_back(std::string{key} + ':' + static_cast<char>(value.type()));
  }
  return keys;
}

void expect_same_shape(const std::string& ours, const std::string& recording) {
  const auto theirs = shape(recorded(recording));
  const auto keys = shape(ours);
  auto next = keys.begin();
  for (const std::string& key : theirs) {
    next = std::find(next, keys.end(), key);
    ASSERT_NE(next, keys.end()) << key << " is missing or elsewhere in " << ours;
  }
}

TEST(RecordedShapes, ArePartOfOurs) {
  LocalWorld world;
  world.step(R"({"symbol":"XRPUSDT","price":"0.6"})");
  expect_same_shape(world.place("BUY", "0.5", "B1").body,
                    "order_limit_buy_good_til_cancel_default_duration_success");
  expect_same_shape(world.call("GET", "order", "symbol=XRPUSDT&orderId=1").body,
                    "get_order_by_string_symbol_and_orderid_success");
  expect_same_shape(world.call("GET", "openOrders", "symbol=XRPUSDT").body,
                    "get_open_orders_with_symbol_string_success");
  expect_same_shape(world.call("DELETE", "order", "symbol=XRPUSDT&orderId=1").body,
                    "cancel_order_by_symbol_string_clientorderid_and_timestamp_success");
  expect_same_shape(world.get("/api/v3/historicalTrades", "symbol=XRPUSDT").body,
                    "get_historical_trades_ok");
  expect_same_shape(world.get("/api/v3/time").body, "get_server_time_ok");
}

TEST(RecordedShapes, TheSameErrorsWordForWord) {
  LocalWorld world;
  const HttpReply reply =
      world.call("POST", "order",
                 "symbol=XRPUSDT&type=LIMIT&timeInForce=FOK&quantity=10000&side=BUY&price=0.5");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.body, recorded("order_limit_buy_error_insufficient_balance"));
  EXPECT_EQ(world.get("/api/v3/ping").body, recorded("ping_ok"));
}

}  // namespace
}  // namespace naive::binance_mock
