#include "runtime/oom_kills.h"

#include <gtest/gtest.h>

#include <csignal>

#include "runtime/process.h"
#include "tests/unit/runtime/temporary_directory.h"

namespace naive::runtime {
namespace {

using supervision::ExitReason;

class OomKillsTest : public testing::Test {
 protected:
  void set(int count) const {
    std::ofstream{file()} << "low 7\noom 9\noom_kill " << count << "\noom_group_kill 5\n";
  }
  std::filesystem::path file() const { return directory_ / "memory.events"; }

  TemporaryDirectory directory_;
};

TEST_F(OomKillsTest, GrowthIsToldOnce) {
  set(3);
  OomKills kills{file()};
  EXPECT_FALSE(kills.have_grown());
  set(4);
  EXPECT_TRUE(kills.have_grown());
  EXPECT_FALSE(kills.have_grown());
}

TEST_F(OomKillsTest, WithoutACounterThereIsNoHint) {
  OomKills kills{file()};
  EXPECT_FALSE(kills.have_grown());
}

TEST_F(OomKillsTest, OnlySigkillThatWasNotOursMayHaveBeenTheKernels) {
  set(0);
  OomKills kills{file()};
  const auto explained = [&](const ExitReason& reason, const Child& child) {
    set(1);
    const std::string text = explain(reason, child, kills).to_string();
    set(0);
    kills.have_grown();
    return text;
  };
  Child child;
  EXPECT_EQ(explained(ExitReason::killed(SIGKILL), child), "killed by SIGKILL - out of memory?");
  EXPECT_EQ(explained(ExitReason::killed(SIGSEGV), child), "killed by SIGSEGV");
  EXPECT_EQ(explained(ExitReason::exited(9), child), "exited 9");
  EXPECT_EQ(explain(ExitReason::killed(SIGKILL), child, kills).to_string(), "killed by SIGKILL");
  child.signal(SIGKILL);
  EXPECT_EQ(explained(ExitReason::killed(SIGKILL), child), "killed by SIGKILL");
}

}  // namespace
}  // namespace naive::runtime
