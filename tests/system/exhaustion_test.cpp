// Leader and services run out of descriptors: that is told, nobody dies of it, and it goes on by itself when there are some again.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <list>
#include <map>
#include <zmq.hpp>

#include "tests/support/system.h"

namespace naive::test {
namespace {

using testing::HasSubstr;

/// A running process gets no new descriptor until this is gone. poll(2) wants the limit to be above the number of those that it is
/// given, which is smaller than of those that are open.
class NoDescriptors {
 public:
  explicit NoDescriptors(pid_t pid) : pid_(pid) {
    EXPECT_EQ(::prlimit(pid_, RLIMIT_NOFILE, nullptr, &before_), 0);
    const rlimit none{.rlim_cur = 12, .rlim_max = before_.rlim_max};
    EXPECT_EQ(::prlimit(pid_, RLIMIT_NOFILE, &none, nullptr), 0);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  ~NoDescriptors() { EXPECT_EQ(::prlimit(pid_, RLIMIT_NOFILE, &before_, nullptr), 0); }

 private:
  pid_t pid_;
  rlimit before_{};
};

TEST(OutOfDescriptors, ALeaderStartsItsTradersWhenItHasSomeAgain) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "counts descriptors, and a sanitizer has some of its own";
#endif
  System system{"[symbols.XRPUSDT]\nchunks = 2\n"};
  for (const std::uint32_t slot : {0U, 1U}) system.until_running("XRPUSDT", slot);
  const auto before = system.symbol("XRPUSDT");
  {
    const NoDescriptors none{before.leader().pid()};
    zmq::context_t context;
    zmq::socket_t stranger{context, zmq::socket_type::dealer};
    stranger.set(zmq::sockopt::linger, 0);
    stranger.connect("ipc://" + (system.run_directory() / "leader-XRPUSDT").string());
    ::kill(before.traders(0).pid(), SIGKILL);
    system.until("it has been tried more often than a crash may happen",
                 [&] { return system.trader("XRPUSDT", 0).restarts() >= 5; });
    const auto slot = system.trader("XRPUSDT", 0);
    EXPECT_EQ(slot.state(), "backoff");
    EXPECT_THAT(slot.reason(), HasSubstr("Too many open files"));
    EXPECT_EQ(system.trader("XRPUSDT", 1).pid(), before.traders(1).pid());
  }
  system.until_running("XRPUSDT", 0);
  const auto after = system.symbol("XRPUSDT");
  EXPECT_EQ(after.leader().pid(), before.leader().pid());
  EXPECT_EQ(after.traders(1).pid(), before.traders(1).pid());
  EXPECT_EQ(after.traders(0).cycle(), before.traders(0).cycle());
}

TEST(OutOfDescriptors, ServicesServeNewcomersWhenTheyHaveSomeAgain) {
  System system{"[symbols.XRPUSDT]\n"};
  system.until_running("XRPUSDT");
  const auto before = system.trader("XRPUSDT");
  const auto services = [&] {
    std::map<std::string, pid_t> pids;
    const auto status = system.status();
    for (const auto& service : status.services()) pids[service.name()] = service.pid();
    return pids;
  };
  const auto old = services();
  {
    std::list<NoDescriptors> none;
    for (const auto& [name, pid] : old) none.emplace_back(pid);
    ::kill(before.pid(), SIGKILL);
    system.until("its successor knocks", [&] {
      const auto now = system.trader("XRPUSDT");
      return now.pid() != 0 && now.incarnation() == before.incarnation() + 1;
    });
  }
  system.until_running("XRPUSDT");
  EXPECT_EQ(services(), old);
  system.until("it has bought", [&] {
    system.exchange().step("XRPUSDT", "0.43183");
    return !system.exchange().ledger().orders.empty();
  });
}

}  // namespace
}  // namespace naive::test
