#include "supervisor/handover.h"

#include <gtest/gtest.h>

#include "runtime/program.h"
#include "supervisor/command_lines.h"

namespace naive::supervisor {
namespace {

using namespace std::chrono_literals;
using supervision::ChildState;
using supervision::ExitReason;
using supervision::State;

const TimePoint kNow{1h};

std::unique_ptr<Tree> make_tree() {
  return std::make_unique<Tree>(SupervisionSettings{}, std::vector<std::string>{"gateway"},
                                [] { return 0.0; });
}

/// A tree in which something of everything has happened.
std::unique_ptr<Tree> eventful_tree() {
  auto tree = make_tree();
  for (const char* symbol : {"AUSDT", "BUSDT", "CUSDT", "DUSDT"})
    tree->autostart(symbol, Wish::kOn);
  tree->boot(kNow);
  tree->spawned("gateway", 100);
  tree->heard("gateway", 1, kNow);
  tree->ready("gateway", "http://127.0.0.1:1", kNow);
  pid_t pid = 101;
  for (const auto& [name, leader] : tree->leaders()) tree->spawned(name, pid++);
  tree->ready("leader AUSDT", "", kNow);
  EXPECT_TRUE(tree->shutdown_trading("AUSDT", kNow));
  tree->died("leader BUSDT", ExitReason::killed(9), kNow);  // at once again
  tree->died("leader BUSDT", ExitReason::killed(9), kNow);  // and now after a while
  tree->failed("leader CUSDT", "store_unusable", "torn");
  tree->died("leader CUSDT", ExitReason::exited(78), kNow);
  EXPECT_TRUE(tree->terminate("leader DUSDT", kNow));
  tree->take_actions();
  return tree;
}

v1::Handover written(const Tree& tree) {
  v1::Handover handover;
  write(tree.memory(), handover);
  return handover;
}

TEST(Handover, ATreeGoesOnWhereAnotherHasStopped) {
  const auto before = eventful_tree();
  const v1::Handover handover = written(*before);
  auto after = make_tree();
  after->resume(read_tree(handover), kNow + 1s);
  EXPECT_EQ(written(*after).DebugString(), handover.DebugString());
  EXPECT_TRUE(after->booted());
  EXPECT_EQ(after->next_deadline(), before->next_deadline());
  EXPECT_EQ(after->find("leader BUSDT")->life.state(), State::kBackoff);
  EXPECT_EQ(after->find("leader CUSDT")->failure_code, "store_unusable");
  EXPECT_TRUE(after->find("leader AUSDT")->finishing);
  EXPECT_EQ(after->find("gateway")->last_heard, kNow + 1s);
  EXPECT_TRUE(after->take_actions().empty());
}

TEST(Handover, CrashesStillCount) {
  auto after = make_tree();
  after->resume(read_tree(written(*eventful_tree())), kNow);
  for (int i = 0; i < 2; ++i) {
    after->tick(kNow + 4s);
    after->died("leader BUSDT", ExitReason::killed(9), kNow + 4s);
  }
  EXPECT_EQ(after->find("leader BUSDT")->life.state(), State::kQuarantined);
}

TEST(Handover, WhatIsStartedLaterIsNotInherited) {
  auto after = make_tree();
  after->resume(read_tree(written(*eventful_tree())), kNow);
  EXPECT_TRUE(after->find("gateway")->inherited);
  after->renew("gateway", kNow);
  EXPECT_TRUE(after->find("gateway")->inherited);
  after->died("gateway", ExitReason::exited(0), kNow);
  EXPECT_FALSE(after->find("gateway")->inherited);
}

TEST(Handover, DoesNotFitOtherServicesNorStatesOfALaterVersion) {
  Config config;
  v1::Handover handover;
  for (const std::string& name : services(config)) {
    v1::Place& place = *handover.add_services();
    place.set_name(name);
    place.set_state(v1::Place::RUNNING);
  }
  EXPECT_NO_THROW(require_fit(handover, config));
  handover.mutable_services(0)->set_state(static_cast<v1::Place::State>(99));
  EXPECT_THROW(require_fit(handover, config), runtime::ConfigError);
  handover.mutable_services()->RemoveLast();
  handover.mutable_services(0)->set_state(v1::Place::RUNNING);
  EXPECT_THROW(require_fit(handover, config), runtime::ConfigError);
}

}  // namespace
}  // namespace naive::supervisor
