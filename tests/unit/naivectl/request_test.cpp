#include "naivectl/request.h"

#include <gtest/gtest.h>

#include <csignal>

#include "naivectl/commands.h"

namespace naive::naivectl {
namespace {

TEST(FullName, CompletesWhatUsersType) {
  EXPECT_EQ(full_name("BTCUSDT"), "leader BTCUSDT");
  EXPECT_EQ(full_name("BTCUSDT/0"), "trader BTCUSDT/0");
  EXPECT_EQ(full_name("gateway"), "gateway");
  EXPECT_EQ(full_name("streamer"), "streamer");
  EXPECT_EQ(full_name("binance_mock"), "binance_mock");
  EXPECT_EQ(full_name("leader BTCUSDT"), "leader BTCUSDT");
  EXPECT_EQ(full_name("trader BTCUSDT/0"), "trader BTCUSDT/0");
}

TEST(SignalNumber, ByNumberAndByName) {
  EXPECT_EQ(signal_number("9"), SIGKILL);
  EXPECT_EQ(signal_number("KILL"), SIGKILL);
  EXPECT_EQ(signal_number("SIGSTOP"), SIGSTOP);
  for (const char* text : {"", "SIG", "kill", "999", "-9", "9x", "0"}) {
    EXPECT_EQ(signal_number(text), 0) << text;
  }
}

TEST(KillRequest, TakesAPidOrAName) {
  EXPECT_EQ(kill_request("4711", 0).kill().pid(), 4711);
  EXPECT_EQ(kill_request("4711", 0).kill().name(), "");
  EXPECT_EQ(kill_request("BTCUSDT/0", 15).kill().name(), "trader BTCUSDT/0");
  EXPECT_EQ(kill_request("BTCUSDT/0", 15).kill().signal(), 15);
}

v1::ControlReply refusal(const std::string& code) {
  v1::ControlReply reply;
  reply.mutable_error()->set_code(code);
  return reply;
}

TEST(ExitStatus, FollowsSysexits) {
  v1::ControlReply ok;
  ok.set_ok(true);
  EXPECT_EQ(exit_status(ok), 0);
  EXPECT_EQ(exit_status(refusal("invalid_symbol")), 65);
  EXPECT_EQ(exit_status(refusal("bad_request")), 65);
  EXPECT_EQ(exit_status(refusal("unavailable")), 69);
  EXPECT_EQ(exit_status(refusal("timeout")), 75);
  EXPECT_EQ(exit_status(refusal("already_started")), 1);
  EXPECT_EQ(exit_status(refusal("not_found")), 1);
}

/// The request that a command line makes; the exit status where it makes none.
std::pair<int, std::string> parsed(std::vector<std::string> words) {
  words.insert(words.begin(), "naivectl");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  CommandLine line;
  const int status = line.parse(static_cast<int>(argv.size()), argv.data());
  testing::internal::GetCapturedStdout();
  testing::internal::GetCapturedStderr();
  return {status, line.request.ShortDebugString()};
}

TEST(CommandLine, EveryVerb) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"status"}, "status { }"},
      {{"tree"}, "status { }"},
      {{"why", "BTCUSDT/0"}, "last_crash { name: \"trader BTCUSDT/0\" }"},
      {{"children"}, "which_children { }"},
      {{"count"}, "count_children { }"},
      {{"start", "BTCUSDT"}, "start_trading { symbol: \"BTCUSDT\" }"},
      {{"stop", "BTCUSDT"}, "stop_trading { symbol: \"BTCUSDT\" }"},
      {{"shutdown", "BTCUSDT"}, "shutdown_trading { symbol: \"BTCUSDT\" }"},
      {{"stream", "start", "BTCUSDT"}, "start_streaming { symbol: \"BTCUSDT\" }"},
      {{"stream", "stop", "BTCUSDT"}, "stop_streaming { symbol: \"BTCUSDT\" }"},
      {{"restart", "gateway"}, "restart_child { name: \"gateway\" }"},
      {{"terminate", "BTCUSDT"}, "terminate_child { name: \"leader BTCUSDT\" }"},
      {{"clear", "BTCUSDT/1"}, "clear { name: \"trader BTCUSDT/1\" }"},
      {{"kill", "4711"}, "kill { pid: 4711 }"},
      {{"kill", "BTCUSDT/1", "--signal", "STOP"},
       "kill { name: \"trader BTCUSDT/1\" signal: " + std::to_string(SIGSTOP) + " }"},
      {{"kill", "--signal", "15", "gateway"}, "kill { name: \"gateway\" signal: 15 }"},
      {{"events", "--follow"}, ""},
  };
  for (const auto& [words, request] : cases) {
    EXPECT_EQ(parsed(words), std::make_pair(-1, request)) << words[0];
  }
}

TEST(CommandLine, WrongOnesAreUsageErrors) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                {"stat"},
                                                {"start"},
                                                {"start", "A", "B"},
                                                {"status", "--bogus"},
                                                {"stream"},
                                                {"kill", "gateway", "--signal", "NONE"},
                                                {"--timeout", "0", "status"},
                                                {"--timeout", "soon", "status"}}) {
    EXPECT_EQ(parsed(words).first, 64);
  }
}

TEST(CommandLine, OptionsMayComeBeforeOrAfterTheVerb) {
  EXPECT_EQ(parsed({"--json", "status"}).first, -1);
  EXPECT_EQ(parsed({"status", "--json", "--run-dir", "/x", "--timeout", "0.5"}).first, -1);
  EXPECT_EQ(parsed({"--help"}).first, 0);
}

}  // namespace
}  // namespace naive::naivectl
