#include "runtime/link.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "runtime/program.h"
#include "tests/unit/runtime/temporary_directory.h"

namespace naive::runtime {
namespace {

/// Tries for some seconds: messages take their time.
template <class Condition>
bool eventually(Condition&& condition) {
  for (int i = 0; i < 3000; ++i) {
    if (condition()) return true;
    ::usleep(1000);
  }
  return false;
}

TEST(LinkAddress, RoundTrip) {
  const LinkAddress address{.name = "trader BTCUSDT/0", .incarnation = 3};
  EXPECT_EQ(address.to_string(), "trader BTCUSDT/0#3");
  const auto parsed = LinkAddress::parse("trader BTCUSDT/0#3");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->name, address.name);
  EXPECT_EQ(parsed->incarnation, 3u);
}

TEST(LinkAddress, RefusesWhatIsNone) {
  for (const char* text : {"", "gateway", "gateway#", "gateway#x", "gateway#-1", "gateway#1 ",
                           "gateway#99999999999"}) {
    EXPECT_FALSE(LinkAddress::parse(text)) << text;
  }
}

TEST(Link, CarriesMessagesBothWays) {
  TemporaryDirectory directory;
  Bus bus;
  ChildrenLink parent{bus, directory / "link"};
  ParentLink child{bus, directory / "link", {.name = "gateway", .incarnation = 2}};
  ASSERT_TRUE(child.send("hello"));
  std::string identity, message;
  ASSERT_TRUE(eventually([&] {
    parent.drain([&](const std::string& from, std::string_view text) {
      identity = from;
      message = text;
    });
    return !message.empty();
  }));
  EXPECT_EQ(identity, "gateway#2");
  EXPECT_EQ(message, "hello");

  ASSERT_TRUE(parent.send("gateway#2", "welcome"));
  std::string answer;
  EXPECT_TRUE(eventually([&] {
    child.drain([&](std::string_view text) { answer = text; });
    return answer == "welcome";
  }));
}

TEST(Link, AChildMayComeBeforeItsParent) {
  TemporaryDirectory directory;
  Bus bus;
  ParentLink child{bus, directory / "link", {.name = "gateway", .incarnation = 1}};
  ASSERT_TRUE(child.send("early"));
  ChildrenLink parent{bus, directory / "link"};
  std::string message;
  EXPECT_TRUE(eventually([&] {
    parent.drain([&](const std::string&, std::string_view text) { message = text; });
    return message == "early";
  }));
}

TEST(Link, SendingToNobodyIsToldAsSuch) {
  TemporaryDirectory directory;
  Bus bus;
  ChildrenLink parent{bus, directory / "link"};
  EXPECT_FALSE(parent.send("gateway#1", "hello?"));
}

TEST(Link, ReplacesAStaleSocketFile) {
  TemporaryDirectory directory;
  std::ofstream{directory / "link"} << "left by a process that was killed";
  Bus bus;
  EXPECT_NO_THROW(ChildrenLink(bus, directory / "link"));
}

TEST(Link, DrainsABoundedNumberAtATime) {
  TemporaryDirectory directory;
  Bus bus;
  ChildrenLink parent{bus, directory / "link"};
  ParentLink child{bus, directory / "link", {.name = "leader X", .incarnation = 1}};
  constexpr int kMessages = 3 * kDrainLimit;
  for (int i = 0; i < kMessages; ++i) ASSERT_TRUE(child.send("x"));
  int total = 0;
  EXPECT_TRUE(eventually([&] {
    int now = 0;
    parent.drain([&](const std::string&, std::string_view) { ++now; });
    EXPECT_LE(now, kDrainLimit);
    total += now;
    return total == kMessages;
  }));
}

TEST(Bus, ASocketThatCannotBeMadeIsToldWithItsPath) {
  Bus bus;
  Socket socket{bus, Socket::Kind::kRouter};
  try {
    socket.bind("/no/such/directory/control");
    FAIL() << "bound";
  } catch (const StartError& error) {
    EXPECT_EQ(error.status(), kExitCannotCreate);
    EXPECT_NE(std::string{error.what()}.find("'/no/such/directory/control'"), std::string::npos)
        << error.what();
  }
}

TEST(Bus, SubscribersGetTheirTopicOnly) {
  TemporaryDirectory directory;
  Bus bus;
  Socket pub{bus, Socket::Kind::kXPub};
  pub.bind(directory / "feed");
  Socket sub{bus, Socket::Kind::kSub};
  sub.subscribe("TRADE_EVENTS:BTC|");
  sub.connect(directory / "feed");
  Frames frames;
  ASSERT_TRUE(eventually([&] { return pub.receive(frames); }));
  EXPECT_EQ(frames.at(0), "\x01TRADE_EVENTS:BTC|");
  EXPECT_TRUE(pub.send({"TRADE_EVENTS:BTCUSDT|", "not mine"}));
  EXPECT_TRUE(pub.send({"TRADE_EVENTS:BTC|", "mine"}));
  ASSERT_TRUE(eventually([&] { return sub.receive(frames); }));
  EXPECT_EQ(frames.at(1), "mine");
}

}  // namespace
}  // namespace naive::runtime
