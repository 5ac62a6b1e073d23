#include <gtest/gtest.h>

#include "binance/market_stream.h"
#include "binance/user_stream.h"

namespace naive::binance {
namespace {

using Kind = MarketFrame::Kind;

/// Parses with the padding that the parser asks for.
class MarketFrames : public testing::Test {
 protected:
  const MarketFrame& parse(std::string_view text) {
    text_.assign(text);
    text_.reserve(text_.size() + kTextPadding);
    return parser_.parse(text_);
  }

 private:
  std::string text_;
  MarketFrameParser parser_;
};

constexpr std::string_view kTrade =
    R"({"e":"trade","E":1723161254123,"s":"BTCUSDT","t":3735683259,"p":"61700.01000000",)"
    R"("q":"0.00016000","T":1723161254122,"m":true,"M":true})";

void expect_the_trade(const MarketFrame& frame) {
  ASSERT_EQ(frame.kind, Kind::kTrade);
  EXPECT_EQ(frame.symbol, "BTCUSDT");
  EXPECT_EQ(frame.trade.trade_id, 3735683259);
  EXPECT_EQ(frame.trade.price, *market::Price::parse("61700.01"));
  EXPECT_EQ(frame.trade.quantity, *market::Quantity::parse("0.00016"));
  EXPECT_EQ(frame.trade.trade_time, market::ExchangeTime{std::chrono::milliseconds{1723161254122}});
  EXPECT_TRUE(frame.trade.buyer_is_maker);
}

TEST_F(MarketFrames, ReadsARawTrade) { expect_the_trade(parse(kTrade)); }

TEST_F(MarketFrames, ReadsACombinedTrade) {
  expect_the_trade(parse(R"({"stream":"btcusdt@trade","data":)" + std::string{kTrade} + "}"));
}

TEST_F(MarketFrames, ReadsATradeOf2019WithOrderIdsInMicroseconds) {
  const auto& frame = parse(
      R"({"e":"trade","E":1558828800123456,"s":"XRPUSDT","t":7,"p":"0.4307","q":"36.5","b":1,"a":2,)"
      R"("T":1558828800120000,"m":false,"M":true})");
  ASSERT_EQ(frame.kind, Kind::kTrade);
  EXPECT_FALSE(frame.trade.buyer_is_maker);
  EXPECT_EQ(frame.trade.trade_time,
            market::ExchangeTime{std::chrono::microseconds{1558828800120000}});
}

TEST_F(MarketFrames, ReadsAcknowledgements) {
  const auto& frame = parse(R"({"result":null,"id":17})");
  EXPECT_EQ(frame.kind, Kind::kAcknowledged);
  EXPECT_EQ(frame.id, 17);
}

TEST_F(MarketFrames, ReadsRefusalsAsDocumentedAndAsSent) {
  for (const std::string_view text : {R"({"error":{"code":2,"msg":"Invalid request: no"},"id":17})",
                                      R"({"code":2,"msg":"Invalid request: no","id":17})"}) {
    const auto& frame = parse(text);
    EXPECT_EQ(frame.kind, Kind::kRefused) << text;
    EXPECT_EQ(frame.id, 17);
    EXPECT_EQ(frame.error, "Invalid request: no");
  }
}

TEST_F(MarketFrames, KnowsWhenTheServerGoes) {
  EXPECT_EQ(parse(R"({"e":"serverShutdown","E":1723161254123})").kind, Kind::kServerShutdown);
  EXPECT_EQ(parse(R"({"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}})").kind,
            Kind::kServerShutdown);
}

TEST_F(MarketFrames, LeavesOtherEventsAlone) {
  EXPECT_EQ(parse(R"({"e":"aggTrade","s":"BTCUSDT","a":1})").kind, Kind::kOther);
  EXPECT_EQ(parse(R"({"u":400900217,"s":"BNBUSDT","b":"25.35"})").kind, Kind::kOther);
}

TEST_F(MarketFrames, GuessesNothing) {
  for (const std::string_view text :
       {"", "garbage", "[]", R"({"e":"trade","s":"BTCUSDT","t":1,"p":"x","q":"1","T":1,"m":true})",
        R"({"e":"trade","s":"BTCUSDT","t":1,"p":"1","q":"1","T":1})",
        R"({"e":"trade","E":1723161254123,"s":"BTCUSDT","t":37)"}) {
    EXPECT_EQ(parse(text).kind, Kind::kMalformed) << text;
  }
}

TEST(MarketRequests, AreBatches) {
  EXPECT_EQ(subscribe_request(1, {trade_stream("BTCUSDT"), trade_stream("ETHUSDT")}),
            R"({"method":"SUBSCRIBE","params":["btcusdt@trade","ethusdt@trade"],"id":1})");
  EXPECT_EQ(unsubscribe_request(2, {trade_stream("BTCUSDT")}),
            R"({"method":"UNSUBSCRIBE","params":["btcusdt@trade"],"id":2})");
}

