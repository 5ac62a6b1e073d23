#include "runtime/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <functional>

#include "runtime/check.h"
#include "runtime/program.h"

namespace naive::log {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

std::string written(Format format, Level level, const std::function<void()>& action) {
  testing::internal::CaptureStderr();
  open("leader", format, level);
  action();
  return testing::internal::GetCapturedStderr();
}

std::string text(const std::function<void()>& action) {
  return written(Format::kText, Level::kInfo, action);
}
std::string json(const std::function<void()>& action) {
  return written(Format::kJson, Level::kInfo, action);
}

TEST(Log, ALineIsTimeLevelProcessSentenceAndTail) {
  const std::string line = text([] {
    info("BTCUSDT trader died - reason killed by SIGKILL - trying to restart",
         {{"slot", 0}, {"incarnation", 3u}, {"id", "n1-BTCUSDT-0-c-B1"}});
  });
  EXPECT_THAT(line,
              MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z info "
                           "leader\\[[0-9]+\\] BTCUSDT trader died - reason killed by SIGKILL - "
                           "trying to restart slot=0 incarnation=3 id=n1-BTCUSDT-0-c-B1\n"));
  EXPECT_THAT(line, HasSubstr("leader[" + std::to_string(::getpid()) + "]"));
}

TEST(Log, ValuesThatAreNotOneWordAreQuoted) {
  const std::string line = text([] {
    info("x",
         {{"a", "two words"}, {"b", ""}, {"c", "say \"no\""}, {"d", "one\ntwo"}, {"e", "plain"}});
  });
  EXPECT_THAT(line, HasSubstr(R"(x a="two words" b="" c="say \"no\"" d="one\u000atwo" e=plain)"));
}

TEST(Log, OneCallIsOneLine) {
  const std::string line = text([] { info("first\nsecond\tthird"); });
  EXPECT_THAT(line, HasSubstr("first second third\n"));
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
}

TEST(Log, SaysNothingBelowItsLevel) {
  EXPECT_THAT(written(Format::kText, Level::kWarn, [] { info("quiet"); }), IsEmpty());
  EXPECT_THAT(written(Format::kText, Level::kWarn, [] { warn("loud"); }), HasSubstr("loud"));
  EXPECT_THAT(written(Format::kText, Level::kDebug, [] { debug("all"); }), HasSubstr("all"));
  EXPECT_THAT(written(Format::kText, Level::kError, [] { warn("quiet"); }), IsEmpty());
}

TEST(Log, TheSameCallGivesJson) {
  const std::string line = json([] {
    warn("a \"quoted\" word\n", {{"slot", 0},
                                 {"big", std::uint64_t{18446744073709551615u}},
                                 {"negative", -5},
                                 {"path", "C:\\x"}});
  });
  EXPECT_THAT(
      line,
      MatchesRegex("\\{\"time\":\"[^\"]+Z\",\"level\":\"warning\",\"process\":\"leader\",\"pid\":"
                   "[0-9]+,\"message\":.*\\}\n"));
  EXPECT_THAT(
      line, HasSubstr(R"("message":"a \"quoted\" word\u000a","slot":0,"big":18446744073709551615,)"
                      R"("negative":-5,"path":"C:\\x"})"));
}

[[noreturn]] void log_to_nobody() {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) std::_Exit(1);
  ::close(ends[0]);
  ::dup2(ends[1], STDERR_FILENO);
  open("leader", Format::kText, Level::kInfo);
  info("into the void");
  std::_Exit(7);
}

TEST(Log, AReaderThatGoesAwayTakesNobodyAlong) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(log_to_nobody(), testing::ExitedWithCode(7), "");
}

/// stderr as a pipe that nobody reads unless told to.
class Stuck {
 public:
  explicit Stuck(Format format) {
    EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0);
    ::dup2(ends_[1], STDERR_FILENO);
    open("leader", format, Level::kInfo);
  }
  Stuck(const Stuck&) = delete;
  Stuck& operator=(const Stuck&) = delete;
  ~Stuck() {
    ::dup2(stderr_, STDERR_FILENO);
    for (const int fd : {ends_[0], ends_[1], stderr_}) ::close(fd);
  }

  /// All that has been written.
  std::string read() const {
    std::string text;
    pollfd readable{.fd = ends_[0], .events = POLLIN, .revents = 0};
    for (std::array<char, 4096> part{}; ::poll(&readable, 1, 0) == 1;) {
      const ssize_t length = ::read(ends_[0], part.data(), part.size());
      if (length <= 0) break;
      text.append(part.data(), static_cast<std::size_t>(length));
    }
    return text;
  }

 private:
  int stderr_ = ::dup(STDERR_FILENO);
  std::array<int, 2> ends_{};
};

TEST(Log, WaitsForNobodyWhoDoesNotReadAndSaysWhatIsMissing) {
  for (const Format format : {Format::kText, Format::kJson}) {
    const Stuck stuck{format};
    constexpr int kMoreThanAPipeHolds = 20'000;
    for (int i = 0; i < kMoreThanAPipeHolds; ++i) info("nobody reads this");
    const std::string before = stuck.read();
    const auto arrived = std::count(before.begin(), before.end(), '\n');
    EXPECT_GT(arrived, 0);
    EXPECT_TRUE(before.ends_with('\n'));

    info("but this");
    const std::string missing = std::to_string(kMoreThanAPipeHolds - arrived);
    const std::string after = stuck.read();
    EXPECT_THAT(after, HasSubstr(format == Format::kJson ? "\"lines\":" + missing + "}\n"
                                                         : " lines=" + missing + "\n"));
    EXPECT_LT(after.find(missing), after.find("but this"));
    info("and this");
    EXPECT_EQ(std::ranges::count(stuck.read(), '\n'), 1);
  }
}

TEST(RunMain, TurnsFailuresIntoALineAndAStatus) {
  int status = 0;
  EXPECT_THAT(text([&] {
                status = runtime::run_main([]() -> int { throw runtime::ConfigError("no key"); });
              }),
              HasSubstr("error leader[" + std::to_string(::getpid()) + "] no key\n"));
  EXPECT_EQ(status, 78);
  EXPECT_THAT(
      text([&] { status = runtime::run_main([]() -> int { throw std::runtime_error("a bug"); }); }),
      HasSubstr("a bug"));
  EXPECT_EQ(status, 70);
  EXPECT_EQ(runtime::run_main([] { return 5; }), 5);
}

TEST(Check, ABrokenInvariantAborts) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  open("leader", Format::kText, Level::kInfo);
  EXPECT_EXIT(NAIVE_CHECK(1 + 1 == 3), testing::KilledBySignal(SIGABRT),
              "broken invariant: 1 \\+ 1 == 3 at ");
  NAIVE_CHECK(1 + 1 == 2);
}

}  // namespace
}  // namespace naive::log
