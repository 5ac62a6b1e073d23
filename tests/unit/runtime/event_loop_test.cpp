#include "runtime/event_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "runtime/bus.h"
#include "runtime/unique_fd.h"
#include "tests/unit/runtime/temporary_directory.h"

namespace naive::runtime {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using Order = EventLoop::Order;

constexpr milliseconds kAtOnce{0};

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error("pipe");
    read = UniqueFd{ends[0]};
    write = UniqueFd{ends[1]};
  }
  void fill() const { ASSERT_EQ(::write(write.get(), "x", 1), 1); }
  void drain() const {
    char byte = 0;
    ASSERT_EQ(::read(read.get(), &byte, 1), 1);
  }
  UniqueFd read, write;
};

Watch watch_fd(EventLoop& loop, const Pipe& pipe, Order order, std::function<void()> then) {
  return Watch{loop, pipe.read.get(), order, EventLoop::kRead,
               [then = std::move(then)](EventLoop::Interest) { then(); }};
}

TEST(EventLoop, RunsMessagesThenExitsThenTimersThenControl) {
  EventLoop loop;
  Pipe control, exits, messages;
  std::vector<std::string> order;
  const auto c = watch_fd(loop, control, Order::kControl, [&] { order.push_back("control"); });
  const auto e = watch_fd(loop, exits, Order::kExits, [&] { order.push_back("exits"); });
  const auto m = watch_fd(loop, messages, Order::kMessages, [&] { order.push_back("messages"); });
  Timer timer{loop, [&] { order.push_back("timer"); }};
  timer.set(loop.now());
  for (const Pipe* pipe : {&control, &exits, &messages}) pipe->fill();
  loop.run_once(kAtOnce);
  EXPECT_THAT(order, ElementsAre("messages", "exits", "timer", "control"));
}

TEST(EventLoop, TimersRunInOrderOfTheirTime) {
  EventLoop loop;
  std::vector<int> order;
  Timer late{loop, [&] { order.push_back(2); }};
  Timer early{loop, [&] { order.push_back(1); }};
  late.set_after(milliseconds{-1});
  early.set_after(milliseconds{-2});
  loop.run_once(kAtOnce);
  EXPECT_THAT(order, ElementsAre(1, 2));
  EXPECT_FALSE(early.is_set());
}

TEST(EventLoop, NeverWakesBeforeATimerIsDue) {
  EventLoop loop;
  int count = 0;
  Timer timer{loop, [&] { ++count; }};
  const auto due = Clock::now() + milliseconds{20};
  timer.set(due);
  int turns = 0;
  while (count == 0 && ++turns < 10) loop.run_once(milliseconds{1000});
  EXPECT_GE(Clock::now(), due);
  EXPECT_LE(turns, 2);  // it sleeps, it does not spin
}

TEST(EventLoop, ATimerThatSetsItselfToNowDoesNotStarveTheRest) {
  EventLoop loop;
  Pipe control;
  int fired = 0, served = 0;
  Timer timer{loop, [&] {
                ++fired;
                timer.set(loop.now());
              }};
  const auto watch = watch_fd(loop, control, Order::kControl, [&] { ++served; });
  timer.set(loop.now());
  control.fill();
  loop.run_once(kAtOnce);
  EXPECT_EQ(fired, 1);
  EXPECT_EQ(served, 1);
  loop.run_once(kAtOnce);
  EXPECT_EQ(fired, 2);
}

TEST(EventLoop, ATimerThatIsCancelledInTheSameTurnDoesNotFire) {
  EventLoop loop;
  bool fired = false;
  Timer second{loop, [&] { fired = true; }};
  Timer first{loop, [&] { second.cancel(); }};
  first.set_after(milliseconds{-2});
  second.set_after(milliseconds{-1});
  loop.run_once(kAtOnce);
  EXPECT_FALSE(fired);
}

TEST(EventLoop, ATimerMayBeDroppedByItsOwnCallback) {
  EventLoop loop;
  std::string seen;
  std::unique_ptr<Timer> timer;
  timer = std::make_unique<Timer>(loop, [&timer, &seen, text = std::string(100, 'x')] {
    timer.reset();
    seen = text;  // what the callback holds outlives the timer
  });
  timer->set(loop.now());
  loop.run_once(kAtOnce);
  EXPECT_EQ(seen.size(), 100u);
  loop.run_once(kAtOnce);
}

TEST(EventLoop, SettingATimerAgainMovesIt) {
  EventLoop loop;
  int count = 0;
  Timer timer{loop, [&] { ++count; }};
  timer.set(loop.now());
  timer.set_after(std::chrono::hours{1});
  loop.run_once(kAtOnce);
  EXPECT_EQ(count, 0);
  EXPECT_TRUE(timer.is_set());
}

