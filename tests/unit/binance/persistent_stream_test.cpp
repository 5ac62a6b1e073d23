#include "binance/persistent_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/binance/loopback_server.h"
#include "tests/unit/binance/websocket_peer.h"

namespace naive::binance {
namespace {

using test::LoopbackServer;
using test::run_until;

/// A server that upgrades everybody, unless told not to.
class PersistentStreamTest : public testing::Test {
 protected:
  bool wait(const std::function<bool()>& done) { return run_until(loop_, done); }

  runtime::EventLoop loop_;
  int refuse_ = 0;  // so many of the next connections
  LoopbackServer server_{loop_, [this](LoopbackServer::Peer& peer) {
                           if (!peer.received.ends_with("\r\n\r\n")) return;
                           if (refuse_ > 0) {
                             --refuse_;
                             return peer.close();
                           }
                           peer.send(test::upgrade_answer(peer.received));
                           peer.received.clear();
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
