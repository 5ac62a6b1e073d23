#include "gateway/user_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/binance/loopback_server.h"
#include "tests/unit/binance/websocket_peer.h"

namespace naive::gateway {
namespace {

using namespace std::chrono_literals;
using test::LoopbackServer;

std::string text_frame(std::string_view payload) { return test::frame(test::kText, payload); }

/// A WebSocket API that answers the n-th request for a subscription with the n-th prepared answer.
class UserDataTest : public testing::Test {
 protected:
  UserDataTest() {
    clock_.synchronize(loop_.now(), loop_.now(), market::ExchangeTime{1700000000000ms});
  }
  void serve(LoopbackServer::Peer& peer) {
    if (peer.received.starts_with("GET ")) {
      peer.send(test::upgrade_answer(peer.received));
    } else if (!peer.received.empty()) {
      requests_.push_back(test::read_frame(peer.received).second);
      if (requests_.size() <= answers_.size())
        peer.send(text_frame(answers_[requests_.size() - 1]));
    }
    peer.received.clear();
  }
  bool wait(const std::function<bool()>& done) { return test::run_until(loop_, done); }

  runtime::EventLoop loop_;
  std::vector<std::string> answers_{R"({"id":1,"status":200,"result":{"subscriptionId":0}})",
                                    R"({"id":2,"status":200,"result":{"subscriptionId":0}})"};
  std::vector<std::string> requests_;
  LoopbackServer server_{loop_, [this](LoopbackServer::Peer& peer) { serve(peer); }};
  binance::Signer signer_{{.api_key = "the-key", .secret_key = "the-secret"}};
  ExchangeClock clock_;
  int began_ = 0;
  std::vector<std::string> reports_;
  std::vector<int> refusals_;
  UserData user_data_{
      loop_,
      "ws://" + server_.address() + "/ws-api/v3",
      signer_,
      clock_,
      3000ms,
      {.began = [this] { ++began_; },
       .report = [this](const auto& report) { reports_.push_back(report.order.client_order_id); },
       .refused = [this](const auto& error) { refusals_.push_back(error.code); }}};
};

TEST_F(UserDataTest, SubscribesWithASignature) {
  user_data_.start();
  ASSERT_TRUE(wait([this] { return began_ == 1; }));
  EXPECT_THAT(
      requests_.at(0),
      testing::StartsWith(
          R"({"id":1,"method":"userDataStream.subscribe.signature","params":{"apiKey":"the-key",)"
          R"("recvWindow":3000,"timestamp":17000000)"));
}

TEST_F(UserDataTest, TellsReports) {
  user_data_.start();
  ASSERT_TRUE(wait([this] { return began_ == 1; }));
  server_.peers()[0]->send(text_frame(
      R"({"subscriptionId":0,"event":{"e":"executionReport","s":"BTCUSDT","c":"n1-BTCUSDT-0-1-B1","S":"BUY",)"
      R"("q":"1","p":"1","C":"","x":"NEW","X":"NEW","i":1,"l":"0","z":"0","L":"0","n":"0","N":null,"T":1,"t":-1,"Z":"0"}})"));
  ASSERT_TRUE(wait([this] { return !reports_.empty(); }));
  EXPECT_THAT(reports_, testing::ElementsAre("n1-BTCUSDT-0-1-B1"));
}

TEST_F(UserDataTest, BeginsAgainAfterALoss) {
  user_data_.start();
  ASSERT_TRUE(wait([this] { return began_ == 1; }));
  server_.peers()[0]->close();
  ASSERT_TRUE(wait([this] { return began_ == 2; }));
}

TEST_F(UserDataTest, BeginsAgainWhenTheSubscriptionEnds) {
  user_data_.start();
  ASSERT_TRUE(wait([this] { return began_ == 1; }));
  server_.peers()[0]->send(
      text_frame(R"({"subscriptionId":0,"event":{"e":"eventStreamTerminated","E":1}})"));
  ASSERT_TRUE(wait([this] { return began_ == 2; }));
}

TEST_F(UserDataTest, ARefusalIsToldAndTriedAgain) {
  answers_[0] = R"({"id":1,"status":401,"error":{"code":-2015,"msg":"Invalid API-key"}})";
  user_data_.start();
  ASSERT_TRUE(wait([this] { return began_ == 1; }));
  EXPECT_THAT(refusals_, testing::ElementsAre(-2015));
  EXPECT_EQ(requests_.size(), 2u);
}

TEST_F(UserDataTest, WhatCannotBeReadIsALoss) {
  user_data_.start();
  ASSERT_TRUE(wait([this] { return began_ == 1; }));
  server_.peers()[0]->send(text_frame(R"({"event":{"e":"executionReport","s":"BTCUSDT"}})"));
  ASSERT_TRUE(wait([this] { return began_ == 2; })) << "whoever reads must be told of the gap";
}

}  // namespace
}  // namespace naive::gateway
