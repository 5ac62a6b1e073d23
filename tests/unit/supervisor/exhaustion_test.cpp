// The machine runs out of something: that is told, nobody dies of it, and it goes on by itself when there is enough again.

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include "runtime/bus.h"
#include "tests/unit/supervisor/supervised_world.h"

namespace naive::supervisor {
namespace {

using testing::HasSubstr;

class Exhaustion : public SupervisedWorld {
 protected:
  /// Of the running supervisor, until it is lifted again: the soft limit may be raised up to the hard one.
  void limit(const std::string& resource, const std::string& soft) const {
    const std::string command =
        become_ + "prlimit --pid " + std::to_string(pid_) + " --" + resource + "=" + soft + ":";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
  }
  /// Both have failed more often than a crash may happen, and are still tried.
  void expect_failing(const std::string& why) {
    for (const char* program : {"gateway", "leader"}) {
      const std::string line = "cannot execute '" + (bin() / program).string() + "': " + why;
      EXPECT_TRUE(eventually([&] { return lines_with("reason " + line) > 4; }, 30s)) << line;
    }
    EXPECT_EQ(lines_with("crashed too often"), 0u);
  }
  void expect_recovery(const std::map<std::string, pid_t>& before) {
    ASSERT_TRUE(wait_for(kAll));
    const auto after = running();
    for (const char* bystander : {"binance_mock", "streamer", "ETHUSDT", "ETHUSDT/0"}) {
      EXPECT_EQ(after.at(bystander), before.at(bystander)) << bystander;
    }
  }
};

TEST_F(Exhaustion, NoDescriptorIsFree) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "counts descriptors, and a sanitizer has some of its own";
#endif
  behave("leader-BTCUSDT", "forks");
  start_all();
  ASSERT_TRUE(eventually([&] { return !runtime::read_text(run() / "stray").empty(); }));
  const pid_t stray = std::stoi(runtime::read_text(run() / "stray"));
  behave("leader-BTCUSDT", "");
  const auto before = running();
  limit("nofile", "12");  // all below are in use

  // libzmq aborts when it cannot accept, if it is let.
  runtime::Bus bus;
  runtime::Socket client{bus, runtime::Socket::Kind::kDealer};
  client.connect(run() / "control");
  client.send({R"({"status": {}})"});
  for (const char* name : {"gateway", "BTCUSDT"}) ::kill(before.at(name), SIGKILL);
  expect_failing("Too many open files");
  EXPECT_FALSE(is_alive(stray));
  EXPECT_FALSE(is_alive(before.at("BTCUSDT/0")));
  runtime::Frames answer;
  EXPECT_FALSE(client.receive(answer));

  limit("nofile", "256");
  EXPECT_TRUE(eventually([&] { return client.receive(answer); }));
  expect_recovery(before);
}

TEST_F(Exhaustion, ASoftLimitThatIsTooLowIsRaised) {
  become_ = "prlimit --nofile=12:256 ";
  start_all();
  for (const auto& [name, pid] : running()) {
    if (name.ends_with("/0")) continue;  // a fake leader's trader is its own affair
    rlimit limit{};
    ASSERT_EQ(::prlimit(pid, RLIMIT_NOFILE, nullptr, &limit), 0) << name;
    EXPECT_EQ(limit.rlim_cur, 256u) << name;
  }
}

TEST_F(Exhaustion, NoProcessCanBeMade) {
  if (::geteuid() == 0) {  // whom the kernel never limits
    constexpr uid_t kSomebody = 61'234;
    become_ = "setpriv --reuid " + std::to_string(kSomebody) + " --clear-groups ";
    const auto probe = become_ + "test -x " + supervisor().string();
    if (std::system(probe.c_str()) != 0) {
      GTEST_SKIP() << "setpriv is missing, or only root can read the build directory";
    }
    for (const auto& path : {run().parent_path(), run(), bin()}) {
      ASSERT_EQ(::chown(path.c_str(), kSomebody, kSomebody), 0) << path;
    }
  }
  start_all();
  const auto before = running();
  limit("nproc", "0");
  for (const char* name : {"gateway", "BTCUSDT"}) ::kill(before.at(name), SIGKILL);
  expect_failing("Resource temporarily unavailable");
  limit("nproc", "1000");
  expect_recovery(before);
}

TEST_F(Exhaustion, TheExecutablesAreGoneForAWhile) {
  start_all();
  const auto before = running();
  for (const char* program : {"gateway", "leader"}) {
    std::filesystem::rename(bin() / program, bin() / (std::string{program} + ".away"));
  }
  for (const char* name : {"gateway", "BTCUSDT"}) ::kill(before.at(name), SIGKILL);
  expect_failing("No such file or directory");
  for (const char* program : {"gateway", "leader"}) {
    std::filesystem::rename(bin() / (std::string{program} + ".away"), bin() / program);
  }
  expect_recovery(before);
}

}  // namespace
}  // namespace naive::supervisor
