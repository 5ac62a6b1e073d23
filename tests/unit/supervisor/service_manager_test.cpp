// The real supervisor, started as a service manager starts it.

#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <vector>

#include "tests/unit/supervisor/supervised_world.h"

namespace naive::supervisor {
namespace {

using testing::Contains;
using testing::Not;

/// The other end of sd_notify(3).
class Notified : public SupervisedWorld {
 protected:
  /// `path`: as in NOTIFY_SOCKET.
  void listen(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path[0] == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    socket_ = runtime::UniqueFd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    ASSERT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
  }
  void start_with(const std::string& environment) {
    std::ofstream{directory_ / "c.toml"} << "[defaults]\nbudget = \"100\"\n[symbols.BTCUSDT]\n";
    pid_ = launch(environment);
  }
  /// Everything up to this message; without it when it did not come.
  std::vector<std::string> until(const std::string& last) const {
    std::vector<std::string> messages;
    pollfd readable{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    while (::poll(&readable, 1, 10'000) == 1) {
      std::array<char, 512> text{};
      const auto size = ::recv(socket_.get(), text.data(), text.size(), 0);
      messages.emplace_back(text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
      if (messages.back() == last) break;
    }
    return messages;
  }

  runtime::UniqueFd socket_;
};

TEST_F(Notified, IsToldWhenItIsReadyWhatItDoesAndWhenItStops) {
  const std::string path = directory_ / "notify";
  listen(path);
  start_with("NOTIFY_SOCKET=" + path + " ");
  const auto booting = until("READY=1");
  EXPECT_THAT(booting, Contains("READY=1"));
  EXPECT_THAT(booting, Contains("STATUS=2 of 3 services and 0 of 1 symbols run"));
  EXPECT_THAT(booting, Not(Contains("WATCHDOG=1"))) << "which nobody had asked for";
  EXPECT_THAT(until("STATUS=3 of 3 services and 1 of 1 symbols run"), Not(Contains("READY=1")));
  send_signal(SIGTERM);
  EXPECT_THAT(until("STOPPING=1"), Contains("STOPPING=1"));
  EXPECT_EQ(wait_for_exit(), "exited 0");
}

TEST_F(Notified, AnAbstractSocketWillDoAndTheWatchdogIsFed) {
  const std::string name = "@naive-test-" + std::to_string(::getpid());
  listen(name);
  start_with("NOTIFY_SOCKET=" + name + " WATCHDOG_USEC=20000 ");
  for (int i = 0; i < 3; ++i) EXPECT_THAT(until("WATCHDOG=1"), Contains("WATCHDOG=1"));
}

TEST_F(Notified, AnothersWatchdogIsNotOurs) {
  const std::string path = directory_ / "notify";
  listen(path);
  start_with("NOTIFY_SOCKET=" + path + " WATCHDOG_PID=1 WATCHDOG_USEC=1000 ");
  EXPECT_THAT(until("STATUS=3 of 3 services and 1 of 1 symbols run"), Not(Contains("WATCHDOG=1")));
}

TEST_F(Notified, NobodyAtTheSocketIsNoReasonNotToTrade) {
  start_with("NOTIFY_SOCKET=/no/such/socket WATCHDOG_USEC=20000 ");
  EXPECT_TRUE(wait_for({"BTCUSDT"}));
}

}  // namespace
}  // namespace naive::supervisor
