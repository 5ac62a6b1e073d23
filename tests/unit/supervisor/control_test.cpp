#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <naive/v1/supervision.pb.h>
#include <unistd.h>

#include "proto/json.h"
#include "runtime/bus.h"
#include "supervisor/announcer.h"
#include "supervisor/control_socket.h"
#include "supervisor/snapshot.h"
#include "supervisor/waiting.h"
#include "tests/unit/runtime/temporary_directory.h"

namespace naive::supervisor {
namespace {

using runtime::Frames;
using runtime::Socket;
using testing::ElementsAre;
using testing::HasSubstr;
using What = Transition::What;

TEST(ParseRequest, JsonAndProtobufAreTheSame) {
  v1::ControlRequest request;
  request.mutable_start_trading()->set_symbol("BTCUSDT");
  for (const std::string& payload :
       {request.SerializeAsString(), std::string{R"({"start_trading": {"symbol": "BTCUSDT"}})"},
        std::string{R"({"startTrading": {"symbol": "BTCUSDT"}})"}}) {
    const auto parsed = parse_request(payload);
    ASSERT_TRUE(parsed.has_value()) << payload;
    EXPECT_EQ(parsed->SerializeAsString(), request.SerializeAsString());
  }
}

TEST(ParseRequest, GarbageIsToldWhatIsWrongWithIt) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "neither JSON nor a ControlRequest"},
      {"hello", "neither JSON nor a ControlRequest"},
      {std::string{"\xff\xff\xff"}, "neither JSON nor a ControlRequest"},
      {"{", "for example: {\"start_trading\": {\"symbol\": \"BTCUSDT\"}}"},
      {"{}", "no command that this version knows"},
      {R"({"start": {}})", "Cannot find field"},
      {R"({"start_trading": {"symbl": "BTCUSDT"}})", "Cannot find field"},
      {R"({"start_trading": "BTCUSDT"})", "for example"},
      {R"({"kill": {"pid": "x"}})", "for example"},
      {R"({"status": {}, "clear": {}})", "oneof"},
  };
  for (const auto& [payload, message] : cases) {
    const auto parsed = parse_request(payload);
    ASSERT_FALSE(parsed.has_value()) << payload;
    EXPECT_THAT(parsed.error(), HasSubstr(message)) << payload;
  }
}

TEST(ParseRequest, SurvivesAJsonBomb) {
  std::string bomb;
  for (int i = 0; i < 100'000; ++i) bomb += "{\"status\":";
  EXPECT_FALSE(parse_request(bomb).has_value());
  EXPECT_FALSE(parse_request("{" + std::string(1024 * 1024, '[')).has_value());
}

TEST(ParseRequest, SurvivesEveryTruncation) {
  v1::ControlRequest request;
  request.mutable_kill()->set_name("trader BTCUSDT/0");
  request.mutable_kill()->set_signal(9);
  const std::string whole = request.SerializeAsString();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_FALSE(parse_request(whole.substr(0, i)).has_value()) << i;
  }
}

/// A control socket that answers every status with ok, and one client.
class ControlSocketTest : public testing::Test {
 protected:
  Frames ask(std::initializer_list<std::string_view> frames) {
    Socket client{bus_, Socket::Kind::kDealer};
    client.connect(directory_ / "control");
    EXPECT_TRUE(client.send(frames));
    Frames answer;
    for (int i = 0; i < 3000; ++i) {
      control_.drain([&](const Client& from, const v1::ControlRequest&) {
        v1::ControlReply reply;
        reply.set_ok(true);
        control_.reply(from, reply);
      });
      if (client.receive(answer)) return answer;
      ::usleep(1000);
    }
    return {"no answer"};
  }

  runtime::TemporaryDirectory directory_;
  runtime::Bus bus_;
  ControlSocket control_{bus_, directory_ / "control"};
};

