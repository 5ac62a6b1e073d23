#include "naivectl/client.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <thread>

#include "runtime/directories.h"
#include "runtime/event_loop.h"
#include "runtime/program.h"
#include "runtime/unique_fd.h"
#include "tests/unit/runtime/temporary_directory.h"

namespace naive::naivectl {
namespace {

runtime::UniqueFd listener(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  runtime::UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(::listen(fd.get(), 10), 0);
  return fd;
}

runtime::ExitStatus follow(const std::filesystem::path& run_directory,
                           std::chrono::milliseconds patience) {
  try {
    follow_events(run_directory, [](const v1::Event&) {}, patience);
  } catch (const runtime::StartError& error) {
    return error.status();
  }
}

TEST(FollowEvents, NobodyThereIsToldAtOnce) {
  runtime::TemporaryDirectory directory;
  EXPECT_EQ(follow(directory.path(), std::chrono::hours{1}), runtime::kExitUnavailable);
}

TEST(FollowEvents, AMomentWithoutASupervisorIsNotItsEnd) {
  runtime::TemporaryDirectory directory;
  const auto path = runtime::Sockets{directory.path()}.events();
  constexpr std::chrono::milliseconds kPatience{300};
  runtime::TimePoint gone;
  std::thread supervisor{[&gone, fd = listener(path)]() mutable {
    const runtime::UniqueFd plain{::accept(fd.get(), nullptr, nullptr)};
    const runtime::UniqueFd subscriber{::accept(fd.get(), nullptr, nullptr)};
    gone = runtime::Clock::now();
    fd = {};
  }};
  EXPECT_EQ(follow(directory.path(), kPatience), runtime::kExitUnavailable);
  supervisor.join();
  EXPECT_GE(runtime::Clock::now() - gone, kPatience / 2);
}

}  // namespace
}  // namespace naive::naivectl
