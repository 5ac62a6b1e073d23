// What users ask for, and what they get when they ask for the wrong thing.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <naive/v1/link.pb.h>
#include <signal.h>

#include <zmq.hpp>

#include "tests/support/system.h"

namespace naive::test {
namespace {

using testing::HasSubstr;

constexpr const char* kXrp = "[symbols.XRPUSDT]\n";

TEST(Control, StartOfARunningSymbolNamesItsLeader) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  const auto reply = system.start_trading("XRPUSDT");
  EXPECT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().code(), "already_started");
  EXPECT_EQ(reply.error().pid(), system.symbol("XRPUSDT").leader().pid());
}

TEST(Control, AnUnknownSymbolIsRefusedAndLeavesNothingBehind) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  for (const char* wrong : {"NOSUCH", "HSRUSDT", "xrpusdt", "../../etc", ""}) {
    const auto reply = system.start_trading(wrong);
    EXPECT_FALSE(reply.ok()) << wrong;
    EXPECT_EQ(reply.error().code(), "invalid_symbol") << wrong;
    EXPECT_FALSE(reply.error().message().empty()) << wrong;
  }
  EXPECT_FALSE(std::filesystem::exists(system.state_directory() / "NOSUCH.sqlite"));
  const auto status = system.status();
  ASSERT_EQ(status.symbols_size(), 1);
  EXPECT_EQ(status.symbols(0).symbol(), "XRPUSDT");
  EXPECT_THAT(system.left_behind(), testing::SizeIs(6))
      << "supervisor, mock, gateway, streamer, leader, trader";
}

TEST(Control, SymbolsStartAndStopAtRunTime) {
  System system{kXrp};
  const auto started = system.start_trading("BTCUSDT");
  ASSERT_TRUE(started.ok()) << started.error().message();
  system.until_running("BTCUSDT");
  EXPECT_EQ(started.started().pid(), system.symbol("BTCUSDT").leader().pid());
  const pid_t trader = system.trader("BTCUSDT").pid();

  EXPECT_TRUE(system.stop_trading("BTCUSDT").ok());
  EXPECT_FALSE(is_alive(started.started().pid()));
  EXPECT_FALSE(is_alive(trader));
  EXPECT_EQ(system.stop_trading("NOSUCH").error().code(), "not_found");
}

TEST(Control, GarbageGetsAnErrorReply) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  for (const std::string garbage :
       {"{", "{\"no_such_command\": {}}", "\xff\xfe garbage", "{}", "[]", "42"}) {
    const std::string reply = system.ask_raw(garbage);
    EXPECT_THAT(reply, HasSubstr("bad_request")) << garbage;
  }
  EXPECT_THAT(system.ask_raw(std::string(1 << 20, 'x')), HasSubstr("bad_request"));
  EXPECT_THAT(system.ask_raw(R"({"status": {}})"), HasSubstr("\"symbols\""));
}

TEST(Control, JsonIsAnsweredWithJsonThatSaysNullForWhatIsNotThere) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  const std::string status = system.ask_raw(R"({"status": {}})");
  EXPECT_THAT(status, HasSubstr(R"("buy_order": null)"));
  EXPECT_THAT(status, HasSubstr(R"("slot": 0)"));
  EXPECT_THAT(status, HasSubstr(R"("phase": "AWAITING_PRICE")"));
}

TEST(Control, WhyTellsWhatATraderDiedOfAndWhatItHadSaid) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  v1::ControlRequest why;
  why.mutable_last_crash()->set_name("trader XRPUSDT/0");
  EXPECT_EQ(system.ask(why).error().code(), "not_found");
  system.exchange().step("XRPUSDT", "0.4318301");
  system.until_phase("XRPUSDT", "BUY_OPEN");
  const v1::TraderStatus before = system.trader("XRPUSDT");
  ::kill(before.pid(), SIGKILL);
  system.until("the crash is counted", [&] { return system.trader("XRPUSDT").deaths_size() == 1; });
  const v1::ControlReply reply = system.ask(why);
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  const v1::Crash& crash = reply.last_crash();
  EXPECT_EQ(crash.pid(), before.pid());
  EXPECT_EQ(crash.incarnation(), before.incarnation());
  EXPECT_EQ(crash.reason(), "killed by SIGKILL");
  EXPECT_EQ(crash.cycle(), 1u);
  EXPECT_GE(crash.revision(), 1u);
  EXPECT_THAT(crash.last_words(), testing::Contains(HasSubstr("Placing BUY order for XRPUSDT")));
}

