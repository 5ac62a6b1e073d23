// The real binary, as a user or the supervisor starts it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "runtime/unique_fd.h"

extern char** environ;

namespace naive::binance_mock {
namespace {

using testing::HasSubstr;

const std::string kData = NAIVE_DATA_DIR;
const std::string kInfo = kData + "/exchange-info/2025-08-07-25symbols.json.gz";

/// A binance_mock that runs; what it logs is read line by line.
class Program {
 public:
  explicit Program(std::vector<std::string> arguments) {
    std::array<int, 2> pipe{};
    EXPECT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
    runtime::UniqueFd write_end{pipe[1]};
    output_ = runtime::UniqueFd{pipe[0]};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, write_end.get(), STDERR_FILENO);
    arguments.insert(arguments.begin(), NAIVE_BINANCE_MOCK);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    EXPECT_EQ(::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ), 0);
    ::posix_spawn_file_actions_destroy(&actions);
  }
  ~Program() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// The next line; "" at the end of the output.
  std::string line() {
    std::string text;
    char c = 0;
    while (::read(output_.get(), &c, 1) == 1 && c != '\n') text += c;
    return text;
  }
  void signal(int number) const { ::kill(pid_, number); }
  int wait() {
    int status = 0;
    ::waitpid(std::exchange(pid_, 0), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_ = 0;
  runtime::UniqueFd output_;
};

std::string port_of(const std::string& line) {
  const auto colon = line.find("http://127.0.0.1:");
  EXPECT_NE(colon, std::string::npos) << line;
  const auto begin = line.rfind(':', line.find(' ', colon)) + 1;
  return line.substr(begin, line.find(' ', begin) - begin);
}

TEST(Process, TellsItsAddressAndEndsOnSigterm) {
  Program program({"--exchange-info", kInfo, "--port", "0", "--pace", "stepped"});
  EXPECT_THAT(program.line(), HasSubstr("the exchange listens on http://127.0.0.1:"));
  program.signal(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST(Process, APortInUseIsOneClearLineAndExit78) {
  Program first({"--exchange-info", kInfo, "--port", "0"});
  const std::string port = port_of(first.line());
  Program second({"--exchange-info", kInfo, "--port", port});
  EXPECT_THAT(second.line(), HasSubstr("cannot listen on 127.0.0.1:" + port));
  EXPECT_EQ(second.line(), "");
  EXPECT_EQ(second.wait(), 78);
}

struct BadStart {
  std::string name;
  std::vector<std::string> arguments;
  std::string message;
};
void PrintTo(const BadStart& one, std::ostream* out) { *out << one.name; }

class BadStarts : public testing::TestWithParam<BadStart> {};

TEST_P(BadStarts, AreOneClearLineAndExit78) {
  auto arguments = GetParam().arguments;
  arguments.insert(arguments.end(), {"--exchange-info", kInfo, "--port", "0"});
  Program program(arguments);
  EXPECT_THAT(program.line(), HasSubstr(GetParam().message));
  EXPECT_EQ(program.line(), "");
  EXPECT_EQ(program.wait(), 78);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadStarts,
    testing::Values(
        BadStart{"MissingTape", {"--tape", "/no/such.gz"}, "cannot read the tape '/no/such.gz'"},
        BadStart{"TapeThatIsNone", {"--tape", kInfo}, "symbols.json.gz' holds no trades"},
        BadStart{"MissingInfo", {"--exchange-info", "/no/info"}, "the exchange info '/no/info'"},
        BadStart{"InfoThatIsNone",
                 {"--exchange-info", kData + "/PROVENANCE.md"},
                 "PROVENANCE.md' is not the answer of GET /api/v3/exchangeInfo"},
        BadStart{"MissingPrices", {"--prices", "/no/prices"}, "the prices '/no/prices'"},
        BadStart{"Pace", {"--pace", "fast"}, "--pace 'fast' is not a pace"},
        BadStart{"Balance", {"--balance", "USDT"}, "--balance 'USDT' is not ASSET=AMOUNT"},
        BadStart{"Bind", {"--bind", "localhost"}, "--bind 'localhost' is not an IP address"},
        BadStart{"KeyFile", {"--key-file", "/no/key"}, "'/no/key'"}),
    [](const auto& one) { return one.param.name; });

TEST(Process, GoesOnWithItsBookAfterKill9) {
  const std::string book = testing::TempDir() + "naive-process-book-" + std::to_string(::getpid());
  for (const bool again : {false, true}) {
    Program program({"--exchange-info", kInfo, "--port", "0", "--book", book});
    if (again) {
      EXPECT_THAT(program.line(), HasSubstr("goes on with its book"));
    }
    EXPECT_THAT(program.line(), HasSubstr("the exchange listens"));
    program.signal(SIGKILL);
    EXPECT_EQ(program.wait(), -SIGKILL);
  }
  ::unlink(book.c_str());
}

TEST(Process, AnUnknownOptionIsAUsageError) {
  Program program({"--exchange-info", kInfo, "--tepe", "x"});
  EXPECT_EQ(program.wait(), 64);
}

}  // namespace
}  // namespace naive::binance_mock
