#include "supervisor/tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <sstream>

namespace naive::supervisor {
namespace {

using std::chrono::milliseconds;
using supervision::ExitReason;
using supervision::State;
using testing::ElementsAre;
using testing::IsEmpty;

const ExitReason kKilled = ExitReason::killed(SIGKILL);
const ExitReason kDone = ExitReason::exited(0);
const ExitReason kTryLater = ExitReason::exited(75);
const ExitReason kGiveUp = ExitReason::exited(78);

std::string_view word(Transition::What what) {
  switch (what) {
    case Transition::What::kStarted:
      return "started";
    case Transition::What::kReady:
      return "ready";
    case Transition::What::kDied:
      return "died";
    case Transition::What::kStopped:
      return "stopped";
    case Transition::What::kBackoff:
      return "backoff";
    case Transition::What::kHalted:
      return "halted";
    case Transition::What::kQuarantined:
      return "quarantined";
  }
  return "";
}

std::string_view word(Wish wish) {
  return wish == Wish::kOn ? "on" : wish == Wish::kFinish ? "finish" : "off";
}

struct Teller {
  std::string operator()(const Spawn& spawn) {
    return "spawn " + spawn.name + "#" + std::to_string(spawn.incarnation);
  }
  std::string operator()(const Signal& signal) {
    return std::string{"SIG"} + ::sigabbrev_np(signal.number) + " " + signal.name;
  }
  std::string operator()(const TellToFinish& tell) { return "finish " + tell.name; }
  std::string operator()(const Remember& remember) {
    return "remember " + remember.symbol + " " + std::string{word(remember.wish)};
  }
  std::string operator()(const Transition& transition) {
    return transition.name + " " + std::string{word(transition.what)} +
           (transition.reason.empty() ? "" : ": " + transition.reason);
  }
};

/// A tree whose processes exist as soon as they are spawned. It writes down what the tree does.
class World {
 public:
  explicit World(std::vector<std::string> services = {"mock", "gateway"},
                 const SupervisionSettings& settings = {})
      : tree(settings, services, [] { return 0.0; }) {}

  /// What the tree did since the last call. "started" goes without saying after each spawn.
  std::vector<std::string> log() { return std::exchange(log_, {}); }

  void settle() {
    for (auto actions = tree.take_actions(); !actions.empty(); actions = tree.take_actions()) {
      for (const Action& action : actions) perform(action);
    }
  }
  void pass(milliseconds time) {
    now += time;
    tree.tick(now);
    settle();
  }
  void boot() {
    tree.boot(now);
    settle();
  }
  void ready(const std::string& name) {
    tree.heard(name, tree.find(name)->life.incarnation(), now);
    tree.ready(name, "", now);
    settle();
  }
  void die(const std::string& name, const ExitReason& exit) {
    tree.died(name, exit, now);
    settle();
  }
  Outcome command(const Outcome& outcome) {
    settle();
    return outcome;
  }
  /// Everything runs, with these symbols.
  void all_up(const std::vector<std::string>& symbols = {}) {
    for (const std::string& symbol : symbols) tree.autostart(symbol, Wish::kOn);
    boot();
    for (const Node& service : tree.services()) ready(service.name);
    for (const std::string& symbol : symbols) ready(leader_name(symbol));
    log();
  }
  State state(const std::string& name) { return tree.find(name)->life.state(); }

  Tree tree;
  TimePoint now = TimePoint{} + std::chrono::hours{1};
  std::string unspawnable;

 private:
  void perform(const Action& action) {
    const std::string line = std::visit(Teller{}, action);
    if (!line.ends_with(" started")) log_.push_back(line);
    if (const auto* spawn = std::get_if<Spawn>(&action)) {
      if (spawn->name == unspawnable) {
        tree.spawn_failed(spawn->name, "no such file", now);
      } else {
        tree.spawned(spawn->name, next_pid_++);
      }
    }
  }