TEST_F(ControlSocketTest, AnswersInTheFormAndTheFramingOfTheQuestion) {
  v1::ControlRequest status;
  status.mutable_status();
  const std::string binary = status.SerializeAsString();
  v1::ControlReply ok;
  ok.set_ok(true);
  EXPECT_THAT(ask({R"({"status": {}})"}), ElementsAre(R"({"ok": true, "error": null, "note": ""})"));
  EXPECT_THAT(ask({"", R"({"status": {}})"}), ElementsAre("", R"({"ok": true, "error": null, "note": ""})"));
  EXPECT_THAT(ask({binary}), ElementsAre(ok.SerializeAsString()));
  EXPECT_THAT(ask({"", binary}), ElementsAre("", ok.SerializeAsString()));
}

TEST_F(ControlSocketTest, GarbageGetsAnErrorAndNotSilence) {
  EXPECT_THAT(ask({"garbage"}).at(0), HasSubstr(R"("code": "bad_request")"));
  EXPECT_THAT(ask({"", "garbage"}).at(1), HasSubstr(R"("code": "bad_request")"));
  EXPECT_THAT(ask({"{"}).at(0), HasSubstr(R"("ok": false, "error": {"code": "bad_request")"));
  EXPECT_THAT(ask({"two", "frames"}).at(0), HasSubstr("a request is one frame"));
  EXPECT_THAT(ask({"", "two", "frames"}).at(1), HasSubstr("bad_request"));
  EXPECT_THAT(ask({""}).at(0), HasSubstr("bad_request"));
  EXPECT_THAT(ask({std::string(1024 * 1024, 'x')}).at(0), HasSubstr(R"("code": "bad_request")"));
}

TEST_F(ControlSocketTest, WhatIsTooLongIsAnsweredInItsForm) {
  v1::ControlRequest request;
  request.mutable_start_trading()->set_symbol(std::string(1024 * 1024, 'X'));
  v1::ControlReply reply;
  EXPECT_TRUE(reply.ParseFromString(ask({request.SerializeAsString()}).at(0)));
  EXPECT_EQ(reply.error().code(), "bad_request");
  EXPECT_THAT(ask({to_json(request)}).at(0), HasSubstr(R"("code": "bad_request")"));
}

TEST_F(ControlSocketTest, AClientThatIsGoneHurtsNobody) {
  control_.reply({.identity = "nobody", .delimited = true, .json = true}, v1::ControlReply{});
  EXPECT_THAT(ask({R"({"status": {}})"}), ElementsAre(R"({"ok": true, "error": null, "note": ""})"));
}

/// Waiting commands and the answers that they get.
class WaitingTest : public ControlSocketTest {
 protected:
  WaitingTest() {
    client_socket_.set_identity("me");
    client_socket_.connect(directory_ / "control");
    client_socket_.send({R"({"status": {}})"});
    for (int i = 0; i < 3000 && client_.identity.empty(); ++i) {
      control_.drain([&](const Client& from, const v1::ControlRequest&) { client_ = from; });
      ::usleep(1000);
    }
  }
  std::string answer() {
    Frames frames;
    for (int i = 0; i < 200; ++i) {
      if (client_socket_.receive(frames)) return frames.at(0);
      ::usleep(1000);
    }
    return "none";
  }
  static Transition transition(What what, const std::string& reason = "",
                               const std::string& code = "") {
    return {.name = "leader BTCUSDT",
            .what = what,
            .incarnation = 1,
            .pid = 5,
            .reason = reason,
            .code = code};
  }
  void wait_for(Waiting::For what) {
    waiting_.add(client_, what, "leader BTCUSDT", now_ + std::chrono::seconds{10}, 7);
  }

  Socket client_socket_{bus_, Socket::Kind::kDealer};
  Client client_;
  Waiting waiting_{control_};
  runtime::TimePoint now_{};
};