std::string event(std::string_view json) {
  return R"({"subscriptionId":0,"event":)" + std::string{json} + "}";
}

constexpr std::string_view kFilled =
    R"({"e":"executionReport","E":1499405658658,"s":"ETHBTC","c":"n1-ETHBTC-0-1-B1","S":"BUY","o":"LIMIT",)"
    R"("f":"GTC","q":"1.00000000","p":"0.10264410","P":"0.00000000","F":"0.00000000","g":-1,"C":"",)"
    R"("x":"TRADE","X":"FILLED","r":"NONE","i":4293153,"l":"0.40000000","z":"1.00000000","L":"0.10264400",)"
    R"("n":"0.00040000","N":"ETH","T":1499405658657,"t":77,"I":8641984,"w":false,"m":true,"M":false,)"
    R"("O":1499405658657,"Z":"0.10264400","Y":"0.04105760","Q":"0.00000000","W":1499405658657,"V":"NONE"})";

TEST(UserFrames, ReadAnExecution) {
  const auto frame = parse_user_frame(event(kFilled));
  const auto* report = std::get_if<ExecutionReport>(&frame);
  ASSERT_NE(report, nullptr);
  EXPECT_EQ(report->symbol, "ETHBTC");
  EXPECT_EQ(report->order, (market::Order{.client_order_id = "n1-ETHBTC-0-1-B1",
                                          .order_id = 4293153,
                                          .side = market::Side::kBuy,
                                          .status = market::OrderStatus::kFilled,
                                          .price = *market::Price::parse("0.1026441"),
                                          .quantity = *market::Quantity::parse("1"),
                                          .executed_quantity = *market::Quantity::parse("1"),
                                          .executed_quote = *market::Money::parse("0.102644"),
                                          .update_time = market::ExchangeTime{
                                              std::chrono::milliseconds{1499405658657}}}));
  ASSERT_TRUE(report->execution);
  EXPECT_EQ(report->execution->trade_id, 77);
  EXPECT_EQ(report->execution->quantity, *market::Quantity::parse("0.4"));
  EXPECT_EQ(report->execution->price, *market::Price::parse("0.102644"));
  EXPECT_EQ(report->execution->commission, *market::Decimal::parse("0.0004"));
  EXPECT_EQ(report->execution->commission_asset, "ETH");
}

TEST(UserFrames, ACancelNamesTheOrderInC) {
  const auto frame = parse_user_frame(event(
      R"({"e":"executionReport","s":"ETHBTC","c":"the-cancel","S":"SELL","q":"1","p":"0.1","C":"the-order",)"
      R"("x":"CANCELED","X":"CANCELED","i":4293153,"l":"0","z":"0","L":"0","n":"0","N":null,"T":1,"t":-1,"Z":"0"})"));
  const auto* report = std::get_if<ExecutionReport>(&frame);
  ASSERT_NE(report, nullptr);
  EXPECT_EQ(report->order.client_order_id, "the-order");
  EXPECT_EQ(report->order.status, market::OrderStatus::kCanceled);
  EXPECT_FALSE(report->execution);
}

TEST(UserFrames, ReadAnswers) {
  const auto granted = parse_user_frame(R"({"id":3,"status":200,"result":{"subscriptionId":0}})");
  ASSERT_TRUE(std::holds_alternative<ApiAnswer>(granted));
  EXPECT_EQ(std::get<ApiAnswer>(granted).id, 3);
  EXPECT_FALSE(std::get<ApiAnswer>(granted).error);

  const auto refused = parse_user_frame(
      R"({"id":null,"status":401,"error":{"code":-2015,"msg":"Invalid API-key"},"rateLimits":[]})");
  ASSERT_TRUE(std::holds_alternative<ApiAnswer>(refused));
  EXPECT_EQ(std::get<ApiAnswer>(refused).error, (ApiError{-2015, "Invalid API-key"}));
}

TEST(UserFrames, KnowTheirEnd) {
  EXPECT_TRUE(std::holds_alternative<StreamEnded>(
      parse_user_frame(event(R"({"e":"eventStreamTerminated","E":1})"))));
  EXPECT_TRUE(
      std::holds_alternative<StreamEnded>(parse_user_frame(R"({"e":"serverShutdown","E":1})")));
}

TEST(UserFrames, LeaveOtherEventsAlone) {
  EXPECT_TRUE(std::holds_alternative<NotForUs>(
      parse_user_frame(event(R"({"e":"outboundAccountPosition","E":1,"u":1,"B":[]})"))));
}

TEST(UserFrames, GuessNothing) {
  for (const std::string_view text :
       {"", "garbage", "[]", R"({"id":1,"status":500})",
        R"({"event":{"e":"executionReport","s":"A","X":"HIBERNATING","q":"1"}})",
        R"({"event":{"e":"executionReport","s":"A","X":"NEW","q":"lots"}})"}) {
    EXPECT_TRUE(std::holds_alternative<Malformed>(parse_user_frame(text))) << text;
  }
}

}  // namespace
}  // namespace naive::binance
