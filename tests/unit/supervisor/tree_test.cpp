#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/supervisor/tree_world.h"

namespace naive::supervisor {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

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
  EXPECT_TRUE(world.tree.fatal_for_good());
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
  EXPECT_FALSE(world.tree.fatal_for_good());
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
  EXPECT_FALSE(world.tree.fatal_for_good());
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

TEST(TreeBoot, AServiceThatAUserTerminatedIsPassedOverUntilItIsRestarted) {
  World world{{"mock", "gateway", "streamer"}};
  world.tree.autostart("BTCUSDT", Wish::kOn);
  world.boot();
  world.ready("mock");
  world.log();
  EXPECT_EQ(world.command(world.tree.terminate("gateway", world.now)), Progress::kLater);
  world.die("gateway", kDone);
  EXPECT_THAT(world.log(), ElementsAre("SIGTERM gateway", "SIGCONT gateway", "gateway stopped",
                                       "spawn streamer#1"));
  EXPECT_EQ(world.command(world.tree.restart("gateway", world.now)), Progress::kLater);
  EXPECT_THAT(world.log(), ElementsAre("spawn gateway#2"));
  world.ready("streamer");
  EXPECT_THAT(world.log(), ElementsAre("streamer ready"));
  world.ready("gateway");
  EXPECT_THAT(world.log(), ElementsAre("gateway ready", "spawn leader BTCUSDT#1"));
}

TEST(TreeBoot, ARestartOfWhatHasHadItsTurnDoesNotWait) {
  World world;
  world.boot();
  world.ready("mock");
  world.command(world.tree.terminate("mock", world.now));
  world.die("mock", kDone);
  world.log();
  EXPECT_EQ(world.command(world.tree.restart("mock", world.now)), Progress::kLater);
  EXPECT_THAT(world.log(), ElementsAre("spawn mock#2"));
}

TEST(TreeBoot, WhatIsTerminatedBeforeItsTurnIsNotStarted) {
  World world;
  world.tree.autostart("BTCUSDT", Wish::kOn);
  world.tree.autostart("ETHUSDT", Wish::kOn);
  world.boot();
  EXPECT_EQ(world.command(world.tree.terminate("gateway", world.now)), Progress::kDone);
  EXPECT_EQ(world.command(world.tree.terminate("leader BTCUSDT", world.now)), Progress::kDone);
  world.log();
  world.ready("mock");
  EXPECT_THAT(world.log(), ElementsAre("mock ready", "spawn leader ETHUSDT#1"));
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

TEST(TreeDeath, ALeaderThatCannotBeExecutedIsTriedAgainForAsLongAsItTakes) {
  World world;
  world.all_up({"BTCUSDT"});
  world.unspawnable = "leader BTCUSDT";
  world.die("leader BTCUSDT", kKilled);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(world.state("leader BTCUSDT"), State::kBackoff);
    EXPECT_EQ(world.tree.find("leader BTCUSDT")->life.reason(), "no such file");
    world.pass(milliseconds{5000});
  }
  world.unspawnable.clear();
  world.pass(milliseconds{5000});
  EXPECT_EQ(world.state("leader BTCUSDT"), State::kStarting);
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

TEST(TreeSilence, WhoWaitsToBeSpawnedMayBeSilent) {
  World world{{"mock"}};
  world.tree.boot(world.now);
  for (int i = 0; i < 60; ++i) {
    world.now += Tree::kSilenceCheck;
    world.tree.check_silence(world.now);
  }
  world.settle();
  EXPECT_THAT(world.log(), ElementsAre("spawn mock#1"));
}

TEST(Tree, AServiceIsSpawnedBeforeTheLeadersThatWait) {
  World world;
  world.all_up({"ETHUSDT"});
  for (const char* symbol : {"AUSDT", "BUSDT"}) world.tree.start_trading(symbol, world.now);
  world.tree.died("gateway", kKilled, world.now);
  world.tree.stop_trading("ETHUSDT", world.now);
  world.settle();
  EXPECT_THAT(world.log(), testing::IsSupersetOf({"SIGTERM leader ETHUSDT", "spawn gateway#2"}));
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

// It exits with 0 then too, but its cycles are not complete.
TEST(TreeCommand, WhatIsToldToStopWhileItFinishesHasNotFinished) {
  World world;
  world.all_up({"BTCUSDT"});
  world.command(world.tree.shutdown_trading("BTCUSDT", world.now));
  world.log();
  world.tree.shut_down(world.now);
  world.die("leader BTCUSDT", kDone);
  EXPECT_THAT(world.log(), testing::Not(testing::Contains("remember BTCUSDT off")));
}

TEST(TreeCommand, RenewIsAStopAndAStart) {
  World world;
  world.all_up({"BTCUSDT"});
  for (const std::string name : {"gateway", "leader BTCUSDT"}) {
    world.tree.renew(name, world.now);
    world.settle();
    EXPECT_THAT(world.log(), ElementsAre("SIGTERM " + name, "SIGCONT " + name));
    EXPECT_EQ(world.tree.restart(name, world.now).error().code, "restarting");
    world.die(name, kDone);
    EXPECT_THAT(world.log(), ElementsAre(name + " stopped", "spawn " + name + "#2"));
    world.ready(name);
    EXPECT_EQ(world.tree.find(name)->life.restarts(), 0u);
    world.die(name, kKilled);  // the next death is a death again
    EXPECT_EQ(world.tree.find(name)->life.restarts(), 1u);
    world.log();
  }
}

TEST(TreeCommand, RenewOfWhatIsDeafIsAKillAndAStart) {
  World world;
  world.all_up({"BTCUSDT"});
  world.tree.renew("leader BTCUSDT", world.now);
  world.pass(milliseconds{5000});
  world.die("leader BTCUSDT", kKilled);
  EXPECT_EQ(world.state("leader BTCUSDT"), State::kStarting);
  EXPECT_EQ(world.tree.find("leader BTCUSDT")->life.restarts(), 0u);
}

TEST(TreeCommand, RenewStartsWhatDoesNotRun) {
  World world;
  world.all_up({"BTCUSDT"});
  world.die("leader BTCUSDT", kGiveUp);
  ASSERT_EQ(world.state("leader BTCUSDT"), State::kHalted);
  world.tree.renew("leader BTCUSDT", world.now);
  world.settle();
  EXPECT_EQ(world.state("leader BTCUSDT"), State::kStarting);
}

TEST(TreeCommand, AUsersWishComesBeforeARenewal) {
  const auto renewed = [](World& world) {
    world.all_up({"BTCUSDT"});
    world.tree.renew("leader BTCUSDT", world.now);
    world.settle();
    world.log();
  };
  World stopped;
  renewed(stopped);
  stopped.command(stopped.tree.stop_trading("BTCUSDT", stopped.now));
  stopped.die("leader BTCUSDT", kDone);
  EXPECT_EQ(stopped.tree.find("leader BTCUSDT"), nullptr);

  World terminated;
  renewed(terminated);
  terminated.command(terminated.tree.terminate("leader BTCUSDT", terminated.now));
  terminated.die("leader BTCUSDT", kDone);
  EXPECT_EQ(terminated.state("leader BTCUSDT"), State::kStopped);

  World ended;
  renewed(ended);
  ended.tree.shut_down(ended.now);
  ended.die("leader BTCUSDT", kDone);
  EXPECT_EQ(ended.state("leader BTCUSDT"), State::kStopped);

  World finishing;
  renewed(finishing);
  EXPECT_EQ(finishing.tree.shutdown_trading("BTCUSDT", finishing.now), Progress::kDone);
  finishing.die("leader BTCUSDT", kDone);
  finishing.ready("leader BTCUSDT");
  EXPECT_THAT(finishing.log(), ElementsAre("remember BTCUSDT finish", "leader BTCUSDT stopped",
                                           "spawn leader BTCUSDT#2", "leader BTCUSDT ready",
                                           "finish leader BTCUSDT"));
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

TEST(TreeShutdown, WhoEndsOfSigtermStopsAsItShould) {
  for (const auto& exit : {ExitReason::killed(SIGTERM), ExitReason::exited(128 + SIGTERM)}) {
    World world;
    world.all_up({"BTCUSDT"});
    world.tree.shut_down(world.now);
    world.settle();
    world.log();
    world.die("leader BTCUSDT", exit);
    EXPECT_EQ(world.log().at(0), "leader BTCUSDT stopped") << exit.to_string();
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

TEST(TreeShutdown, WhoWasNotSpawnedYetHasStopped) {
  World world{{}};
  world.boot();
  world.tree.start_trading("BTCUSDT", world.now);
  EXPECT_EQ(world.tree.take_spawn().name, "leader BTCUSDT");
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
