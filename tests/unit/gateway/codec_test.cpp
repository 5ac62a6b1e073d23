#include "gateway/codec.h"

#include <gtest/gtest.h>
#include <naive/v1/gateway.pb.h>

#include <limits>

namespace naive::gateway {
namespace {

v1::GatewayRequest place() {
  v1::GatewayRequest request;
  request.set_request_id(7);
  request.set_incarnation(3);
  auto& place = *request.mutable_place();
  place.set_symbol("BTCUSDT");
  place.set_client_order_id("n1-BTCUSDT-0-2s-B1");
  place.set_side(v1::SELL);
  place.set_price(6'170'001'000'000);
  place.set_quantity(32'000);
  place.set_deadline(5'000'000);
  return request;
}

TEST(GatewayCodec, ReadsAPlaceOrder) {
  const auto request = decode_request(place().SerializeAsString());
  ASSERT_TRUE(request);
  EXPECT_EQ(request->id, 7u);
  EXPECT_EQ(request->incarnation, 3u);
  ASSERT_TRUE(std::holds_alternative<PlaceOrder>(request->body));
  EXPECT_EQ(std::get<PlaceOrder>(request->body),
            (PlaceOrder{.symbol = "BTCUSDT",
                        .client_order_id = "n1-BTCUSDT-0-2s-B1",
                        .side = market::Side::kSell,
                        .price = *market::Price::parse("61700.01"),
                        .quantity = *market::Quantity::parse("0.00032"),
                        .deadline = TimePoint{std::chrono::seconds{5}}}));
}

TEST(GatewayCodec, ReadsAQuestionForTheLastCycleAndWritesItsAnswer) {
  v1::GatewayRequest request;
  request.mutable_last_cycle()->set_symbol("BTCUSDT");
  const auto decoded = decode_request(request.SerializeAsString());
  ASSERT_TRUE(decoded);
  EXPECT_EQ(std::get<QueryLastCycle>(decoded->body).symbol, "BTCUSDT");
  request.mutable_last_cycle()->set_symbol("../BTC");
  EXPECT_TRUE(
      std::holds_alternative<BadRequest>(decode_request(request.SerializeAsString())->body));
  v1::GatewayReply reply;
  ASSERT_TRUE(reply.ParseFromString(encode_reply({}, LastCycle{42})));
  EXPECT_EQ(reply.last_cycle().cycle(), 42u);
}

TEST(GatewayCodec, AnyDeadlineIsATime) {
  for (const auto extreme : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1},
                             std::numeric_limits<std::int64_t>::max()}) {
    auto request = place();
    request.mutable_place()->set_deadline(extreme);
    const auto decoded = decode_request(request.SerializeAsString());
    ASSERT_TRUE(decoded);
    EXPECT_GE(std::get<PlaceOrder>(decoded->body).deadline, TimePoint{});
  }
}

TEST(GatewayCodec, RefusesWhatMakesNoSense) {
  const auto is_bad = [](const auto& spoil) {
    auto request = place();
    spoil(request);
    const auto decoded = decode_request(request.SerializeAsString());
    return decoded && decoded->id == 7 && std::holds_alternative<BadRequest>(decoded->body);
  };
  EXPECT_TRUE(is_bad([](auto& r) { r.clear_place(); }));
  EXPECT_TRUE(is_bad([](auto& r) { r.mutable_place()->set_symbol("btc&price=1"); }));
  EXPECT_TRUE(is_bad([](auto& r) { r.mutable_place()->set_client_order_id(""); }));
  EXPECT_TRUE(is_bad([](auto& r) { r.mutable_place()->set_client_order_id("no spaces"); }));
  EXPECT_TRUE(
      is_bad([](auto& r) { r.mutable_place()->set_client_order_id(std::string(37, 'x')); }));
  EXPECT_TRUE(is_bad([](auto& r) { r.mutable_place()->set_side(v1::SIDE_UNSPECIFIED); }));
  EXPECT_TRUE(is_bad([](auto& r) { r.mutable_place()->set_price(0); }));
  EXPECT_TRUE(is_bad([](auto& r) { r.mutable_place()->set_quantity(-1); }));
  EXPECT_TRUE(is_bad([](auto& r) { r.mutable_query()->set_symbol("BTCUSDT"); }));
  EXPECT_FALSE(decode_request("garbage\xff").has_value());
}

TEST(GatewayCodec, WritesEveryAnswer) {
  const auto encode = [](const Answer& answer) {
    v1::GatewayReply reply;
    EXPECT_TRUE(reply.ParseFromString(encode_reply({.request_id = 7, .gateway_epoch = 9}, answer)));
    EXPECT_EQ(reply.request_id(), 7u);
    EXPECT_EQ(reply.gateway_epoch(), 9u);
    return reply;
  };
  const market::Order order{.client_order_id = "id", .order_id = 28};
  EXPECT_EQ(encode(Accepted{order}).accepted().order().order_id(), 28);
  EXPECT_EQ(encode(Rejected{-1013, "no", RejectClass::kFatal}).rejected().class_(),
            v1::Rejected::FATAL);
  EXPECT_EQ(encode(NotSent{"no", std::chrono::milliseconds{5}}).not_sent().retry_after(), 5000);
  EXPECT_EQ(encode(Unknown{"hm"}).unknown().reason(), "hm");
  EXPECT_EQ(encode(Found{order}).found().order().client_order_id(), "id");
  EXPECT_TRUE(encode(NotFound{true}).not_found().never_sent());
  EXPECT_EQ(encode(Unavailable{"no", std::chrono::seconds{1}}).unavailable().retry_after(),
            1'000'000);
  EXPECT_EQ(encode(Rules{{.symbol = "BTCUSDT"}}).rules().symbol(), "BTCUSDT");
  EXPECT_EQ(encode(InvalidSymbol{"no"}).invalid_symbol().message(), "no");
  EXPECT_FALSE(encode(InvalidSymbol{"no"}).invalid_symbol().has_rules());
  EXPECT_EQ(encode(InvalidSymbol{"no", market::SymbolRules{.symbol = "BTCUSDT"}})
                .invalid_symbol()
                .rules()
                .symbol(),
            "BTCUSDT");
}

TEST(GatewayCodec, TellsAFillOnlyWithItsCommission) {
  binance::ExecutionReport report{.symbol = "BTCUSDT", .order = {.client_order_id = "id"}};
  report.execution = {.trade_id = 1,
                      .quantity = market::Quantity::from_units(5),
                      .price = market::Price::from_units(7),
                      .commission = market::Decimal::from_units(3),
                      .commission_asset = "BTC"};
  const binance::Assets assets{"BTC", "USDT"};
  v1::OrdersMessage message;
  ASSERT_TRUE(message.ParseFromString(encode_update(9, report, &assets)));
  EXPECT_EQ(message.gateway_epoch(), 9u);
  EXPECT_EQ(message.update().fill().commission().base(), 3);
  ASSERT_TRUE(message.ParseFromString(encode_update(9, report, nullptr)));
  EXPECT_FALSE(message.update().has_fill());
}

}  // namespace
}  // namespace naive::gateway