  std::vector<std::string> log_;
  pid_t next_pid_ = 100;
};

// ---- way up

TEST(TreeBoot, EachServiceWaitsForTheOneBeforeThenAllLeadersAtOnce) {
  World world;
  world.tree.autostart("BTCUSDT", Wish::kOn);
  world.tree.autostart("ETHUSDT", Wish::kOn);
  world.boot();
  EXPECT_THAT(world.log(), ElementsAre("spawn mock#1"));
  world.ready("mock");
  EXPECT_THAT(world.log(), ElementsAre("mock ready", "spawn gateway#1"));
  world.ready("gateway");
  EXPECT_THAT(world.log(),
              ElementsAre("gateway ready", "spawn leader BTCUSDT#1", "spawn leader ETHUSDT#1"));
}

TEST(TreeBoot, ASymbolStartedBeforeTheServicesAreUpWaitsForThem) {
  World world;
  world.boot();
  EXPECT_EQ(world.command(world.tree.start_trading("BTCUSDT", world.now)), Progress::kLater);
  world.ready("mock");
  world.log();
  world.ready("gateway");
  EXPECT_THAT(world.log(), ElementsAre("gateway ready", "spawn leader BTCUSDT#1"));
}

TEST(TreeBoot, AServiceThatCannotStartEndsEverything) {
  World world;
  world.boot();
  world.ready("mock");
  world.log();
  world.tree.failed("gateway", "port", "port 80 is in use");
  world.die("gateway", kGiveUp);
  EXPECT_THAT(world.log(),
              ElementsAre("gateway halted: port 80 is in use", "SIGTERM mock", "SIGCONT mock"));
  EXPECT_EQ(world.tree.fatal(), "gateway cannot start: port 80 is in use");
  EXPECT_FALSE(world.tree.is_down());
  world.die("mock", kDone);
  EXPECT_TRUE(world.tree.is_down());
}

TEST(TreeBoot, AServiceThatCannotBeExecutedEndsEverything) {
  World world;
  world.unspawnable = "mock";
  world.boot();
  EXPECT_THAT(world.log(), ElementsAre("spawn mock#1", "mock halted: no such file"));
  EXPECT_TRUE(world.tree.is_down());
}

TEST(TreeBoot, AServiceThatOnlyCrashesGetsItsChances) {
  World world{{"gateway"}};
  world.boot();
  for (int i = 0; i < 4; ++i) {
    world.die("gateway", kKilled);
    world.pass(milliseconds{5000});
    EXPECT_EQ(world.tree.fatal(), "") << i;
  }
  world.die("gateway", kKilled);
  EXPECT_EQ(world.tree.fatal(), "gateway cannot start: killed by SIGKILL");
}

TEST(TreeBoot, AServiceThatDiesAfterItWasReadyComesBack) {
  World world;
  world.boot();
  world.ready("mock");
  world.log();
  world.die("mock", kKilled);
  EXPECT_THAT(world.log(), ElementsAre("mock died: killed by SIGKILL", "spawn mock#2"));
  world.ready("gateway");
  EXPECT_THAT(world.log(), ElementsAre("gateway ready"));  // mock has been ready once: that will do
}

TEST(TreeBoot, StrayReadinessChangesNothing) {
  World world;
  world.boot();
  world.ready("mock");
  world.log();
  world.ready("mock");
  EXPECT_THAT(world.log(), IsEmpty());
}

// ---- deaths

TEST(TreeDeath, ServicesArePermanentWhateverTheyDieOf) {
  for (const ExitReason& exit : {kKilled, kDone, kTryLater, kGiveUp, ExitReason::exited(1)}) {
    World world;
    world.all_up();
    for (int i = 0; i < 50; ++i) {
      world.die("gateway", exit);
      world.pass(milliseconds{5000});
      ASSERT_EQ(world.state("gateway"), State::kStarting) << exit.to_string() << ' ' << i;
    }
    EXPECT_EQ(world.tree.find("gateway")->life.restarts(), 50u);
  }
}

TEST(TreeDeath, FirstRestartIsAtOnceTheNextOneWaits) {
  World world;
  world.all_up({"BTCUSDT"});
  world.die("leader BTCUSDT", kKilled);
  EXPECT_THAT(world.log(),
              ElementsAre("leader BTCUSDT died: killed by SIGKILL", "spawn leader BTCUSDT#2"));
  world.die("leader BTCUSDT", kKilled);
  EXPECT_THAT(world.log(), ElementsAre("leader BTCUSDT died: killed by SIGKILL",
                                       "leader BTCUSDT backoff: killed by SIGKILL"));
  EXPECT_EQ(world.tree.next_deadline(), world.now + milliseconds{100});
  world.pass(milliseconds{99});
  EXPECT_THAT(world.log(), IsEmpty());
  world.pass(milliseconds{1});
  EXPECT_THAT(world.log(), ElementsAre("spawn leader BTCUSDT#3"));
}

TEST(TreeDeath, ALeaderThatCrashesTooOftenIsQuarantinedAndNobodyElseNotices) {
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

TEST(TreeDeath, ALeaderThatCannotBeExecutedBurnsItsBudget) {
  World world;
  world.unspawnable = "leader BTCUSDT";
  world.tree.autostart("BTCUSDT", Wish::kOn);
  world.boot();
  world.ready("mock");
  world.ready("gateway");
  for (int i = 0; i < 10; ++i) world.pass(milliseconds{500});
  EXPECT_EQ(world.state("leader BTCUSDT"), State::kQuarantined);
  EXPECT_EQ(world.tree.find("leader BTCUSDT")->life.reason(), "no such file");
}

TEST(TreeDeath, ALeaderThatSaysThatItCannotStartIsHaltedWithItsWords) {
  World world;
  world.all_up({"BTCUSDT"});
  world.tree.failed("leader BTCUSDT", "store", "the store is of a newer version");
  world.die("leader BTCUSDT", kGiveUp);
  EXPECT_THAT(world.log(), ElementsAre("leader BTCUSDT died: the store is of a newer version",
                                       "leader BTCUSDT halted: the store is of a newer version"));
  EXPECT_EQ(world.state("leader BTCUSDT"), State::kHalted);
}

TEST(TreeDeath, ALeaderThatEndsWithoutBeingToldCrashed) {
  World world;
  world.all_up({"BTCUSDT"});
  world.die("leader BTCUSDT", kDone);
  EXPECT_THAT(world.log(), ElementsAre("leader BTCUSDT died: exited 0", "spawn leader BTCUSDT#2"));
}

TEST(TreeDeath, ALeaderThatAsksForTimeGetsIt) {
  World world;
  world.all_up({"BTCUSDT"});
  world.die("leader BTCUSDT", kTryLater);
  EXPECT_THAT(world.log(),
              ElementsAre("leader BTCUSDT died: exited 75", "leader BTCUSDT backoff: exited 75"));
}

// ---- silence

TEST(TreeSilence, WhoSaysNothingForTooLongIsKilledAndComesBack) {
  World world;
  world.all_up({"BTCUSDT"});
  for (int i = 0; i < 10; ++i) {
    world.now += Tree::kSilenceCheck;
    world.tree.heard("mock", 1, world.now);
    world.tree.heard("gateway", 1, world.now);
    world.tree.check_silence(world.now);
    world.settle();
  }
  EXPECT_THAT(world.log(), ElementsAre("SIGABRT leader BTCUSDT"));
  world.pass(Tree::kAbortPatience);
  EXPECT_THAT(world.log(), ElementsAre("SIGKILL leader BTCUSDT"));
  world.die("leader BTCUSDT", kKilled);
  EXPECT_THAT(world.log(),
              ElementsAre("leader BTCUSDT died: silent for 5000 ms", "spawn leader BTCUSDT#2"));
}

TEST(TreeSilence, WhoHasNotSpokenYetGetsLonger) {
  World world{{"mock"}};
  world.boot();
  for (int i = 0; i < 29; ++i) {
    world.now += Tree::kSilenceCheck;
    world.tree.check_silence(world.now);
  }
  world.settle();
  EXPECT_THAT(world.log(), ElementsAre("spawn mock#1"));
  world.now += Tree::kSilenceCheck;
  world.tree.check_silence(world.now);
  world.settle();
  EXPECT_THAT(world.log(), ElementsAre("SIGABRT mock"));
}

// After a SIGSTOP of the supervisor, or a pause of the whole machine.
TEST(TreeSilence, NobodyIsBlamedWhenTheSupervisorItselfSlept) {
  World world;
  world.all_up({"BTCUSDT"});
  world.now += std::chrono::hours{1};
  world.tree.check_silence(world.now);
  world.settle();
  EXPECT_THAT(world.log(), IsEmpty());
}

TEST(TreeSilence, WhoIsStoppingMayBeSilent) {
  World world;
  world.all_up({"BTCUSDT"});
  world.command(world.tree.stop_trading("BTCUSDT", world.now));
  world.log();
  for (int i = 0; i < 9; ++i) {
    world.now += Tree::kSilenceCheck;
    world.tree.heard("mock", 1, world.now);
    world.tree.heard("gateway", 1, world.now);
    world.tree.check_silence(world.now);
  }
  world.settle();
  EXPECT_THAT(world.log(), IsEmpty());
}

TEST(TreeLink, OnlyTheCurrentIncarnationIsHeard) {
  World world;
  world.all_up({"BTCUSDT"});
  EXPECT_TRUE(world.tree.heard("leader BTCUSDT", 1, world.now));
  EXPECT_FALSE(world.tree.heard("leader BTCUSDT", 2, world.now));
  EXPECT_FALSE(world.tree.heard("leader NOSUCH", 1, world.now));
  world.die("leader BTCUSDT", kKilled);
  EXPECT_FALSE(world.tree.heard("leader BTCUSDT", 1, world.now));
  EXPECT_TRUE(world.tree.heard("leader BTCUSDT", 2, world.now));
}

// ---- commands: OTP's child_adm, one by one

TEST(TreeCommand, StartTrading) {
  World world;
  world.all_up();
  EXPECT_EQ(world.command(world.tree.start_trading("BTCUSDT", world.now)), Progress::kLater);
  EXPECT_THAT(world.log(), ElementsAre("spawn leader BTCUSDT#1"));
  const pid_t pid = world.tree.find("leader BTCUSDT")->pid;
  auto again = world.command(world.tree.start_trading("BTCUSDT", world.now));
  EXPECT_EQ(again.error().code, "already_started");
  EXPECT_EQ(again.error().pid, pid);
  world.ready("leader BTCUSDT");
  EXPECT_THAT(world.log(), ElementsAre("leader BTCUSDT ready", "remember BTCUSDT on"));
  again = world.command(world.tree.start_trading("BTCUSDT", world.now));
  EXPECT_EQ(again.error().code, "already_started");
}

TEST(TreeCommand, AWrongSymbolLeavesNothingBehind) {
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

TEST(TreeCommand, AListedSymbolThatIsWrongStaysVisible) {
  World world;
  world.tree.autostart("NOSUCH", Wish::kOn);
  world.boot();
  world.ready("mock");
  world.ready("gateway");
  world.tree.failed("leader NOSUCH", "invalid_symbol", "no such symbol");
  world.die("leader NOSUCH", kGiveUp);
  EXPECT_EQ(world.state("leader NOSUCH"), State::kHalted);
  EXPECT_EQ(world.tree.find("leader NOSUCH")->life.reason(), "no such symbol");
}

TEST(TreeCommand, StopTrading) {
  World world;
  world.all_up({"BTCUSDT"});
  EXPECT_EQ(world.command(world.tree.stop_trading("BTCUSDT", world.now)), Progress::kLater);
  EXPECT_THAT(world.log(), ElementsAre("remember BTCUSDT off", "SIGTERM leader BTCUSDT",
                                       "SIGCONT leader BTCUSDT"));
  EXPECT_EQ(world.tree.start_trading("BTCUSDT", world.now).error().code, "stopping");
  // Again: the same, without a second SIGTERM.
  EXPECT_EQ(world.command(world.tree.stop_trading("BTCUSDT", world.now)), Progress::kLater);
  EXPECT_THAT(world.log(), ElementsAre("remember BTCUSDT off"));
  world.die("leader BTCUSDT", ExitReason::killed(SIGTERM));
  EXPECT_THAT(world.log(), ElementsAre("leader BTCUSDT stopped"));
  EXPECT_EQ(world.tree.find("leader BTCUSDT"), nullptr);
  EXPECT_EQ(world.tree.stop_trading("BTCUSDT", world.now).error().code, "not_found");
}

TEST(TreeCommand, WhoDoesNotStopIsKilled) {
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

TEST(TreeCommand, StopCancelsAPendingRestart) {
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

TEST(TreeCommand, IncarnationsGoOnAfterAStop) {
  World world;
  world.all_up({"BTCUSDT"});
  world.command(world.tree.stop_trading("BTCUSDT", world.now));
  world.die("leader BTCUSDT", kDone);
  world.log();
  world.command(world.tree.start_trading("BTCUSDT", world.now));
  EXPECT_THAT(world.log(), ElementsAre("spawn leader BTCUSDT#2"));
}

TEST(TreeCommand, ShutdownTradingWaitsForTheCycles) {
  World world;
  world.all_up({"BTCUSDT"});
  EXPECT_EQ(world.command(world.tree.shutdown_trading("BTCUSDT", world.now)), Progress::kDone);
  EXPECT_THAT(world.log(), ElementsAre("remember BTCUSDT finish", "finish leader BTCUSDT"));
  // Crashing on the way does not make it forget.
  world.die("leader BTCUSDT", kKilled);
  world.ready("leader BTCUSDT");
  EXPECT_THAT(world.log(),
              ElementsAre("leader BTCUSDT died: killed by SIGKILL", "spawn leader BTCUSDT#2",
                          "leader BTCUSDT ready", "finish leader BTCUSDT"));
  world.die("leader BTCUSDT", kDone);
  EXPECT_THAT(world.log(), ElementsAre("remember BTCUSDT off", "leader BTCUSDT stopped"));
  EXPECT_EQ(world.tree.find("leader BTCUSDT"), nullptr);
}

TEST(TreeCommand, ShutdownTradingOfWhatDoesNotRunIsAStop) {
  World world;
  world.all_up({"BTCUSDT"});
  EXPECT_EQ(world.tree.shutdown_trading("NOSUCH", world.now).error().code, "not_found");
  world.die("leader BTCUSDT", kGiveUp);
  world.log();
  EXPECT_EQ(world.command(world.tree.shutdown_trading("BTCUSDT", world.now)), Progress::kDone);
  EXPECT_EQ(world.tree.find("leader BTCUSDT"), nullptr);
}

TEST(TreeCommand, TerminateAndRestart) {
  World world;
  world.all_up({"BTCUSDT"});
  for (const std::string name : {"gateway", "leader BTCUSDT"}) {
    EXPECT_EQ(world.tree.restart(name, world.now).error().code, "running");
    EXPECT_EQ(world.command(world.tree.terminate(name, world.now)), Progress::kLater);
    EXPECT_EQ(world.command(world.tree.terminate(name, world.now)), Progress::kLater);
    EXPECT_EQ(world.tree.restart(name, world.now).error().code, "stopping");
    world.die(name, kDone);
    EXPECT_EQ(world.state(name), State::kStopped);
    EXPECT_EQ(world.command(world.tree.terminate(name, world.now)), Progress::kDone);  // idempotent
    world.pass(std::chrono::hours{1});
    EXPECT_EQ(world.state(name), State::kStopped);
    EXPECT_EQ(world.command(world.tree.restart(name, world.now)), Progress::kLater);
    EXPECT_EQ(world.state(name), State::kStarting);
    EXPECT_EQ(world.tree.find(name)->life.restarts(), 0u);  // a commanded stop is no crash
  }
  EXPECT_EQ(world.tree.terminate("nobody", world.now).error().code, "not_found");
  EXPECT_EQ(world.tree.restart("nobody", world.now).error().code, "not_found");
  EXPECT_EQ(world.tree.clear("nobody", world.now).error().code, "not_found");
}

TEST(TreeCommand, ClearOfWhatIsWellDoesNothing) {
  World world;
  world.all_up({"BTCUSDT"});
  EXPECT_EQ(world.command(world.tree.clear("leader BTCUSDT", world.now)), Progress::kDone);
  EXPECT_THAT(world.log(), IsEmpty());
}

TEST(TreeCommand, StartOfAHaltedSymbolTriesAgain) {
  World world;
  world.all_up({"BTCUSDT"});
  world.die("leader BTCUSDT", kGiveUp);
  world.log();
  EXPECT_EQ(world.command(world.tree.start_trading("BTCUSDT", world.now)), Progress::kLater);
  EXPECT_THAT(world.log(), ElementsAre("remember BTCUSDT on", "spawn leader BTCUSDT#2"));
}

// ---- way down

TEST(TreeShutdown, LeadersAllAtOnceThenServicesInReverse) {
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

// OTP's sup_stop_race: whatever ends by itself meanwhile has ended.
TEST(TreeShutdown, NobodyIsRestartedOnTheWayDown) {
  for (const ExitReason& exit : {kKilled, kDone, kTryLater, kGiveUp, ExitReason::exited(1)}) {
    World world;
    world.all_up({"BTCUSDT", "ETHUSDT"});
    world.tree.shut_down(world.now);
    world.settle();
    world.log();
    world.die("mock", exit);  // has not even been asked yet
    world.die("leader BTCUSDT", exit);
    world.die("leader ETHUSDT", exit);
    world.die("gateway", exit);
    EXPECT_TRUE(world.tree.is_down());
    EXPECT_THAT(world.log(),
                ElementsAre("mock stopped", "leader BTCUSDT stopped", "leader ETHUSDT stopped",
                            "SIGTERM gateway", "SIGCONT gateway", "gateway stopped"));
  }
}

TEST(TreeShutdown, AllOfItTakesNoLongerThanOneStop) {
  World world;
  world.all_up({"BTCUSDT"});
  const auto begin = world.now;
  world.tree.shut_down(world.now);
  world.pass(milliseconds{4000});
  world.die("leader BTCUSDT", kDone);
  world.log();
  EXPECT_EQ(world.tree.next_deadline(), begin + milliseconds{5000});
  world.pass(milliseconds{1000});
  EXPECT_THAT(world.log(), ElementsAre("SIGKILL gateway"));
  world.die("gateway", kKilled);
  EXPECT_EQ(world.tree.next_deadline(), begin + milliseconds{5000});  // mock: at once
}

TEST(TreeShutdown, CancelsPendingRestarts) {
  World world;
  world.all_up({"BTCUSDT"});
  world.die("leader BTCUSDT", kKilled);
  world.die("leader BTCUSDT", kKilled);
  world.log();
  world.tree.shut_down(world.now);
  world.settle();
  EXPECT_THAT(world.log(), ElementsAre("SIGTERM gateway", "SIGCONT gateway"));
  world.pass(std::chrono::hours{1});
  EXPECT_THAT(world.log(), ElementsAre("SIGKILL gateway"));
}

TEST(TreeShutdown, TheSecondTimeKills) {
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

TEST(TreeShutdown, WhoWasNotSpawnedYetHasStopped) {
  World world{{}};
  world.boot();
  world.tree.start_trading("BTCUSDT", world.now);
  EXPECT_THAT(world.tree.take_actions(), testing::SizeIs(1)) << "the spawn waits for its turn";
  world.tree.stop_trading("BTCUSDT", world.now);
  world.settle();
  world.log();
  world.tree.not_spawned("leader BTCUSDT", world.now);
  world.settle();
  EXPECT_THAT(world.log(), ElementsAre("leader BTCUSDT stopped"));
  EXPECT_EQ(world.tree.find("leader BTCUSDT"), nullptr);
}

TEST(TreeShutdown, RefusesNewWork) {
  World world;
  world.all_up();
  world.tree.shut_down(world.now);
  EXPECT_EQ(world.tree.start_trading("BTCUSDT", world.now).error().code, "shutdown");
  EXPECT_EQ(world.tree.restart("gateway", world.now).error().code, "shutdown");
}

TEST(TreeShutdown, OfATreeThatHasNothing) {
  World world{{}};
  world.boot();
  world.tree.shut_down(world.now);
  EXPECT_TRUE(world.tree.is_down());
}

TEST(TreeFind, ByPid) {
  World world;
  world.all_up({"BTCUSDT"});
  const Node* leader = world.tree.find("leader BTCUSDT");
  EXPECT_EQ(world.tree.find(leader->pid), leader);
  EXPECT_EQ(world.tree.find(pid_t{99999}), nullptr);
  world.die("leader BTCUSDT", kGiveUp);
  EXPECT_EQ(world.tree.find(pid_t{0}), nullptr);  // which is how a node without a process looks
}

}  // namespace
}  // namespace naive::supervisor
