#include "binance/persistent_stream.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "binance/websocket_handshake.h"
#include "loopback_server.h"

namespace naive::binance {
namespace {

using test::LoopbackServer;
using test::run_until;

/// A server that upgrades everybody, unless told not to.
class PersistentStreamTest : public testing::Test {
 protected:
  void upgrade(LoopbackServer::Peer& peer) {
    constexpr std::string_view kKey = "Sec-WebSocket-Key: ";
    const auto request = std::exchange(peer.received, {});
    const auto at = request.find(kKey) + kKey.size();
    peer.send(fmt::format(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: {}\r\n\r\n",
        websocket_accept(std::string_view{request}.substr(at, 24))));
  }
  bool wait(const std::function<bool()>& done) { return run_until(loop_, done); }

  runtime::EventLoop loop_;
  int refuse_ = 0;  // so many of the next connections
  LoopbackServer server_{loop_, [this](LoopbackServer::Peer& peer) {
                           if (!peer.received.ends_with("\r\n\r\n")) return;
                           if (refuse_ > 0) {
                             --refuse_;
                             return peer.close();
                           }
                           upgrade(peer);
                         }};
  int opened_ = 0;
  int lost_ = 0;
  std::function<void()> on_message_ = [] {};
  PersistentStream stream_{loop_,
                           "test stream",
                           "ws://" + server_.address() + "/ws",
                           {.opened =
                                [this] {
                                  ++opened_;
                                  stream_.established();
                                },
                            .message = [this](std::string_view) { on_message_(); },
                            .lost = [this] { ++lost_; }}};
};

TEST_F(PersistentStreamTest, ComesBackAtOnce) {
  stream_.start();
  ASSERT_TRUE(wait([&] { return opened_ == 1; }));
  server_.peers()[0]->close();
  ASSERT_TRUE(wait([&] { return opened_ == 2; }));
  EXPECT_EQ(lost_, 1);
}

TEST_F(PersistentStreamTest, TriesAgainUntilItGetsThrough) {
  refuse_ = 3;
  stream_.start();
  ASSERT_TRUE(wait([&] { return opened_ == 1; }));
  EXPECT_EQ(server_.peers().size(), 4u);
  EXPECT_EQ(lost_, 0) << "it was never open";
}

TEST_F(PersistentStreamTest, GivesUpAConnectionWhenToldFromWithinAMessage) {
  stream_.start();
  ASSERT_TRUE(wait([&] { return opened_ == 1; }));
  on_message_ = [this] { stream_.reconnect("the server shuts down"); };
  server_.peers()[0]->send(
      "\x81\x03"
      "bye");
  ASSERT_TRUE(wait([&] { return opened_ == 2; }));
  EXPECT_EQ(lost_, 1);
  EXPECT_TRUE(server_.peers()[0]->peer_closed);
}

}  // namespace
}  // namespace naive::binance
