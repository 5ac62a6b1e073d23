#include "binance/rest_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "binance/api_error.h"
#include "recorded.h"

namespace naive::binance {
namespace {

using market::Money;
using market::OrderStatus;
using market::Price;
using market::Quantity;
using market::Side;

const Assets kBtcUsdt{"BTC", "USDT"};

market::ExchangeTime at_millisecond(std::int64_t value) {
  return market::ExchangeTime{std::chrono::milliseconds{value}};
}

TEST(RestJson, ReadsARecordedNewOrder) {
  const auto order = parse_order(recorded("post_order_result_new.json"), nullptr);
  ASSERT_TRUE(order);
  EXPECT_EQ(*order, (market::Order{.client_order_id = "9kITBshSwrClye1HJcLM3j",
                                   .order_id = 47511548,
                                   .side = Side::kBuy,
                                   .status = OrderStatus::kNew,
                                   .price = *Price::parse("0.01"),
                                   .quantity = *Quantity::parse("0.1"),
                                   .update_time = at_millisecond(1527278150709)}));
}

TEST(RestJson, ReadsARecordedExpiredOrder) {
  const auto order = parse_order(recorded("post_order_result_expired.json"), nullptr);
  ASSERT_TRUE(order);
  EXPECT_EQ(order->status, OrderStatus::kExpired);
  EXPECT_EQ(order->side, Side::kSell);
}

TEST(RestJson, ReadsARecordedQuery) {
  const auto order = parse_order(recorded("get_order.json"), nullptr);
  ASSERT_TRUE(order);
  EXPECT_EQ(order->client_order_id, "1fQlUBLbCuFrRAIbgx3lvy");
  EXPECT_EQ(order->quantity, *Quantity::parse("36.5"));
  EXPECT_EQ(order->update_time, at_millisecond(1560949366308));
}

TEST(RestJson, ACanceledOrderKeepsItsOwnName) {
  const auto order = parse_order(recorded("delete_order.json"), nullptr);
  ASSERT_TRUE(order);
  EXPECT_EQ(order->client_order_id, "rCS6y6PqePZx5Ir6tPwDk8");
  EXPECT_EQ(order->status, OrderStatus::kCanceled);
}

constexpr std::string_view kFull =
    R"({"symbol":"BTCUSDT","orderId":28,"orderListId":-1,"clientOrderId":"abc","transactTime":1507725176595,)"
    R"("price":"60000.10000000","origQty":"0.00300000","executedQty":"0.00200000",)"
    R"("origQuoteOrderQty":"0.00000000","cummulativeQuoteQty":"120.00000000","status":"PARTIALLY_FILLED",)"
    R"("timeInForce":"GTC","type":"LIMIT","side":"BUY","workingTime":1507725176595,"fills":[)"
    R"({"price":"60000.00000000","qty":"0.00100000","commission":"0.00000100","commissionAsset":"BTC","tradeId":1},)"
    R"({"price":"60000.00000000","qty":"0.00100000","commission":"0.00030000","commissionAsset":"BNB","tradeId":2}],)"
    R"("selfTradePreventionMode":"EXPIRE_MAKER"})";

TEST(RestJson, SumsTheFillsOfAFullAnswerByAsset) {
  const auto order = parse_order(kFull, &kBtcUsdt);
  ASSERT_TRUE(order);
  EXPECT_EQ(order->executed_quantity, *Quantity::parse("0.002"));
  EXPECT_EQ(order->executed_quote, *Money::parse("120"));
  EXPECT_EQ(order->commissioned_quantity, *Quantity::parse("0.002"));
  EXPECT_EQ(order->commission, (market::Commission{.base = *Quantity::parse("0.000001"),
                                                   .other = *market::Decimal::parse("0.0003"),
                                                   .other_asset = "BNB"}));
}

TEST(RestJson, TellsNoCommissionWithoutKnowingTheAssets) {
  const auto order = parse_order(kFull, nullptr);
  ASSERT_TRUE(order);
  EXPECT_TRUE(order->commissioned_quantity.is_zero());
  EXPECT_EQ(order->commission, market::Commission{});
}

TEST(RestJson, AnAckIsANewOrder) {
  const auto order = parse_order(
      R"({"symbol":"BTCUSDT","orderId":28,"orderListId":-1,"clientOrderId":"abc","transactTime":1507725176595})",
      nullptr);
  ASSERT_TRUE(order);
  EXPECT_EQ(order->status, OrderStatus::kNew);
  EXPECT_TRUE(order->quantity.is_zero());
}

TEST(RestJson, GuessesNothing) {
  for (const std::string_view body :
       {"", "<html>502 Bad Gateway</html>", "[]", "{}", R"({"orderId":28,"status":"NEW")",
        R"({"orderId":28,"clientOrderId":"abc","status":"HIBERNATING"})",
        R"({"orderId":28,"clientOrderId":"abc","status":"NEW","executedQty":"1e-5"})",
        R"({"orderId":"28","clientOrderId":"abc","status":"NEW"})"}) {
    EXPECT_FALSE(parse_order(body, nullptr)) << body;
  }
}

TEST(RestJson, SumsTheCommissionOfAnOrdersTrades) {
  const auto sum = parse_order_commission(
      R"([{"symbol":"BTCUSDT","id":1,"orderId":28,"price":"60000","qty":"0.00100000","quoteQty":"60",)"
      R"("commission":"0.06000000","commissionAsset":"USDT","time":1507725176595,"isBuyer":false},)"
      R"({"symbol":"BTCUSDT","id":2,"orderId":28,"price":"60000","qty":"0.00200000","quoteQty":"120",)"
      R"("commission":"0.12000000","commissionAsset":"USDT","time":1507725176595,"isBuyer":false}])",
      kBtcUsdt);
  ASSERT_TRUE(sum);
  EXPECT_EQ(sum->quantity, *Quantity::parse("0.003"));
  EXPECT_EQ(sum->commission, (market::Commission{.quote = *Money::parse("0.18")}));
  EXPECT_EQ(sum->executions, 2u);
  EXPECT_EQ(sum->last_trade_id, 2);
}

TEST(RestJson, ReadsRecordedErrors) {
  EXPECT_EQ(parse_api_error(recorded("error_insufficient_balance.json")),
            (ApiError{-2010, "Account has insufficient balance for requested action."}));
  EXPECT_EQ(parse_api_error("<html>403 Forbidden</html>"), std::nullopt);
  EXPECT_EQ(parse_api_error(R"({"msg":"no code"})"), std::nullopt);
  EXPECT_EQ(parse_api_error(R"({"code":200,"msg":"not an error"})"), std::nullopt);
}

TEST(RestJson, ReadsTheServersTime) {
  EXPECT_EQ(parse_server_time(recorded("server_time.json")), at_millisecond(1616592268319));
  EXPECT_EQ(parse_server_time("{}"), std::nullopt);
}

TEST(RestJson, ReadsRecordedTrades) {
  const auto trades = parse_trades(recorded("historical_trades.json"));
  ASSERT_TRUE(trades);
  ASSERT_FALSE(trades->empty());
  EXPECT_EQ(trades->front().trade_id, 192249628);
  EXPECT_EQ(trades->front().price, *Price::parse("1.79337"));
  EXPECT_EQ(trades->front().quantity, *Quantity::parse("442.8"));
}

TEST(RestJson, ReadsTheNewestTradesId) {
  EXPECT_EQ(
      parse_newest_trade_id(R"([{"a":26129,"p":"0.01633102","q":"4.70443515","f":27781,"l":27783,)"
                            R"("T":1498793709153,"m":true,"M":true}])"),
      27783);
  EXPECT_EQ(parse_newest_trade_id("[]"), 0) << "no trade yet";
  EXPECT_EQ(parse_newest_trade_id(R"([{"a":26129}])"), std::nullopt);
  EXPECT_EQ(parse_newest_trade_id(R"({"code":-1121,"msg":"Invalid symbol."})"), std::nullopt);
}

TEST(RestJson, ReadsTheRulesOf2025) {
  const auto listings = parse_exchange_info(recorded("exchange_info_2025.json"));
  ASSERT_TRUE(listings);
  ASSERT_EQ(listings->size(), 1u);
  const auto& [rules, trading] = listings->front();
  EXPECT_TRUE(trading);
  EXPECT_EQ(rules.symbol, "BTCUSDT");
  EXPECT_EQ(rules.base_asset, "BTC");
  EXPECT_EQ(rules.quote_asset, "USDT");
  EXPECT_EQ(rules.min_price, *Price::parse("0.01"));
  EXPECT_EQ(rules.max_price, *Price::parse("1000000"));
  EXPECT_EQ(rules.tick_size, *Price::parse("0.01"));
  EXPECT_EQ(rules.min_quantity, *Quantity::parse("0.00001"));
  EXPECT_EQ(rules.max_quantity, *Quantity::parse("9000"));
  EXPECT_EQ(rules.step_size, *Quantity::parse("0.00001"));
  EXPECT_EQ(rules.min_notional, *Money::parse("5"));
  EXPECT_EQ(rules.max_notional, *Money::parse("9000000"));
}

TEST(RestJson, ReadsTheRulesOf2019AndSymbolsThatTradeNoMore) {
  const auto listings = parse_exchange_info(recorded("exchange_info_2019.json"));
  ASSERT_TRUE(listings);
  ASSERT_EQ(listings->size(), 2u);
  for (const auto& [rules, trading] : *listings) {
    EXPECT_EQ(trading, rules.symbol == "XRPUSDT") << rules.symbol;
    if (trading) {
      EXPECT_EQ(rules.min_notional, *Money::parse("10"));
      EXPECT_TRUE(rules.max_notional.is_zero());
    }
  }
}

TEST(RestJson, AListOfOrdersIsReadForItsNames) {
  const auto orders = parse_listed_orders(
      R"([{"orderId": 7, "clientOrderId": "n1-BTCUSDT-0-1-B1", "symbol": "BTCUSDT"},
          {"orderId": 9, "clientOrderId": "other", "status": "NEW"}])");
  ASSERT_TRUE(orders);
  ASSERT_EQ(orders->size(), 2U);
  EXPECT_EQ(orders->at(0).client_order_id, "n1-BTCUSDT-0-1-B1");
  EXPECT_EQ(orders->at(1).order_id, 9);
  EXPECT_FALSE(parse_listed_orders(R"({"code": -1121})"));
}

}  // namespace
}  // namespace naive::binance