TEST(Control, KillTakesNamesAndOwnPidsAndRefusesStrangers) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  v1::ControlRequest request;
  request.mutable_kill()->set_pid(::getpid());
  EXPECT_EQ(system.ask(request).error().code(), "not_found");

  const auto before = system.trader("XRPUSDT");
  request.mutable_kill()->set_pid(0);
  request.mutable_kill()->set_name("trader XRPUSDT/0");
  EXPECT_TRUE(system.ask(request).ok());
  system.until("the next incarnation runs", [&] {
    const auto now = system.trader("XRPUSDT");
    return now.incarnation() == before.incarnation() + 1 && now.state() == "running";
  });
}

TEST(Control, ChildrenAreListedAndCounted) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  v1::ControlRequest request;
  request.mutable_which_children();
  std::vector<std::string> names;
  const auto reply = system.ask(request);
  for (const auto& child : reply.children().children()) names.push_back(child.name());
  EXPECT_THAT(names,
              testing::IsSupersetOf({"binance_mock", "gateway", "streamer", "leader XRPUSDT"}));
  request.mutable_count_children();
  EXPECT_GE(system.ask(request).counts().active(), 4U);
}

/// A process that says it is a trader of another incarnation.
TEST(Leader, RefusesAStateUpdateOfATraderThatItIsNotAwareOf) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  const auto before = system.trader("XRPUSDT");

  zmq::context_t context;
  zmq::socket_t socket{context, zmq::socket_type::dealer};
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::rcvtimeo,
             static_cast<int>(std::chrono::milliseconds{kDeadline}.count()));
  socket.set(zmq::sockopt::routing_id, "trader XRPUSDT/0#999");
  socket.connect("ipc://" + (system.run_directory() / "leader-XRPUSDT").string());
  v1::TraderMessage message;
  message.set_slot(0);
  message.set_incarnation(999);
  message.mutable_state_updated()->set_revision(before.revision() + 1);
  message.mutable_state_updated()->mutable_state()->set_cycle(before.cycle());
  socket.send(zmq::buffer(message.SerializeAsString()));
  zmq::message_t frame;
  ASSERT_TRUE(socket.recv(frame));
  v1::LeaderMessage reply;
  ASSERT_TRUE(reply.ParseFromArray(frame.data(), static_cast<int>(frame.size())));
  EXPECT_TRUE(reply.has_state_refused());
  EXPECT_THAT(system.log(), HasSubstr("state update of a trader that the leader is not aware of"));
  EXPECT_EQ(system.trader("XRPUSDT").revision(), before.revision());
}

TEST(Supervisor, EndsInOrderWithinSixSecondsAndLeavesNothing) {
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
    System system{"[symbols.XRPUSDT]\n[symbols.BTCUSDT]\n"};
    system.until_running("XRPUSDT");
    system.until_running("BTCUSDT");
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(system.stop(signal_number), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{6});
    EXPECT_THAT(system.left_behind(), testing::IsEmpty());
    EXPECT_THAT(system.log(), testing::Not(HasSubstr("restart")));
    for (const auto& entry : std::filesystem::directory_iterator{system.run_directory()}) {
      EXPECT_FALSE(entry.is_socket()) << entry.path();
    }
  }
}

TEST(Supervisor, ASecondOneInTheSameDirectoriesIsRefused) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  const std::string command =
      fmt::format("{}/supervisor --config {} --run-dir {} --state-dir {} 2>&1", NAIVE_BIN,
                  (system.run_directory().parent_path() / "naive.toml").string(),
                  system.run_directory().string(), system.state_directory().string());
  FILE* pipe = ::popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  std::string output(4096, '\0');
  output.resize(::fread(output.data(), 1, output.size(), pipe));
  const int status = ::pclose(pipe);
  EXPECT_EQ(WEXITSTATUS(status), 75) << output;
  EXPECT_THAT(output, HasSubstr(fmt::format("pid {}", system.supervisor())));
  EXPECT_EQ(system.trader("XRPUSDT").state(), "running");
}

TEST(Exchange, SaysWhatIsWrongWithASignatureOrATimestamp) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  const Exchange& exchange = system.exchange();
  const auto no_key = exchange.get("/api/v3/account?timestamp=1&signature=00");
  EXPECT_EQ(no_key.status, 401);
  EXPECT_THAT(no_key.body, HasSubstr("-2014"));
  const auto stranger =
      exchange.get("/api/v3/account?timestamp=1&signature=00", std::string(64, 'x'));
  EXPECT_EQ(stranger.status, 401);
  EXPECT_THAT(stranger.body, HasSubstr("-2015"));
}

}  // namespace
}  // namespace naive::test
