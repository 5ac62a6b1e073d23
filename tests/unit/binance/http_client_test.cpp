#include "binance/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/unit/binance/loopback_server.h"

namespace naive::binance {
namespace {

using test::http_answer;
using test::LoopbackServer;
using test::run_until;
using Reach = TransportError::Reach;

/// A client, and a server that collects whole requests and lets the test act on each.
class HttpClientTest : public testing::Test {
 protected:
  using OnRequest = std::function<void(LoopbackServer::Peer&, const std::string& request)>;

  HttpRequest post(const std::string& form) {
    return {.method = HttpRequest::Method::kPost, .path = "/api/v3/order", .form = form};
  }
  void send(HttpRequest request) {
    client_.send(std::move(request),
                 [this](HttpResult result) { results_.push_back(std::move(result)); });
  }
  bool wait_for_results(std::size_t count) {
    return run_until(loop_, [&] { return results_.size() >= count; });
  }

  runtime::EventLoop loop_;
  OnRequest on_request_ = [](LoopbackServer::Peer& peer, const std::string&) {
    peer.send(http_answer(200, "{}"));
  };
  std::vector<std::string> requests_;
  LoopbackServer server_{loop_, [this](LoopbackServer::Peer& peer) {
                           while (auto request = test::take_http_request(peer.received)) {
                             requests_.push_back(*request);
                             on_request_(peer, *request);
                           }
                         }};
  HttpClient client_{loop_,
                     "http://" + server_.address(),
                     {.connect = std::chrono::seconds{2}, .total = std::chrono::milliseconds{300}}};
  std::vector<HttpResult> results_;
};

TEST_F(HttpClientTest, GivesStatusBodyAndTheHeadersThatMatter) {
  on_request_ = [](auto& peer, const auto&) {
    peer.send(http_answer(429, R"({"code":-1003,"msg":"Slow down."})",
                          "retry-after: 7\r\nX-MBX-USED-WEIGHT-1M: 6001\r\n"));
  };
  send({.path = "/api/v3/time?x=1", .headers = {"X-MBX-APIKEY: k"}});
  ASSERT_TRUE(wait_for_results(1));
  ASSERT_TRUE(results_[0]);
  EXPECT_EQ(results_[0]->status, 429);
  EXPECT_EQ(results_[0]->body, R"({"code":-1003,"msg":"Slow down."})");
  EXPECT_EQ(results_[0]->retry_after, std::chrono::seconds{7});
  EXPECT_EQ(results_[0]->used_weight, 6001);
  EXPECT_THAT(requests_[0], testing::StartsWith("GET /api/v3/time?x=1 HTTP/1.1\r\n"));
  EXPECT_THAT(requests_[0], testing::HasSubstr("X-MBX-APIKEY: k\r\n"));
}

TEST_F(HttpClientTest, PostsAFormWithoutAskingFirst) {
  send(post("symbol=BTCUSDT&side=BUY"));
  ASSERT_TRUE(wait_for_results(1));
  EXPECT_THAT(requests_[0], testing::StartsWith("POST /api/v3/order HTTP/1.1\r\n"));
  EXPECT_THAT(requests_[0],
              testing::HasSubstr("Content-Type: application/x-www-form-urlencoded\r\n"));
  EXPECT_THAT(requests_[0], testing::Not(testing::HasSubstr("Expect")));
  EXPECT_THAT(requests_[0], testing::EndsWith("\r\n\r\nsymbol=BTCUSDT&side=BUY"));
}

TEST_F(HttpClientTest, DeletesWithAQuery) {
  send({.method = HttpRequest::Method::kDelete, .path = "/api/v3/order?symbol=BTCUSDT"});
  ASSERT_TRUE(wait_for_results(1));
  EXPECT_THAT(requests_[0],
              testing::StartsWith("DELETE /api/v3/order?symbol=BTCUSDT HTTP/1.1\r\n"));
}

TEST_F(HttpClientTest, KeepsItsConnection) {
  for (std::size_t i = 1; i <= 3; ++i) {
    send(post("n=" + std::to_string(i)));
    ASSERT_TRUE(wait_for_results(i));
    EXPECT_TRUE(results_.back());
  }
  EXPECT_EQ(server_.peers().size(), 1u);
}

TEST_F(HttpClientTest, AsksInParallel) {
  std::vector<LoopbackServer::Peer*> waiting;
  on_request_ = [&](auto& peer, const auto&) {
    waiting.push_back(&peer);
    if (waiting.size() < 3) return;
    for (auto* each : waiting) each->send(http_answer(200, "{}"));
  };
  for (int i = 0; i < 3; ++i) send({.path = "/"});
  ASSERT_TRUE(wait_for_results(3));
  for (const auto& result : results_) EXPECT_TRUE(result);
}

/// The trap: libcurl repeats a request by itself when a kept connection is closed before an
/// answer's first byte.
TEST_F(HttpClientTest, NeverSendsAPostTwice) {
  on_request_ = [&](auto& peer, const auto&) {
    if (requests_.size() == 1) return peer.send(http_answer(200, "{}"));
    peer.close();  // got it, did it, died
  };
  send(post("order=1"));
  ASSERT_TRUE(wait_for_results(1));
  send(post("order=2"));
  ASSERT_TRUE(wait_for_results(2));
  ASSERT_FALSE(results_[1]) << "status " << results_[1]->status;
  EXPECT_EQ(results_[1].error().reach, Reach::kMaybeSent);

  // Nor does it come later, nor in part: what the client does next finds everything settled.
  on_request_ = [](auto& peer, const auto&) { peer.send(http_answer(200, "{}")); };
  send({.path = "/after"});
  ASSERT_TRUE(wait_for_results(3));
  EXPECT_EQ(requests_.size(), 3u);
  for (const auto& peer : server_.peers()) {
    EXPECT_THAT(peer->received, testing::Not(testing::HasSubstr("order=2")));
  }
}

TEST_F(HttpClientTest, APostThatFindsItsConnectionClosedBeforehandStillArrivesOnce) {
  on_request_ = [&](auto& peer, const auto&) {
    peer.send(http_answer(200, "{}"));
    peer.close();
  };
  send(post("order=1"));
  ASSERT_TRUE(wait_for_results(1));
  send(post("order=2"));
  ASSERT_TRUE(wait_for_results(2));
  EXPECT_TRUE(results_[1]) << results_[1].error().reason;
  EXPECT_EQ(requests_.size(), 2u);
}

TEST_F(HttpClientTest, AnAnswerCutShortIsNoAnswer) {
  on_request_ = [](auto& peer, const auto&) {
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"orderId\":");
    peer.close();
  };
  send(post("order=1"));
  ASSERT_TRUE(wait_for_results(1));
  ASSERT_FALSE(results_[0]);
  EXPECT_EQ(results_[0].error().reach, Reach::kMaybeSent);
}

TEST_F(HttpClientTest, SilenceEndsInATimeout) {
  on_request_ = [](auto&, const auto&) {};
  send(post("order=1"));
  ASSERT_TRUE(wait_for_results(1));
  ASSERT_FALSE(results_[0]);
  EXPECT_EQ(results_[0].error().reach, Reach::kMaybeSent);
  EXPECT_EQ(requests_.size(), 1u);
}

TEST_F(HttpClientTest, AnErrorOfTheServerIsAnAnswer) {
  on_request_ = [](auto& peer, const auto&) { peer.send(http_answer(503, "<html>no</html>")); };
  send(post("order=1"));
  ASSERT_TRUE(wait_for_results(1));
  ASSERT_TRUE(results_[0]);
  EXPECT_EQ(results_[0]->status, 503);
  EXPECT_EQ(requests_.size(), 1u);
}

TEST_F(HttpClientTest, WithoutAServerNothingIsSent) {
  HttpClient nobody{loop_, "http://127.0.0.1:1", {}};
  std::optional<HttpResult> result;
  nobody.send(post("order=1"), [&](HttpResult r) { result = std::move(r); });
  ASSERT_TRUE(run_until(loop_, [&] { return result.has_value(); }));
  ASSERT_FALSE(*result);
  EXPECT_EQ(result->error().reach, Reach::kNotSent);
}

TEST_F(HttpClientTest, MayBeDestroyedWithRequestsUnderWay) {
  on_request_ = [](auto&, const auto&) {};
  auto client =
      std::make_unique<HttpClient>(loop_, "http://" + server_.address(), HttpClient::Limits{});
  bool told = false;
  client->send(post("order=1"), [&](HttpResult) { told = true; });
  ASSERT_TRUE(run_until(loop_, [&] { return !requests_.empty(); }));
  client.reset();
  on_request_ = [](auto& peer, const auto&) { peer.send(http_answer(200, "{}")); };
  send({.path = "/after"});
  ASSERT_TRUE(wait_for_results(1));
  EXPECT_FALSE(told);
}

}  // namespace
}  // namespace naive::binance
