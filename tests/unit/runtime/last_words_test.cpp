#include "runtime/last_words.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>

#include "runtime/log.h"

namespace naive::runtime {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;
using testing::SizeIs;

TEST(LastWords, AreReadAsTheyWereWritten) {
  auto [words, fd] = LastWords::make();
  ASSERT_TRUE(fd);
  EXPECT_THAT(words.read(), IsEmpty());
  words.write("one\n");
  words.write("\n");
  words.write("three\n");
  EXPECT_THAT(words.read(), ElementsAre("one", "", "three"));
}

TEST(LastWords, OnlyTheLastLinesAreKept) {
  auto [words, fd] = LastWords::make();
  for (int i = 0; i < 1000; ++i) words.write("line " + std::to_string(i) + '\n');
  const auto lines = words.read();
  ASSERT_THAT(lines, SizeIs(LastWords::kMostLines));
  EXPECT_EQ(lines.front(), "line 980");
  EXPECT_EQ(lines.back(), "line 999");
}

// Whatever the ring has written over is never shown as a line.
TEST(LastWords, EveryLineIsAWholeOne) {
  auto [words, fd] = LastWords::make();
  for (std::size_t length = 0; length < 2000; ++length) {
    const std::string line(length, static_cast<char>('a' + length % 26));
    words.write(line + '\n');
    for (const std::string& seen : words.read()) {
      ASSERT_EQ(seen, std::string(seen.size(), seen.empty() ? ' ' : seen.front())) << length;
    }
    ASSERT_EQ(words.read().back().substr(0, 900), line.substr(0, 900));
  }
}

TEST(LastWords, OthersBytesDoNoHarm) {
  auto [words, fd] = LastWords::make();
  words.write("caf\xc3\xa9 \xff\n");
  EXPECT_THAT(words.read(), ElementsAre("caf?? ?"));
}

TEST(LastWords, WithoutAParentNothingIsKept) {
  LastWords none;
  none.write("into the void\n");
  EXPECT_THAT(none.read(), IsEmpty());
}

/// Does `body` in a process of its own, which finds `fd` where a parent would have put it, and waits for its end.
int in_child(int fd, const std::function<void()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(fd, LastWords::kFd);
    body();
    std::_Exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST(LastWords, SurviveTheirWritersSigkill) {
  auto [words, fd] = LastWords::make();
  const int status = in_child(fd.get(), [] {
    ::dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);
    log::open("trader", log::Format::kText, log::Level::kInfo, LastWords::inherited());
    log::debug("not logged, so not kept");
    log::info("Placing BUY order", {{"slot", 0}});
    ::raise(SIGKILL);
  });
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_THAT(words.read(), ElementsAre(EndsWith("Placing BUY order slot=0")));
}

// Somebody who is started by hand may have anything open there.
TEST(LastWords, AStrangersDescriptorIsLeftAlone) {
  const auto refuses = [](int fd) {
    const int status = in_child(fd, [] {
      LastWords words = LastWords::inherited();
      words.write("mine\n");
      const bool still_open = ::fcntl(LastWords::kFd, F_GETFD) >= 0;
      std::_Exit(words.read().empty() && still_open ? 0 : 1);
    });
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  };
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  EXPECT_TRUE(refuses(pipe[0]));
  const UniqueFd file{::open("/proc/self/exe", O_RDONLY | O_CLOEXEC)};
  EXPECT_TRUE(refuses(file.get()));
}

}  // namespace
}  // namespace naive::runtime
