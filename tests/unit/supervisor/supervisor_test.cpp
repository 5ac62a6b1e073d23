// The real supervisor with processes that only pretend.

#include <gmock/gmock.h>
#include <naive/v1/events.pb.h>

#include "runtime/bus.h"
#include "tests/unit/supervisor/supervised_world.h"

namespace naive::supervisor {
namespace {

using testing::HasSubstr;
using testing::Not;

class SupervisorProcess : public SupervisedWorld {
 protected:
  v1::ControlReply why(const std::string& name) const {
    v1::ControlRequest request;
    request.mutable_last_crash()->set_name(name);
    return ask(request);
  }
};

TEST_F(SupervisorProcess, StartsServicesInOrderThenLeaders) {
  start_all();
  const std::string text = log();
  const auto at = [&](const std::string& part) { return text.find(part); };
  EXPECT_LT(at("binance_mock is ready"), at("Starting gateway"));
  EXPECT_LT(at("gateway is ready"), at("Starting streamer"));
  EXPECT_LT(at("streamer is ready"), at("Starting new supervision tree to trade on BTCUSDT"));
  EXPECT_NE(at("Started trading on ETHUSDT"), std::string::npos);
  EXPECT_THAT(runtime::read_text(run() / "started-gateway"),
              HasSubstr("--rest-url http://127.0.0.1:4711 --ws-api-url "
                        "ws://127.0.0.1:4711/ws-api/v3 --key-file " +
                        (state() / "mock.key").string()));
}

TEST_F(SupervisorProcess, ItIsKnownWhatAServiceDiedOfAndWhatItHadSaid) {
  start_all();
  EXPECT_EQ(why("gateway").error().code(), "not_found");
  const pid_t old = running().at("gateway");
  ::kill(old, SIGKILL);
  ASSERT_TRUE(wait_for_new("gateway", old));
  const v1::ControlReply reply = why("gateway");
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  const v1::Crash& crash = reply.last_crash();
  EXPECT_EQ(crash.pid(), old);
  EXPECT_EQ(crash.incarnation(), 1u);
  EXPECT_EQ(crash.reason(), "killed by SIGKILL");
  EXPECT_THAT(crash.last_words(), testing::ElementsAre(HasSubstr("fake child has started")));
  EXPECT_EQ(why("nobody").error().code(), "not_found");
  EXPECT_EQ(why("trader BTCUSDT/0").error().code(), "running") << "which its leader answered";
  const v1::ServiceStatus gateway = status().services(1);
  ASSERT_EQ(gateway.deaths_size(), 1);
  EXPECT_EQ(gateway.deaths(0).reason(), "killed by SIGKILL");
  EXPECT_EQ(gateway.deaths(0).count(), 1u);
  EXPECT_GE(gateway.started(), crash.time());
}

TEST_F(SupervisorProcess, ReportsAsOtpDoes) {
  start_all();
  const pid_t old = running().at("gateway");
  ::kill(old, SIGKILL);
  ASSERT_TRUE(wait_for_new("gateway", old));
  EXPECT_THAT(log(), HasSubstr("SUPERVISOR REPORT Supervisor: supervisor. Context: "
                               "child_terminated. Reason: killed by SIGKILL. "
                               "Offender: id=gateway,pid=" +
                               std::to_string(old) + ". incarnation=1\n"));
  behave("leader-BADUSDT", "exit 3");
  EXPECT_FALSE(start_trading("BADUSDT").ok());
  EXPECT_EQ(lines_with("Context: start_error. Reason: exited 3. Offender: id=leader BADUSDT,pid="),
            4u);
  EXPECT_EQ(lines_with("Context: shutdown. Reason: reached_max_restart_intensity. "
                       "Offender: id=leader BADUSDT,pid="),
            1u);
}

TEST_F(SupervisorProcess, TheMockComesBackOnItsPort) {
  start_all();
  const pid_t old = running().at("binance_mock");
  ::kill(old, SIGKILL);
  ASSERT_TRUE(wait_for_new("binance_mock", old));
  EXPECT_THAT(runtime::read_text(run() / "started-binance_mock"), HasSubstr("--port 4711"));
}

TEST_F(SupervisorProcess, StartOfARunningSymbolNamesItsPid) {
  start_all();
  const auto reply = start_trading("BTCUSDT");
  EXPECT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().code(), "already_started");
  EXPECT_EQ(reply.error().pid(), running().at("BTCUSDT"));
}

TEST_F(SupervisorProcess, AWrongSymbolLeavesNothingBehind) {
  start_all();
  behave("leader-NOSUCH", "fail invalid_symbol NOSUCH is not a symbol of this exchange");
  for (int i = 0; i < 3; ++i) {
    const auto reply = start_trading("NOSUCH");
    EXPECT_EQ(reply.error().code(), "invalid_symbol");
    EXPECT_EQ(reply.error().message(), "NOSUCH is not a symbol of this exchange");
    EXPECT_EQ(state_of("NOSUCH"), "");
  }
  EXPECT_EQ(start_trading("no symbol").error().code(), "invalid_symbol");
  EXPECT_EQ(lines_with("Starting new supervision tree to trade on NOSUCH"), 3u);  // no loop
  EXPECT_THAT(runtime::read_text(state() / "symbols"), Not(HasSubstr("NOSUCH")));
}

TEST_F(SupervisorProcess, RemembersWhatUsersWantedThroughSigkill) {
  start_all();
  EXPECT_TRUE(start_trading("XRPUSDT").ok());
  EXPECT_TRUE(stop_trading("BTCUSDT").ok());
  EXPECT_EQ(stop_trading("BTCUSDT").error().code(), "not_found");
  send_signal(SIGKILL);
  wait_for_exit();
  EXPECT_EQ(leftovers(), 0);
  start();
  ASSERT_TRUE(wait_for({"ETHUSDT", "XRPUSDT"}));
  EXPECT_EQ(state_of("BTCUSDT"), "");
}

TEST_F(SupervisorProcess, StopsInOrderWithoutARestart) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    start_all();
    const auto begin = std::chrono::steady_clock::now();
    send_signal(number);
    EXPECT_EQ(wait_for_exit(), "exited 0");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
    EXPECT_EQ(leftovers(), 0);
    EXPECT_EQ(sockets_left(), 0u);
    const std::string text = log();
    EXPECT_THAT(text, Not(HasSubstr("died")));
    EXPECT_LT(text.find("Stopped trading on ETHUSDT"), text.find("streamer stopped"));
    EXPECT_LT(text.find("streamer stopped"), text.find("gateway stopped"));
    EXPECT_LT(text.find("gateway stopped"), text.find("binance_mock stopped"));
    std::filesystem::remove(directory_ / "log");
  }
}