TEST(EventLoop, TimeStandsStillWithinATurn) {
  EventLoop loop;
  Pipe a, b;
  TimePoint first, second;
  const auto slow = watch_fd(loop, a, Order::kMessages, [&] {
    first = loop.now();
    ::usleep(3000);
  });
  const auto later = watch_fd(loop, b, Order::kControl, [&] { second = loop.now(); });
  a.fill();
  b.fill();
  loop.run_once(kAtOnce);
  EXPECT_EQ(first, second);
  EXPECT_NE(first, TimePoint{});
}

TEST(EventLoop, AWatchDroppedInACallbackOfTheSameTurnIsNotCalled) {
  EventLoop loop;
  Pipe a, b;
  bool called = false;
  auto victim = std::make_unique<Watch>(watch_fd(loop, b, Order::kControl, [&] { called = true; }));
  const auto killer = watch_fd(loop, a, Order::kMessages, [&] { victim.reset(); });
  a.fill();
  b.fill();
  loop.run_once(kAtOnce);
  EXPECT_FALSE(called);
}

TEST(EventLoop, AWatchMayDropItself) {
  EventLoop loop;
  Pipe pipe;
  int count = 0;
  std::unique_ptr<Watch> self;
  self = std::make_unique<Watch>(watch_fd(loop, pipe, Order::kMessages, [&] {
    ++count;
    self.reset();
  }));
  pipe.fill();
  loop.run_once(kAtOnce);
  loop.run_once(kAtOnce);
  EXPECT_EQ(count, 1);
}

TEST(EventLoop, AWatchDroppedBetweenTurnsTakesItsDescriptorWithIt) {
  EventLoop loop;
  auto pipe = std::make_unique<Pipe>();
  auto watch = std::make_unique<Watch>(watch_fd(loop, *pipe, Order::kMessages, [] {}));
  watch.reset();
  pipe.reset();
  EXPECT_NO_THROW(loop.run_once(kAtOnce));

  TemporaryDirectory directory;
  Bus bus;
  auto socket = std::make_unique<Socket>(bus, Socket::Kind::kRouter);
  socket->bind(directory / "s");
  auto socket_watch = std::make_unique<Watch>(loop, *socket, Order::kMessages, [] {});
  socket_watch.reset();
  socket.reset();
  EXPECT_NO_THROW(loop.run_once(kAtOnce));
}

TEST(EventLoop, AWatchMadeInACallbackIsServedFromTheNextTurnOn) {
  EventLoop loop;
  Pipe a, b;
  int count = 0;
  std::unique_ptr<Watch> made;
  const auto maker = watch_fd(loop, a, Order::kMessages, [&] {
    a.drain();
    made = std::make_unique<Watch>(watch_fd(loop, b, Order::kControl, [&] { ++count; }));
  });
  a.fill();
  b.fill();
  loop.run_once(kAtOnce);
  EXPECT_EQ(count, 0);
  loop.run_once(kAtOnce);
  EXPECT_EQ(count, 1);
}

TEST(EventLoop, DescriptorsAreLevelTriggered) {
  EventLoop loop;
  Pipe pipe;
  int count = 0;
  const auto watch = watch_fd(loop, pipe, Order::kMessages, [&] { ++count; });
  pipe.fill();
  loop.run_once(kAtOnce);
  loop.run_once(kAtOnce);
  EXPECT_EQ(count, 2);
}

TEST(EventLoop, TellsWritingAndHangUp) {
  EventLoop loop;
  Pipe pipe;
  int ready = 0;
  auto watch = std::make_unique<Watch>(loop, pipe.write.get(), Order::kMessages, EventLoop::kWrite,
                                       [&](EventLoop::Interest interest) { ready = interest; });
  loop.run_once(kAtOnce);
  EXPECT_EQ(ready, EventLoop::kWrite);
  watch = std::make_unique<Watch>(loop, pipe.read.get(), Order::kMessages, EventLoop::kRead,
                                  [&](EventLoop::Interest interest) { ready = interest; });
  pipe.write = UniqueFd{};  // the other end is gone
  UniqueFd closed = std::move(pipe.write);
  closed = UniqueFd{};
  loop.run_once(kAtOnce);
  EXPECT_EQ(ready & EventLoop::kRead, EventLoop::kRead);
}

TEST(EventLoop, StopEndsTheRun) {
  EventLoop loop;
  Timer timer{loop, [&] { loop.stop(); }};
  timer.set(loop.now());
  loop.run();
  SUCCEED();
}

TEST(EventLoop, SocketsWakeIt) {
  TemporaryDirectory directory;
  Bus bus;
  Socket router{bus, Socket::Kind::kRouter};
  router.bind(directory / "s");
  Socket dealer{bus, Socket::Kind::kDealer};
  dealer.set_identity("me");
  dealer.connect(directory / "s");
  ASSERT_TRUE(dealer.send({"hello"}));

  EventLoop loop;
  Frames frames;
  const Watch watch{loop, router, Order::kMessages, [&] { router.receive(frames); }};
  for (int i = 0; i < 50 && frames.empty(); ++i) loop.run_once(milliseconds{100});
  EXPECT_THAT(frames, ElementsAre("me", "hello"));
}

}  // namespace
}  // namespace naive::runtime