TEST_F(WaitingTest, WhatEachTransitionMeansToEachOfThem) {
  const std::string stays = "none";
  const std::string ok = R"({"ok": true, "error": null, "note": ""})";
  const struct {
    Waiting::For what;
    Transition transition;
    std::string answer;
  } cases[] = {
      {Waiting::For::kReady, transition(What::kStarted), stays},
      {Waiting::For::kReady, transition(What::kReady),
       R"({"ok": true, "error": null, "note": "", "started": {"pid": 5}})"},
      {Waiting::For::kReady, transition(What::kDied, "killed by SIGKILL"), stays},
      {Waiting::For::kReady, transition(What::kBackoff, "killed by SIGKILL"), stays},
      {Waiting::For::kReady, transition(What::kHalted, "no such symbol", "invalid_symbol"),
       to_json(error_reply("invalid_symbol", "no such symbol"))},
      {Waiting::For::kReady, transition(What::kHalted, "exited 78"),
       to_json(error_reply("halted", "exited 78"))},
      {Waiting::For::kReady, transition(What::kQuarantined, "exited 1"),
       to_json(error_reply("quarantined", "exited 1"))},
      {Waiting::For::kReady, transition(What::kStopped),
       to_json(error_reply("stopped", "leader BTCUSDT: stopped"))},
      {Waiting::For::kStopped, transition(What::kReady), stays},
      {Waiting::For::kStopped, transition(What::kStopped), ok},
      {Waiting::For::kCommandDone, transition(What::kReady), stays},
      {Waiting::For::kCommandDone, transition(What::kDied, "x"),
       to_json(error_reply("unavailable", "leader BTCUSDT ended before it answered"))},
  };
  for (const auto& test : cases) {
    wait_for(test.what);
    waiting_.on(test.transition);
    EXPECT_EQ(answer(), test.answer) << static_cast<int>(test.transition.what);
    waiting_.give_up("shutdown", "the supervisor is stopping");
    if (test.answer == stays) answer();
  }
}

TEST_F(WaitingTest, OthersTransitionsMeanNothing) {
  wait_for(Waiting::For::kReady);
  Transition other = transition(What::kReady);
  other.name = "leader ETHUSDT";
  waiting_.on(other);
  EXPECT_EQ(answer(), "none");
}

TEST_F(WaitingTest, CommandsAreToldApartByTheirNumber) {
  wait_for(Waiting::For::kCommandDone);
  v1::CommandDone done;
  done.set_command_id(6);
  waiting_.on_command_done(done);
  EXPECT_EQ(answer(), "none");
  done.set_command_id(7);
  done.mutable_error()->set_code("running");
  waiting_.on_command_done(done);
  EXPECT_THAT(answer(), HasSubstr(R"("ok": false, "error": {"code": "running")"));
  wait_for(Waiting::For::kCommandDone);
  done.clear_error();
  done.set_note("by the way");
  waiting_.on_command_done(done);
  EXPECT_EQ(answer(), R"({"ok": true, "error": null, "note": "by the way"})");
}

TEST_F(WaitingTest, Expires) {
  wait_for(Waiting::For::kReady);
  EXPECT_EQ(waiting_.next_deadline(), now_ + std::chrono::seconds{10});
  waiting_.expire(now_ + std::chrono::milliseconds{9999});
  EXPECT_EQ(answer(), "none");
  waiting_.expire(now_ + std::chrono::seconds{10});
  EXPECT_THAT(answer(), HasSubstr(R"("code": "timeout")"));
  EXPECT_EQ(waiting_.next_deadline(), std::nullopt);
}

TEST_F(WaitingTest, IsBounded) {
  for (std::size_t i = 0; i < Waiting::kMost; ++i) {
    EXPECT_FALSE(waiting_.is_full());
    wait_for(Waiting::For::kReady);
  }
  EXPECT_TRUE(waiting_.is_full());
}