TEST_F(SupervisorProcess, WhoDoesNotStopIsKilled) {
  behave("leader-BTCUSDT", "deaf");
  behave("gateway", "deaf");
  start_all("[supervision]\nshutdown_time = 300\n");
  const auto begin = std::chrono::steady_clock::now();
  send_signal(SIGTERM);
  EXPECT_EQ(wait_for_exit(), "exited 0");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 300ms);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
}

TEST_F(SupervisorProcess, ASuspendedChildStopsToo) {
  start_all();
  ::kill(running().at("BTCUSDT"), SIGSTOP);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(stop_trading("BTCUSDT").ok());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
}

TEST_F(SupervisorProcess, StopsInTheMiddleOfStartingMany) {
  std::string symbols;
  for (int i = 0; i < 60; ++i) symbols += "[symbols.A" + std::to_string(i) + "USDT]\n";
  start(symbols);
  ASSERT_TRUE(eventually([&] { return lines_with("Starting new supervision tree") >= 10; }));
  EXPECT_TRUE(status().symbols_size() == 60) << "answered between two starts";
  send_signal(SIGINT);
  EXPECT_EQ(wait_for_exit(), "exited 0");
  EXPECT_EQ(lines_with("died"), 0u);
}

TEST_F(SupervisorProcess, ASecondSignalKillsAtOnce) {
  behave("leader-BTCUSDT", "deaf");
  start_all("[supervision]\nshutdown_time = 60000\n");
  send_signal(SIGINT);
  EXPECT_TRUE(eventually([&] { return lines_with("Stopped trading on ETHUSDT") == 1; }));
  send_signal(SIGINT);
  EXPECT_EQ(wait_for_exit(), "exited 0");
}

