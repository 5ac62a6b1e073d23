#include "binance/websocket_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "binance/websocket_handshake.h"
#include "tests/unit/binance/loopback_server.h"
#include "tests/unit/binance/websocket_peer.h"

namespace naive::binance {
namespace {

using test::frame;
using test::kClose;
using test::kContinuation;
using test::kPing;
using test::kPong;
using test::kText;
using test::LoopbackServer;
using test::read_frame;
using test::run_until;

class WebSocketClientTest : public testing::Test {
 protected:
  bool wait(const std::function<bool()>& done) { return run_until(loop_, done); }
  bool open() {
    client_.connect();
    return wait([&] { return opened_; });
  }

  runtime::EventLoop loop_;
  std::string request_;
  LoopbackServer::Peer* peer_ = nullptr;
  /// What the server does with the upgrade request.
  std::function<void(LoopbackServer::Peer&)> on_upgrade_ = [this](LoopbackServer::Peer& peer) {
    peer.send(test::upgrade_answer(request_));
  };
  LoopbackServer server_{loop_, [this](LoopbackServer::Peer& peer) {
                           if (peer_ == &peer || !peer.received.ends_with("\r\n\r\n")) return;
                           peer_ = &peer;
                           request_ = std::exchange(peer.received, {});
                           on_upgrade_(peer);
                         }};
  bool opened_ = false;
  std::vector<std::string> messages_;
  std::vector<std::string> closed_;
  std::function<void()> on_message_ = [] {};
  WebSocketClient client_{
      loop_,
      "ws://" + server_.address() + "/ws-api/v3?returnRateLimits=false",
      {.opened = [this] { opened_ = true; },
       .message =
           [this](std::string_view text) {
             messages_.emplace_back(text);
             on_message_();
           },
       .closed = [this](const std::string& reason) { closed_.push_back(reason); }}};
};

TEST(WebSocketHandshake, KnowsTheExampleOfRfc6455) {
  EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WebSocketHandshake, ChecksTheAnswer) {
  const std::string good =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "sec-websocket-accept:  s3pPLMBiTxaQ9kYGzzhZRbK+xOo= \r\n\r\n";
  EXPECT_TRUE(check_upgrade_response(good, "dGhlIHNhbXBsZSBub25jZQ=="));
  EXPECT_FALSE(check_upgrade_response(good, "anotherKey"));
  EXPECT_FALSE(check_upgrade_response("HTTP/1.1 429 Too Many Requests\r\n\r\n", "x"));
}

TEST_F(WebSocketClientTest, UpgradesAndReceives) {
  ASSERT_TRUE(open());
  EXPECT_TRUE(client_.is_open());
  EXPECT_THAT(request_, testing::StartsWith("GET /ws-api/v3?returnRateLimits=false HTTP/1.1\r\n"));
  EXPECT_THAT(request_, testing::HasSubstr("Host: " + server_.address() + "\r\n"));
  peer_->send(frame(kText, "one") + frame(kText, std::string(300, 'x')));
  ASSERT_TRUE(wait([&] { return messages_.size() == 2; }));
  EXPECT_EQ(messages_, (std::vector<std::string>{"one", std::string(300, 'x')}));
}

TEST_F(WebSocketClientTest, TakesFramesThatComeWithTheAnswer) {
  on_upgrade_ = [this](auto& peer) {
    peer.send(test::upgrade_answer(request_) + frame(kText, "early"));
  };
  client_.connect();
  ASSERT_TRUE(wait([&] { return messages_.size() == 1; }));
  EXPECT_EQ(messages_[0], "early");
}

TEST_F(WebSocketClientTest, RefusesAServerThatDoesNotKnowOurKey) {
  on_upgrade_ = [](auto& peer) {
    peer.send(test::upgrade_answer("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
  };
  client_.connect();
  ASSERT_TRUE(wait([&] { return !closed_.empty(); }));
  EXPECT_THAT(closed_[0], testing::HasSubstr("Sec-WebSocket-Accept"));
  EXPECT_FALSE(opened_);
}

TEST_F(WebSocketClientTest, TellsWhatARefusingServerSaid) {
  on_upgrade_ = [](auto& peer) {
    peer.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  };
  client_.connect();
  ASSERT_TRUE(wait([&] { return !closed_.empty(); }));
  EXPECT_THAT(closed_[0], testing::HasSubstr("404 Not Found"));
}

TEST_F(WebSocketClientTest, PutsFragmentsTogetherAroundAPing) {
  ASSERT_TRUE(open());
  peer_->send(frame(kText, "frag", false));
  peer_->send(frame(kPing, "1700000000000"));
  peer_->send(frame(kContinuation, "men", false) + frame(kContinuation, "ted"));
  ASSERT_TRUE(wait([&] { return messages_.size() == 1 && !peer_->received.empty(); }));
  EXPECT_EQ(messages_[0], "fragmented");
  EXPECT_EQ(read_frame(peer_->received), (std::pair{kPong, std::string{"1700000000000"}}));
}

TEST_F(WebSocketClientTest, SendsText) {
  ASSERT_TRUE(open());
  EXPECT_TRUE(client_.send("hello"));
  ASSERT_TRUE(wait([&] { return !peer_->received.empty(); }));
  EXPECT_EQ(read_frame(peer_->received), (std::pair{kText, std::string{"hello"}}));
}

TEST_F(WebSocketClientTest, TellsTheCloseCode) {
  ASSERT_TRUE(open());
  peer_->send(frame(kClose, std::string{"\x03\xf0"} + "Too many requests"));
  ASSERT_TRUE(wait([&] { return !closed_.empty(); }));
  EXPECT_THAT(closed_[0], testing::HasSubstr("1008"));
  EXPECT_FALSE(client_.is_open());
  EXPECT_FALSE(client_.send("too late"));
}

TEST_F(WebSocketClientTest, TellsALostConnection) {
  ASSERT_TRUE(open());
  peer_->close();
  ASSERT_TRUE(wait([&] { return !closed_.empty(); }));
}

TEST_F(WebSocketClientTest, TellsThatNobodyIsThere) {
  std::vector<std::string> reasons;
  WebSocketClient nobody{loop_,
                         "ws://127.0.0.1:1/ws",
                         {.opened = [] {},
                          .message = [](std::string_view) {},
                          .closed = [&](const std::string& reason) { reasons.push_back(reason); }}};
  nobody.connect();
  ASSERT_TRUE(wait([&] { return !reasons.empty(); }));
}

TEST_F(WebSocketClientTest, RefusesAMessageThatIsTooLarge) {
  ASSERT_TRUE(open());
  std::string head{"\x81\x7f"};  // a text of 2^32 bytes
  head += std::string("\0\0\0\1\0\0\0\0", 8);
  peer_->send(head + "and its first bytes");
  ASSERT_TRUE(wait([&] { return !closed_.empty(); }));
  EXPECT_TRUE(messages_.empty());
}

TEST_F(WebSocketClientTest, MayBeDroppedFromWithinAMessageAndConnectedAgain) {
  ASSERT_TRUE(open());
  on_message_ = [this] { client_.drop(); };
  peer_->send(frame(kText, "serverShutdown") + frame(kText, "not heard any more"));
  ASSERT_TRUE(wait([&] { return peer_->peer_closed; }));
  EXPECT_EQ(messages_.size(), 1u);
  EXPECT_TRUE(closed_.empty());
  opened_ = false;
  ASSERT_TRUE(open());
  EXPECT_EQ(server_.peers().size(), 2u);
}

}  // namespace
}  // namespace naive::binance