// OTP's reports in the book's sentences.
TEST(OtpReport, format_log) {
  const auto line = [](const std::string& name, What what, const std::string& reason = "") {
    return sentence({.name = name, .what = what, .reason = reason});
  };
  EXPECT_EQ(line("leader BTCUSDT", What::kStarted),
            "Starting new supervision tree to trade on BTCUSDT");
  EXPECT_EQ(line("leader BTCUSDT", What::kReady), "Started trading on BTCUSDT");
  EXPECT_EQ(line("leader BTCUSDT", What::kStopped), "Stopped trading on BTCUSDT");
  EXPECT_EQ(line("gateway", What::kStarted), "Starting gateway");
  EXPECT_EQ(line("gateway", What::kReady), "gateway is ready");
  EXPECT_EQ(line("gateway", What::kDied, "killed by SIGKILL"),
            "gateway died - reason killed by SIGKILL");
  EXPECT_EQ(line("gateway", What::kHalted, "port 80 is in use"),
            "gateway cannot start, and is left alone - reason port 80 is in use");
}

class BoardTest : public testing::Test {
 protected:
  BoardTest() {
    v1::SymbolStatus status;
    status.set_symbol("BTCUSDT");
    for (std::uint32_t slot = 0; slot < 2; ++slot) {
      v1::TraderStatus& trader = *status.add_traders();
      trader.set_slot(slot);
      trader.set_pid(static_cast<int>(100 + slot));
      trader.set_state("running");
      trader.set_phase("BUY_OPEN");
    }
    board_.update("leader BTCUSDT", status);
  }
  TraderBoard board_;
};

TEST_F(BoardTest, FindsTradersByNameAndByPid) {
  EXPECT_EQ(board_.find_trader("trader BTCUSDT/1")->slot, 1u);
  EXPECT_EQ(board_.find_trader("trader BTCUSDT/1")->leader, "leader BTCUSDT");
  EXPECT_EQ(board_.find_trader(pid_t{101})->slot, 1u);
  EXPECT_FALSE(board_.find_trader("trader BTCUSDT/2"));
  EXPECT_FALSE(board_.find_trader("trader ETHUSDT/0"));
  EXPECT_FALSE(board_.find_trader(pid_t{1}));
}

TEST_F(BoardTest, TradersOfADeadLeaderAreDeadButNotForgotten) {
  board_.leader_died("leader BTCUSDT");
  const v1::SymbolStatus* status = board_.find("leader BTCUSDT");
  ASSERT_NE(status, nullptr);
  EXPECT_EQ(status->traders(0).pid(), 0);
  EXPECT_EQ(status->traders(0).state(), "stopped");
  EXPECT_EQ(status->traders(0).phase(), "BUY_OPEN");
  EXPECT_FALSE(board_.find_trader(pid_t{100}));
}

TEST_F(BoardTest, StatusChildrenAndCountsAgree) {
  Tree tree{{}, {"gateway"}, [] { return 0.0; }};
  tree.autostart("BTCUSDT", Wish::kOn);
  tree.boot({});
  tree.spawned("gateway", 10);
  tree.ready("gateway", "", {});
  tree.spawned("leader BTCUSDT", 11);
  tree.ready("leader BTCUSDT", "", {});

  const v1::Children children = which_children(tree, board_);
  std::vector<std::string> names;
  for (const v1::Child& child : children.children())
    names.push_back(child.name() + ' ' + std::to_string(child.pid()));
  EXPECT_THAT(names, ElementsAre("gateway 10", "leader BTCUSDT 11", "trader BTCUSDT/0 100",
                                 "trader BTCUSDT/1 101"));
  EXPECT_EQ(to_json(count_children(tree, board_)),
            R"({"specs": 4, "active": 4, "supervisors": 1, "workers": 3})");
  const v1::SystemStatus status = system_status(tree, board_);
  EXPECT_EQ(status.symbols(0).leader().pid(), 11);
  EXPECT_EQ(status.symbols(0).traders_size(), 2);
  EXPECT_EQ(status.symbols(0).state(), "running");
  ASSERT_TRUE(tree.shutdown_trading("BTCUSDT", {}));
  EXPECT_EQ(system_status(tree, board_).symbols(0).state(), "finishing");
}

}  // namespace
}  // namespace naive::supervisor