TEST_F(SupervisorProcess, ASilentChildIsKilledAndRestarted) {
  start_all("[supervision]\nsilence_limit = 2000\n");
  const auto before = running();
  ::kill(before.at("ETHUSDT"), SIGSTOP);
  ASSERT_TRUE(wait_for_new("ETHUSDT", before.at("ETHUSDT")));
  EXPECT_THAT(log(), HasSubstr("leader ETHUSDT died - reason silent for 2000 ms"));
  EXPECT_EQ(running().at("BTCUSDT"), before.at("BTCUSDT"));
  EXPECT_EQ(running().at("gateway"), before.at("gateway"));
}

TEST_F(SupervisorProcess, NobodyIsBlamedForItsOwnSleep) {
  start_all("[supervision]\nsilence_limit = 2000\n");
  const auto before = running();
  send_signal(SIGSTOP);
  ::sleep(3);
  send_signal(SIGCONT);
  ::sleep(1);
  EXPECT_EQ(running(), before);
}

TEST_F(SupervisorProcess, ACrashLoopEndsInQuarantineUntilCleared) {
  behave("leader-BTCUSDT", "exit 1");
  start();
  ASSERT_TRUE(eventually([&] { return state_of("BTCUSDT") == "quarantined"; }));
  ASSERT_TRUE(wait_for({"ETHUSDT", "gateway"}));
  EXPECT_EQ(lines_with("Starting new supervision tree to trade on BTCUSDT"), 4u);
  behave("leader-BTCUSDT", "");
  v1::ControlRequest clear;
  clear.mutable_clear()->set_name("leader BTCUSDT");
  const auto reply = ask(clear);
  EXPECT_TRUE(reply.ok());
  EXPECT_EQ(reply.started().pid(), running().at("BTCUSDT"));
}

TEST_F(SupervisorProcess, LaterTheSameServiceJustTriesAgain) {
  start_all();
  behave("gateway", "fail port port 8080 is in use");
  const pid_t old = running().at("gateway");
  ::kill(old, SIGKILL);
  EXPECT_TRUE(eventually([&] { return lines_with("gateway will be started again") >= 2; }));
  behave("gateway", "");
  EXPECT_TRUE(wait_for_new("gateway", old));
}

TEST_F(SupervisorProcess, AMissingExecutableIsToldAsSuch) {
  std::filesystem::remove(bin() / "streamer");
  start();
  EXPECT_EQ(wait_for_exit(), "exited 75");
  EXPECT_THAT(log(), HasSubstr("cannot execute '" + (bin() / "streamer").string() +
                               "': No such file or directory"));
}

TEST_F(SupervisorProcess, ASecondOneIsRefusedWithOneLine) {
  start_all();
  EXPECT_EQ(wait_for_exit(launch()), "exited 75");
  EXPECT_EQ(lines_with(" error "), 1u);
  EXPECT_THAT(log(), HasSubstr("another supervisor (pid " + std::to_string(pid_) + ") is using '" +
                               run().string()));
  EXPECT_TRUE(wait_for(kAll));  // and the first one's sockets are still there
}

TEST_F(SupervisorProcess, ASlowSymbolHoldsUpNobody) {
  start_all();
  behave("leader-SLOWUSDT", "slow 1500");
  runtime::Bus bus;
  runtime::Socket slow{bus, runtime::Socket::Kind::kDealer};
  slow.connect(run() / "control");
  slow.send({R"({"start_trading": {"symbol": "SLOWUSDT"}})"});
  ASSERT_TRUE(eventually([&] { return state_of("SLOWUSDT") == "starting"; }));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(start_trading("XRPUSDT").ok());
  EXPECT_TRUE(stop_trading("XRPUSDT").ok());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s);
  runtime::Frames answer;
  EXPECT_FALSE(slow.receive(answer));
  ASSERT_TRUE(eventually([&] { return slow.receive(answer); }));
  EXPECT_THAT(answer.at(0), HasSubstr("\"started\": {\"pid\": "));
}

