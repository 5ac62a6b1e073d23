#include "runtime/publisher.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>

#include "tests/unit/runtime/temporary_directory.h"

namespace naive::runtime {
namespace {

using namespace std::chrono_literals;

TEST(Publisher, AKeyHasOnePartInEveryVersion) {
  EXPECT_EQ(part_of("/run/feed", "BTCUSDT"), "/run/feed-4");
  EXPECT_EQ(part_of("/run/feed", "ETHUSDT"), "/run/feed-0");
  EXPECT_EQ(part_of("/run/feed", ""), "/run/feed-5");
}

TEST(Publisher, EveryPartHasItsShareOfTheKeys) {
  std::map<std::string, int> keys;
  constexpr int kKeys = 1000;
  for (int i = 0; i < kKeys; ++i) ++keys[part_of("feed", fmt::format("A{}USDT", i)).string()];
  EXPECT_EQ(keys.size(), Publisher::kParts);
  for (const auto& [part, share] : keys) {
    EXPECT_LT(share, 2 * kKeys / static_cast<int>(Publisher::kParts)) << part;
  }
}

/// Of one key, on its part.
struct Subscriber {
  Subscriber(Bus& bus, const std::filesystem::path& path, std::string_view key)
      : socket(bus, Socket::Kind::kSub) {
    socket.subscribe(key);
    socket.connect(part_of(path, key));
  }
  Socket socket;
};

TEST(Publisher, AnswersOnThePartOfWhoSubscribesAndPublishesOnThatOfTheKey) {
  const TemporaryDirectory directory;
  Bus bus;
  EventLoop loop;
  int subscribers = 0;
  Publisher publisher{bus, loop, [&](Socket& part) {
                        for (Frames frames; part.receive(frames); ++subscribers) {
                          part.send({frames.at(0).substr(1), "welcome"});
                        }
                      }};
  publisher.bind(directory / "feed");
  constexpr std::array<std::string_view, 3> kKeys{"BTCUSDT", "ETHUSDT", "XRPUSDT"};
  std::deque<Subscriber> all;
  for (const auto key : kKeys) all.emplace_back(bus, directory / "feed", key);
  for (int i = 0; i < 500 && subscribers < 3; ++i) loop.run_once(10ms);
  ASSERT_EQ(subscribers, 3);
  for (const auto key : kKeys) publisher.send(key, key, fmt::format("news of {}", key));

  std::map<std::string, std::string> heard;
  std::deque<Watch> watches;
  for (auto& one : all) {
    watches.emplace_back(loop, one.socket, EventLoop::Order::kMessages, [&] {
      for (Frames frames; one.socket.receive(frames);) heard[frames.at(0)] += frames.at(1) + ";";
    });
  }
  const std::map<std::string, std::string> expected{{"BTCUSDT", "welcome;news of BTCUSDT;"},
                                                    {"ETHUSDT", "welcome;news of ETHUSDT;"},
                                                    {"XRPUSDT", "welcome;news of XRPUSDT;"}};
  for (int i = 0; i < 500 && heard != expected; ++i) loop.run_once(10ms);
  EXPECT_EQ(heard, expected);
}

}  // namespace
}  // namespace naive::runtime
