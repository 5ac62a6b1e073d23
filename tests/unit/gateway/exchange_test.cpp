#include "gateway/exchange.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "binance/signing.h"
#include "tests/unit/binance/loopback_server.h"

namespace naive::gateway {
namespace {

using namespace std::chrono_literals;
using test::http_answer;
using test::LoopbackServer;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kFilled =
    R"({"symbol":"BTCUSDT","orderId":28,"clientOrderId":"n1-BTCUSDT-0-1-B1","transactTime":1507725176595,)"
    R"("price":"60000.00","origQty":"0.00200000","executedQty":"0.00200000","cummulativeQuoteQty":"120.00",)"
    R"("status":"FILLED","timeInForce":"GTC","type":"LIMIT","side":"BUY","fills":[)"
    R"({"price":"60000.00","qty":"0.00200000","commission":"0.00000200","commissionAsset":"BTC","tradeId":1}]})";
constexpr const char* kTrades =
    R"([{"id":1,"orderId":28,"price":"60000.00","qty":"0.00100000","commission":"0.00000100",)"
    R"("commissionAsset":"BTC"}])";

/// The client of an exchange that gives the prepared answers, one after the other.
class ExchangeTest : public testing::Test {
 protected:
  ExchangeTest() {
    clock_.synchronize(loop_.now(), loop_.now(), market::ExchangeTime{1700000000000ms});
  }
  void post() {
    exchange_.post({.symbol = "BTCUSDT",
                    .client_order_id = "n1-BTCUSDT-0-1-B1",
                    .side = market::Side::kBuy,
                    .price = *market::Price::parse("60000.00"),
                    .quantity = *market::Quantity::parse("0.002")},
                   &kAssets, [this](Outcome outcome) { outcome_ = std::move(outcome); });
    ASSERT_TRUE(test::run_until(loop_, [this] { return outcome_.has_value(); }));
  }
  void find(const binance::Assets* assets = &kAssets) {
    exchange_.find({"BTCUSDT", "n1-BTCUSDT-0-1-B1"}, assets,
                   [this](Finding finding) { finding_ = std::move(finding); });
    ASSERT_TRUE(test::run_until(loop_, [this] { return finding_.has_value(); }));
  }
  /// The request line of the n-th request.
  std::string line(std::size_t n) const {
    return requests_.at(n).substr(0, requests_[n].find("\r\n"));
  }

  static inline const binance::Assets kAssets{"BTC", "USDT"};