TEST_F(SupervisorProcess, ShutdownLetsTheLeaderFinish) {
  start_all();
  v1::ControlRequest request;
  request.mutable_shutdown_trading()->set_symbol("BTCUSDT");
  EXPECT_TRUE(ask(request).ok());
  EXPECT_TRUE(eventually([&] { return state_of("BTCUSDT").empty(); }));
  EXPECT_THAT(log(), Not(HasSubstr("died")));
  EXPECT_EQ(runtime::read_text(state() / "symbols"), "BTCUSDT off\n");
}

TEST_F(SupervisorProcess, AStopWhileARestartIsPendingIsTheEndOfIt) {
  behave("leader-BTCUSDT", "exit 1");
  start("[symbols.BTCUSDT]\n[symbols.ETHUSDT]\n[supervision]\nmax_restarts = 1000\n");
  const std::string starting = "Starting new supervision tree to trade on BTCUSDT";
  // By now it waits for a second and more between two starts.
  ASSERT_TRUE(eventually([&] { return lines_with(starting) >= 6; }, 30s));
  EXPECT_TRUE(stop_trading("BTCUSDT").ok());
  const std::size_t starts = lines_with(starting);
  EXPECT_EQ(stop_trading("BTCUSDT").error().code(), "not_found");
  behave("leader-BTCUSDT", "");
  EXPECT_TRUE(start_trading("BTCUSDT").ok());
  EXPECT_EQ(lines_with(starting), starts + 1);
}

// Both are answered when it has ended, whatever it has ended of.
TEST_F(SupervisorProcess, TwoWhoStopTheSameSymbolAndOneWhoKillsItMeanwhile) {
  behave("leader-BTCUSDT", "deaf");
  start_all("[supervision]\nshutdown_time = 3600000\n");
  const pid_t leader = running().at("BTCUSDT");
  runtime::Bus bus;
  runtime::Socket first{bus, runtime::Socket::Kind::kDealer};
  runtime::Socket second{bus, runtime::Socket::Kind::kDealer};
  runtime::Frames answer;
  for (runtime::Socket* socket : {&first, &second}) {
    socket->connect(run() / "control");
    socket->send({R"({"stop_trading": {"symbol": "BTCUSDT"}})"});
    socket->send({R"({"status": {}})"});  // answered at once, and after the first was understood
    ASSERT_TRUE(eventually([&] { return socket->receive(answer); }));
    EXPECT_THAT(answer.at(0), HasSubstr(R"("state": "stopping")"));
  }
  EXPECT_TRUE(kill_pid(leader).ok());
  for (runtime::Socket* socket : {&first, &second}) {
    ASSERT_TRUE(eventually([&] { return socket->receive(answer); }));
    EXPECT_THAT(answer.at(0), HasSubstr(R"("ok": true)"));
  }
  EXPECT_EQ(state_of("BTCUSDT"), "");
  EXPECT_THAT(log(), Not(HasSubstr("died")));
}

