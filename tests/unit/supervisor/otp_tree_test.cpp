// Cases of OTP's supervisor_SUITE that a tree without processes can answer, under their names there. Those that need processes are in
// otp_supervisor_test.cpp. In OTP's words:
//
//   a service   is permanent, and its supervisor's intensity has no limit: there is nobody above to escalate to
//   a leader    is transient: normal is exit 0 after it was told to finish, {shutdown, Reason} is exit 78, all else is abnormal.
//               Its intensity is its own, so what escalates is its symbol: it is quarantined, visibly, until it is cleared
//   temporary   is nobody whom we start; a stranger among our children is (otp_supervisor_test.cpp)
//   rest_for_one has no counterpart: services find each other again, so none is restarted for another's sake
//
// The traders of a leader are one_for_one below it, and one_for_all with it. What their exits mean is in leader/roster.h.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "supervisor/snapshot.h"
#include "tests/unit/supervisor/tree_world.h"

namespace naive::supervisor {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

// ---- who is started again, after what

void expect_always_restarted(const std::string& name, const ExitReason& exit) {
  World world;
  world.all_up({"BTCUSDT"});
  for (std::uint32_t i = 1; i <= 50; ++i) {
    world.die(name, exit);
    world.pass(milliseconds{5000});
    ASSERT_EQ(world.state(name), State::kStarting) << exit.to_string() << ' ' << i;
    ASSERT_EQ(world.tree.find(name)->life.restarts(), i);
  }
}

TEST(OtpTree, permanent_normal) { expect_always_restarted("gateway", kDone); }

TEST(OtpTree, permanent_shutdown) {
  expect_always_restarted("gateway", kGiveUp);
  expect_always_restarted("gateway", kTryLater);
}

TEST(OtpTree, permanent_abnormal) {
  expect_always_restarted("gateway", kKilled);
  expect_always_restarted("gateway", ExitReason::exited(1));
}

TEST(OtpTree, transient_normal) {
  World world;
  world.all_up({"BTCUSDT"});
  ASSERT_TRUE(world.command(world.tree.shutdown_trading("BTCUSDT", world.now)));
  world.log();
  world.die("leader BTCUSDT", kDone);
  EXPECT_THAT(world.log(), ElementsAre("remember BTCUSDT off", "leader BTCUSDT stopped"));
  EXPECT_EQ(world.tree.find("leader BTCUSDT"), nullptr);
}

// Exit 0 is normal only for whom has been told to finish.
TEST(OtpTree, transient_normal_of_its_own_accord_is_abnormal) {
  World world;
  world.all_up({"BTCUSDT"});
  world.die("leader BTCUSDT", kDone);
  EXPECT_THAT(world.log(), ElementsAre("leader BTCUSDT died: exited 0", "spawn leader BTCUSDT#2"));
}

TEST(OtpTree, transient_shutdown) {
  World world;
  world.all_up({"BTCUSDT"});
  world.die("leader BTCUSDT", kGiveUp);
  EXPECT_THAT(world.log(),
              ElementsAre("leader BTCUSDT died: exited 78", "leader BTCUSDT halted: exited 78"));
  world.pass(std::chrono::hours{1});
  EXPECT_THAT(world.log(), IsEmpty());
}

TEST(OtpTree, transient_abnormal) {
  for (const ExitReason& exit : {kKilled, ExitReason::killed(SIGSEGV), ExitReason::exited(1)}) {
    World world;
    world.all_up({"BTCUSDT"});
    world.die("leader BTCUSDT", exit);
    EXPECT_THAT(world.log(),
                ElementsAre("leader BTCUSDT died: " + exit.to_string(), "spawn leader BTCUSDT#2"));
  }
}

// ---- how often

// One restart in a second is allowed: a crash every 2.1 s never is one too many.
TEST(OtpTree, multiple_restarts) {
  World world{{}, {.restarts = {.max_restarts = 1, .max_time = milliseconds{1000}}}};
  world.all_up({"BTCUSDT"});
  for (int i = 0; i < 20; ++i) {
    world.die("leader BTCUSDT", kKilled);
    world.pass(milliseconds{2100});
    if (world.state("leader BTCUSDT") == State::kBackoff) world.pass(milliseconds{5000});
    ASSERT_EQ(world.state("leader BTCUSDT"), State::kStarting) << i;
  }
}

// What crashes at every start uses its budget up and is left alone; nobody beside or above it notices. A process that cannot be
// made at all is something else: there the machine is short of something, so it is tried for as long as it takes.
TEST(OtpTree, one_for_one_escalation) {
  World world;
  world.all_up({"BTCUSDT", "ETHUSDT"});
  const pid_t other = world.tree.find("leader ETHUSDT")->pid;
  for (int i = 0; i < 4; ++i) {
    world.die("leader BTCUSDT", kKilled);
    world.pass(milliseconds{500});
  }
  EXPECT_EQ(world.state("leader BTCUSDT"), State::kQuarantined);
  EXPECT_EQ(world.log().back(), "leader BTCUSDT quarantined: killed by SIGKILL");
  EXPECT_EQ(world.state("leader ETHUSDT"), State::kRunning);
  EXPECT_EQ(world.tree.find("leader ETHUSDT")->pid, other);
  world.pass(std::chrono::hours{1});
  EXPECT_THAT(world.log(), IsEmpty());

  EXPECT_EQ(world.command(world.tree.clear("leader BTCUSDT", world.now)), Progress::kLater);
  EXPECT_THAT(world.log(), ElementsAre("spawn leader BTCUSDT#5"));
}

// ---- administration

// already_started, stopping, restarting, running and not_found, each where it belongs, and the counts at each step.
TEST(OtpTree, child_adm) {
  World world;
  world.all_up();
  const auto counts = [&] { return count_children(world.tree, TraderBoard{}); };
  const auto expect_counts = [&](std::uint32_t specs, std::uint32_t active, std::uint32_t leaders) {
    EXPECT_EQ(counts().specs(), specs);
    EXPECT_EQ(counts().active(), active);
    EXPECT_EQ(counts().supervisors(), leaders);
  };
  expect_counts(2, 2, 0);
  const std::string leader = "leader BTCUSDT";
  ASSERT_TRUE(world.command(world.tree.start_trading("BTCUSDT", world.now)));
  expect_counts(3, 3, 1);
  const auto again = world.tree.start_trading("BTCUSDT", world.now);
  EXPECT_EQ(again.error().code, "already_started");
  EXPECT_EQ(again.error().pid, world.tree.find(leader)->pid);
  world.ready(leader);
  EXPECT_EQ(world.tree.start_trading("BTCUSDT", world.now).error().code, "already_started");

  std::uint32_t active = 3;
  for (const std::string& name : {std::string{"gateway"}, leader}) {
    EXPECT_EQ(world.tree.restart(name, world.now).error().code, "running");
    EXPECT_EQ(world.command(world.tree.terminate(name, world.now)), Progress::kLater);
    EXPECT_EQ(world.command(world.tree.terminate(name, world.now)), Progress::kLater);
    EXPECT_EQ(world.tree.restart(name, world.now).error().code, "stopping");
    world.die(name, kDone);
    EXPECT_EQ(world.state(name), State::kStopped);
    expect_counts(3, active - 1, 1);  // its place is kept
    EXPECT_EQ(world.command(world.tree.terminate(name, world.now)), Progress::kDone);
    world.pass(std::chrono::hours{1});
    EXPECT_EQ(world.state(name), State::kStopped);
    EXPECT_EQ(world.command(world.tree.restart(name, world.now)), Progress::kLater);
    EXPECT_EQ(world.state(name), State::kStarting);
    EXPECT_EQ(world.tree.find(name)->life.restarts(), 0u);  // a commanded stop is no crash
    expect_counts(3, active, 1);
  }
  ASSERT_TRUE(world.command(world.tree.stop_trading("BTCUSDT", world.now)));
  world.die(leader, kKilled);
  expect_counts(2, 2, 0);  // and this one is not
  for (const std::string& nobody : {std::string{"nobody"}, leader}) {
    EXPECT_EQ(world.tree.terminate(nobody, world.now).error().code, "not_found");
    EXPECT_EQ(world.tree.restart(nobody, world.now).error().code, "not_found");
    EXPECT_EQ(world.tree.clear(nobody, world.now).error().code, "not_found");
  }
  EXPECT_EQ(world.tree.stop_trading("BTCUSDT", world.now).error().code, "not_found");
}

// A start that fails leaves nothing behind.
TEST(OtpTree, sup_start_child_returns_error) {
  World world;
  world.all_up();
  world.command(world.tree.start_trading("NOSUCH", world.now));
  world.log();
  world.tree.failed("leader NOSUCH", "invalid_symbol", "no such symbol");
  world.tree.died("leader NOSUCH", kGiveUp, world.now);
  const auto actions = world.tree.take_actions();
  const auto& halted = std::get<Transition>(actions.back());
  EXPECT_EQ(halted.what, Transition::What::kHalted);
  EXPECT_EQ(halted.code, "invalid_symbol");
  EXPECT_EQ(world.tree.find("leader NOSUCH"), nullptr);
}

// A restart that fails keeps the place: the configuration lists it, so it stays visible.
TEST(OtpTree, sup_start_restart_child_returns_error) {
  World world;
  world.tree.autostart("NOSUCH", Wish::kOn);
  world.boot();
  world.ready("mock");
  world.ready("gateway");
  for (int i = 0; i < 2; ++i) {
    world.tree.failed("leader NOSUCH", "invalid_symbol", "no such symbol");
    world.die("leader NOSUCH", kGiveUp);
    EXPECT_EQ(world.state("leader NOSUCH"), State::kHalted);
    EXPECT_EQ(world.tree.find("leader NOSUCH")->life.reason(), "no such symbol");
    ASSERT_TRUE(world.command(world.tree.restart("leader NOSUCH", world.now)));
  }
}

std::vector<std::string> symbols(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back("S" + std::to_string(i) + "USDT");
  return names;
}

TEST(OtpTree, count_children) {
  World world;
  TraderBoard board;
  world.all_up(symbols(200));
  for (const auto& [name, leader] : world.tree.leaders()) {
    v1::SymbolStatus status;
    status.set_symbol(leader.symbol);
    status.add_traders()->set_pid(leader.pid + 1000);
    board.update(name, status);
  }
  v1::Counts counts = count_children(world.tree, board);
  EXPECT_EQ(counts.specs(), 402u);
  EXPECT_EQ(counts.active(), 402u);
  EXPECT_EQ(counts.supervisors(), 200u);
  EXPECT_EQ(counts.workers(), 202u);
  EXPECT_EQ(which_children(world.tree, board).children_size(), 402);
  for (const std::string& symbol : symbols(200)) {
    ASSERT_TRUE(world.command(world.tree.stop_trading(symbol, world.now)));
    world.die(leader_name(symbol), kKilled);
    board.forget(leader_name(symbol));
  }
  counts = count_children(world.tree, board);
  EXPECT_EQ(counts.specs(), 2u);
  EXPECT_EQ(counts.active(), 2u);
}

// Who is about to be started again counts for what it is, and not as active.
TEST(OtpTree, count_restarting_children) {
  World world;
  world.all_up({"BTCUSDT"});
  for (const std::string name : {"gateway", "leader BTCUSDT"}) {
    world.die(name, kKilled);
    world.die(name, kKilled);
    ASSERT_EQ(world.state(name), State::kBackoff);
  }
  const v1::Counts counts = count_children(world.tree, TraderBoard{});
  EXPECT_EQ(counts.specs(), 3u);
  EXPECT_EQ(counts.active(), 1u);
  EXPECT_EQ(counts.workers(), 2u);
  EXPECT_EQ(counts.supervisors(), 1u);
}

// ---- the way down

TEST(OtpTree, order_of_children) {
  World world{{"mock", "gateway", "streamer"}};
  world.all_up({"BTCUSDT", "ETHUSDT"});
  world.tree.shut_down(world.now);
  world.settle();
  EXPECT_THAT(world.log(), ElementsAre("SIGTERM leader BTCUSDT", "SIGCONT leader BTCUSDT",
                                       "SIGTERM leader ETHUSDT", "SIGCONT leader ETHUSDT"));
  world.die("leader ETHUSDT", kDone);
  EXPECT_THAT(world.log(), ElementsAre("leader ETHUSDT stopped"));
  world.die("leader BTCUSDT", kDone);
  EXPECT_THAT(world.log(),
              ElementsAre("leader BTCUSDT stopped", "SIGTERM streamer", "SIGCONT streamer"));
  world.die("streamer", kDone);
  EXPECT_THAT(world.log(), ElementsAre("streamer stopped", "SIGTERM gateway", "SIGCONT gateway"));
  world.die("gateway", kDone);
  EXPECT_THAT(world.log(), ElementsAre("gateway stopped", "SIGTERM mock", "SIGCONT mock"));
  EXPECT_FALSE(world.tree.is_down());
  world.die("mock", kDone);
  EXPECT_TRUE(world.tree.is_down());
}

// Whoever has been started is stopped, in reverse, when the rest is not there yet.
TEST(OtpTree, order_of_children_of_a_partial_start) {
  World world{{"mock", "gateway", "streamer"}};
  world.boot();
  world.ready("mock");
  world.log();
  world.tree.shut_down(world.now);
  world.settle();
  EXPECT_THAT(world.log(), ElementsAre("SIGTERM gateway", "SIGCONT gateway"));
  world.die("gateway", kDone);
  EXPECT_THAT(world.log(), ElementsAre("gateway stopped", "SIGTERM mock", "SIGCONT mock"));
  world.die("mock", kDone);
  EXPECT_TRUE(world.tree.is_down());
}

// Twelve children end by themselves, each for another reason, some with a restart pending, while the tree waits for a slow
// one: it completes, and nobody comes back.
TEST(OtpTree, sup_stop_race) {
  const ExitReason reasons[] = {
      kKilled, kDone, kTryLater, kGiveUp, ExitReason::exited(1), ExitReason::killed(SIGTERM)};
  World world;
  world.all_up(symbols(13));
  for (const char* pending : {"leader S10USDT", "leader S11USDT"}) {
    world.die(pending, kKilled);
    world.die(pending, kKilled);
    ASSERT_EQ(world.state(pending), State::kBackoff);
  }
  world.tree.shut_down(world.now);
  world.settle();
  world.log();
  world.die("mock", kKilled);  // has not even been asked yet
  for (std::size_t i = 0; i < 10; ++i) {
    world.die("leader S" + std::to_string(i) + "USDT", reasons[i % std::size(reasons)]);
    EXPECT_FALSE(world.tree.is_down());
  }
  world.pass(milliseconds{4999});
  for (const std::string& line : world.log()) EXPECT_THAT(line, testing::HasSubstr(" stopped"));
  world.pass(milliseconds{1});
  EXPECT_THAT(world.log(), ElementsAre("SIGKILL leader S12USDT"));
  world.die("leader S12USDT", kKilled);
  world.die("gateway", kGiveUp);
  EXPECT_TRUE(world.tree.is_down());
  world.pass(std::chrono::hours{1});
  EXPECT_THAT(world.log(),
              ElementsAre("leader S12USDT stopped: killed by SIGKILL", "SIGTERM gateway",
                          "SIGCONT gateway", "gateway stopped: exited 78"));
}

TEST(OtpTree, sup_stop_timeout) {
  World world;
  world.all_up({"BTCUSDT"});
  world.command(world.tree.stop_trading("BTCUSDT", world.now));
  world.log();
  world.pass(milliseconds{4999});
  EXPECT_THAT(world.log(), IsEmpty());
  world.pass(milliseconds{1});
  EXPECT_THAT(world.log(), ElementsAre("SIGKILL leader BTCUSDT"));
  world.pass(milliseconds{5000});
  EXPECT_THAT(world.log(), IsEmpty());
}

// The second Ctrl-C.
TEST(OtpTree, sup_stop_brutal_kill) {
  World world;
  world.all_up({"BTCUSDT"});
  world.tree.shut_down(world.now);
  world.settle();
  world.log();
  world.tree.kill_all();
  world.settle();
  EXPECT_THAT(world.log(),
              ElementsAre("SIGKILL mock", "SIGKILL gateway", "SIGKILL leader BTCUSDT"));
  for (const std::string name : {"mock", "gateway", "leader BTCUSDT"}) world.die(name, kKilled);
  EXPECT_TRUE(world.tree.is_down());
}

// Three that take one second, one second and too long: stopped side by side, not one after the other.
TEST(OtpTree, simple_one_for_one_shutdown) {
  World world{{}, {.shutdown_time = milliseconds{2000}}};
  world.all_up(symbols(3));
  world.tree.shut_down(world.now);
  world.settle();
  world.log();
  world.pass(milliseconds{1000});
  world.die("leader S0USDT", kDone);
  world.die("leader S1USDT", kDone);
  world.pass(milliseconds{1000});
  EXPECT_THAT(world.log(), ElementsAre("leader S0USDT stopped", "leader S1USDT stopped",
                                       "SIGKILL leader S2USDT"));
  world.die("leader S2USDT", kKilled);
  EXPECT_TRUE(world.tree.is_down());
}

// Elixir's "terminates restarting child"; OTP-9549.
TEST(OtpTree, terminates_restarting_child) {
  World world;
  world.all_up({"BTCUSDT"});
  world.die("leader BTCUSDT", kKilled);
  world.die("leader BTCUSDT", kKilled);
  ASSERT_EQ(world.state("leader BTCUSDT"), State::kBackoff);
  EXPECT_EQ(world.tree.start_trading("BTCUSDT", world.now).error().code, "restarting");
  EXPECT_EQ(world.tree.restart("leader BTCUSDT", world.now).error().code, "restarting");
  world.log();
  EXPECT_EQ(world.command(world.tree.stop_trading("BTCUSDT", world.now)), Progress::kLater);
  EXPECT_THAT(world.log(), ElementsAre("remember BTCUSDT off", "leader BTCUSDT stopped"));
  world.pass(std::chrono::hours{1});
  EXPECT_THAT(world.log(), IsEmpty());
}

}  // namespace
}  // namespace naive::supervisor