  runtime::EventLoop loop_;
  std::vector<std::string> answers_;
  std::vector<std::string> requests_;
  LoopbackServer server_{loop_, [this](LoopbackServer::Peer& peer) {
                           while (auto request = test::take_http_request(peer.received)) {
                             requests_.push_back(*request);
                             peer.send(answers_.at(requests_.size() - 1));
                           }
                         }};
  binance::Signer signer_{{.api_key = "the-key", .secret_key = "the-secret"}};
  ExchangeClock clock_;
  std::vector<Response> observed_;
  Exchange exchange_{loop_,
                     {.rest_url = "http://" + server_.address(), .recv_window = 3000ms},
                     signer_,
                     clock_,
                     [this](const Response& response) { observed_.push_back(response); }};
  std::optional<Outcome> outcome_;
  std::optional<Finding> finding_;
};

TEST_F(ExchangeTest, PostsASignedForm) {
  answers_ = {http_answer(200, kFilled)};
  post();
  const auto& request = requests_.at(0);
  EXPECT_THAT(request, StartsWith("POST /api/v3/order HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("X-MBX-APIKEY: the-key\r\n"));
  const auto form = request.substr(request.find("\r\n\r\n") + 4);
  EXPECT_THAT(form, StartsWith("symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.002"
                               "&price=60000&newClientOrderId=n1-BTCUSDT-0-1-B1"
                               "&newOrderRespType=FULL&recvWindow=3000&timestamp=17000000"));
  const auto signature = form.find("&signature=");
  ASSERT_NE(signature, std::string::npos);
  EXPECT_THAT(form, EndsWith(binance::hmac_sha256_hex("the-secret", form.substr(0, signature))));
}

TEST_F(ExchangeTest, ReadsTheCommissionOfWhatFilledAtOnce) {
  answers_ = {http_answer(200, kFilled)};
  post();
  const auto* accepted = std::get_if<Accepted>(&*outcome_);
  ASSERT_NE(accepted, nullptr);
  EXPECT_EQ(accepted->order.status, market::OrderStatus::kFilled);
  EXPECT_EQ(accepted->order.commission.base, *market::Quantity::parse("0.000002"));
  EXPECT_EQ(accepted->order.commissioned_quantity, accepted->order.executed_quantity);
}

TEST_F(ExchangeTest, ShowsEveryAnswerToItsObserver) {
  answers_ = {
      http_answer(429, R"({"code":-1015,"msg":"Too many new orders."})", "Retry-After: 4\r\n")};
  post();
  EXPECT_TRUE(std::holds_alternative<NotSent>(*outcome_));
  ASSERT_EQ(observed_.size(), 1u);
  EXPECT_EQ(observed_[0].status, 429);
  EXPECT_EQ(observed_[0].error->code, -1015);
  EXPECT_EQ(observed_[0].retry_after, 4s);
}

TEST_F(ExchangeTest, HalfAnAnswerIsUnknown) {
  answers_ = {http_answer(200, R"({"symbol":"BTCUSDT","orderId":28,)")};
  post();
  EXPECT_TRUE(std::holds_alternative<Unknown>(*outcome_));
}

TEST_F(ExchangeTest, FindsAnOrderAndAsksForItsCommission) {
  answers_ = {http_answer(200, kFilled), http_answer(200, kTrades)};
  find();
  EXPECT_THAT(line(0),
              StartsWith("GET /api/v3/order?symbol=BTCUSDT&origClientOrderId=n1-BTCUSDT-0-1-B1&"));
  EXPECT_THAT(line(1), StartsWith("GET /api/v3/myTrades?symbol=BTCUSDT&orderId=28&fromId=0&"));
  const auto* found = std::get_if<Found>(&*finding_);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->order.commission.base, *market::Quantity::parse("0.000001"));
  EXPECT_EQ(found->order.commissioned_quantity, *market::Quantity::parse("0.001"))
      << "the trades lag behind, and the answer says so";
}

TEST_F(ExchangeTest, ReadsManyExecutionsPageByPage) {
  const auto execution = [](int id) {
    return fmt::format(
        R"({{"id":{},"qty":"0.00000100","commission":"0.00000002","commissionAsset":"BTC"}})", id);
  };
  std::string page;
  for (int id = 1; id <= 1000; ++id) page += (id == 1 ? "" : ",") + execution(2 * id);
  answers_ = {http_answer(200, kFilled), http_answer(200, "[" + page + "]"),
              http_answer(200, "[" + execution(2002) + "]")};
  find();
  EXPECT_THAT(line(2), StartsWith("GET /api/v3/myTrades?symbol=BTCUSDT&orderId=28&fromId=2001&"));
  const auto* found = std::get_if<Found>(&*finding_);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->order.commissioned_quantity, *market::Quantity::parse("0.001001"));
  EXPECT_EQ(found->order.commission.base, *market::Quantity::parse("0.00002002"));
}

TEST_F(ExchangeTest, WithoutItsCommissionAnExecutedOrderIsNotFoundYet) {
  answers_ = {http_answer(200, kFilled), http_answer(503, "")};
  find();
  EXPECT_TRUE(std::holds_alternative<Unavailable>(*finding_));
  finding_.reset();
  answers_.push_back(http_answer(200, kFilled));
  find(nullptr);
  EXPECT_TRUE(std::holds_alternative<Unavailable>(*finding_));
}

TEST_F(ExchangeTest, KnowsWhatTheExchangeDoesNotKnow) {
  answers_ = {http_answer(400, R"({"code":-2013,"msg":"Order does not exist."})")};
  find();
  EXPECT_TRUE(std::holds_alternative<NotFound>(*finding_));
}

}  // namespace
}  // namespace naive::gateway