TEST_F(SupervisorProcess, EventsAreNumberedWithoutGapsAndDownComesBeforeUp) {
  start_all();
  runtime::Bus bus;
  runtime::Socket events{bus, runtime::Socket::Kind::kSub};
  events.subscribe("");
  events.connect(run() / "events");
  // A subscription takes its time, and nobody tells when it is there.
  ASSERT_TRUE(eventually([&] {
    runtime::Frames frames;
    return start_trading("XRPUSDT").ok() && stop_trading("XRPUSDT").ok() && events.receive(frames);
  }));
  const pid_t old = running().at("BTCUSDT");
  ::kill(old, SIGKILL);
  std::vector<std::string> story;
  std::uint64_t last = 0;
  EXPECT_TRUE(eventually([&] {
    runtime::Frames frames;
    while (events.receive(frames)) {
      v1::Event event;
      EXPECT_TRUE(event.ParseFromString(frames.at(0)));
      EXPECT_TRUE(last == 0 || event.sequence() == last + 1) << event.sequence();
      last = event.sequence();
      EXPECT_GT(event.time(), 0);
      if (event.name().ends_with(" XRPUSDT") || event.name().contains(" XRPUSDT/")) continue;
      story.push_back(event.name() + ' ' + v1::Event::What_Name(event.what()));
    }
    return story.size() >= 5;
  }));
  EXPECT_THAT(story, testing::ElementsAre("trader BTCUSDT/0 DIED", "leader BTCUSDT DIED",
                                          "leader BTCUSDT STARTED", "trader BTCUSDT/0 STARTED",
                                          "leader BTCUSDT READY"));
}

TEST_F(SupervisorProcess, FailuresAndCommandsLeakNothing) {
  start_all();
  behave("leader-NOSUCH", "fail invalid_symbol no");
  const auto descriptors = [&] {
    const auto directory = "/proc/" + std::to_string(pid_) + "/fd";
    return std::distance(std::filesystem::directory_iterator{directory}, {});
  };
  start_trading("NOSUCH");
  const auto before = descriptors();
  for (int i = 0; i < 30; ++i) start_trading("NOSUCH");
  EXPECT_TRUE(eventually([&] { return descriptors() <= before; }))
      << before << " -> " << descriptors();
}

// As from a shell script that had something in the background and then became the supervisor by exec.
TEST_F(SupervisorProcess, LeavesChildrenAloneThatItNeverStarted) {
  std::ofstream{directory_ / "c.toml"}
      << "[defaults]\nbudget = \"100\"\n[symbols.BTCUSDT]\n[symbols.ETHUSDT]\n";
  pid_ = launch("sleep 1000 & echo $! > " + (directory_ / "sleeper").string() + "; ");
  ASSERT_TRUE(wait_for(kAll));
  const pid_t sleeper = std::stoi(runtime::read_text(directory_ / "sleeper"));
  const pid_t old = running().at("BTCUSDT");
  ::kill(old, SIGKILL);
  ASSERT_TRUE(wait_for_new("BTCUSDT", old));
  EXPECT_TRUE(is_alive(sleeper));
  ::kill(sleeper, SIGKILL);
}

TEST_F(SupervisorProcess, OutlivesTheTerminalWhenStartedWithNohup) {
  std::ofstream{directory_ / "c.toml"}
      << "[defaults]\nbudget = \"100\"\n[symbols.BTCUSDT]\n[symbols.ETHUSDT]\n";
  pid_ = launch("trap '' HUP CHLD; ");
  ASSERT_TRUE(wait_for(kAll));
  send_signal(SIGHUP);
  const pid_t old = running().at("BTCUSDT");
  ::kill(old, SIGKILL);
  EXPECT_TRUE(wait_for_new("BTCUSDT", old));
  send_signal(SIGTERM);
  EXPECT_EQ(wait_for_exit(), "exited 0");
}

TEST_F(SupervisorProcess, MistakesOfANewUserAreOneLineEach) {
  start("[symbols.BTCUSDT]\nchunks = 0\n");
  EXPECT_EQ(wait_for_exit(), "exited 78");
  EXPECT_THAT(log(), HasSubstr("c.toml:4:10: chunks = 0 in [symbols.BTCUSDT] is not"));
  std::filesystem::permissions(run(), std::filesystem::perms{0755});
  start();
  EXPECT_EQ(wait_for_exit(), "exited 78");
  EXPECT_THAT(log(), HasSubstr("must be yours alone"));
  EXPECT_EQ(lines_with(" error "), 2u);
  EXPECT_EQ(lines_with("\n"), 2u);
}

}  // namespace
}  // namespace naive::supervisor
