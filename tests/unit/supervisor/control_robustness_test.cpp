// Whatever clients do to the control socket, everybody is answered, soon, and the supervisor grows by nothing.

#include <gmock/gmock.h>

#include "runtime/bus.h"
#include "tests/unit/supervisor/supervised_world.h"

namespace naive::supervisor {
namespace {

using runtime::Frames;
using runtime::Socket;
using testing::HasSubstr;

/// As a REQ socket does it, or as a bare DEALER.
enum class Framing { kDelimited, kBare };

class Client {
 public:
  Client(runtime::Bus& bus, const std::filesystem::path& socket, Framing framing)
      : socket_(bus, Socket::Kind::kDealer), framing_(framing) {
    socket_.connect(socket);
  }
  bool send(std::string_view request) {
    return framing_ == Framing::kDelimited ? socket_.send({"", request}) : socket_.send({request});
  }
  /// The answer to the oldest request that has none yet.
  std::optional<std::string> answer() {
    if (!socket_.receive(frames_)) return std::nullopt;
    EXPECT_EQ(frames_.size(), framing_ == Framing::kDelimited ? 2u : 1u);
    return frames_.back();
  }

 private:
  Socket socket_;
  Framing framing_;
  Frames frames_;
};

class ControlRobustness : public SupervisedWorld {
 protected:
  /// No command that is answered at once may take longer, whatever else goes on. What is meant is milliseconds; machines are slow
  /// and shared.
  static constexpr auto kSoon = 3s;

  Client client(Framing framing = Framing::kBare) { return {bus_, run() / "control", framing}; }
  std::string ask_raw(std::string_view request, Framing framing = Framing::kBare) {
    Client asker = client(framing);
    EXPECT_TRUE(asker.send(request));
    std::optional<std::string> answer;
    EXPECT_TRUE(eventually([&] { return (answer = asker.answer()).has_value(); }, kSoon))
        << request.substr(0, 100);
    return answer.value_or("none");
  }
  void expect_well() { EXPECT_THAT(ask_raw(R"({"status": {}})"), HasSubstr(R"("ok": true)")); }

  long resident_kilobytes() const {
    std::ifstream file{"/proc/" + std::to_string(pid_) + "/statm"};
    long size = 0;
    long resident = 0;
    file >> size >> resident;
    return resident * ::sysconf(_SC_PAGESIZE) / 1024;
  }
  std::ptrdiff_t descriptors() const {
    const auto directory = "/proc/" + std::to_string(pid_) + "/fd";
    return std::distance(std::filesystem::directory_iterator{directory}, {});
  }
  /// One symbol hangs in its start, another in its stop, and somebody waits for each.
  void get_stuck() {
    behave("leader-BTCUSDT", "deaf");
    start_all("[supervision]\nshutdown_time = 3600000\n");
    behave("leader-SLOWUSDT", "slow 3600000");
    waiting_.push_back(client());
    waiting_.back().send(R"({"start_trading": {"symbol": "SLOWUSDT"}})");
    waiting_.push_back(client());
    waiting_.back().send(R"({"stop_trading": {"symbol": "BTCUSDT"}})");
    ASSERT_TRUE(eventually(
        [&] { return state_of("SLOWUSDT") == "starting" && state_of("BTCUSDT") == "stopping"; }));
  }

  runtime::Bus bus_;
  std::vector<Client> waiting_;
};

TEST_F(ControlRobustness, AHundredClientsAreAnsweredWhileOneSymbolStartsAndOneStops) {
  get_stuck();
  v1::ControlRequest binary;
  binary.mutable_count_children();
  const std::pair<std::string, std::string> questions[] = {
      {R"({"status": {}})", R"("ok": true)"},
      {R"({"which_children": {}})", R"("ok": true)"},
      {R"({"start_trading": {"symbol": "ETHUSDT"}})", "already_started"},
      {R"({"start_trading": {"symbol": "SLOWUSDT"}})", "already_started"},
      {R"({"start_trading": {"symbol": "BTCUSDT"}})", "stopping"},
      {R"({"stop_trading": {"symbol": "NOSUCH"}})", "not_found"},
      {R"({"kill": {"pid": 1}})", "not_found"},
      {"garbage", "bad_request"},
      {binary.SerializeAsString(), ""},
  };
  std::vector<Client> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(client(i % 2 == 0 ? Framing::kDelimited : Framing::kBare));
  }
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < clients.size(); ++i) {
    EXPECT_TRUE(clients[i].send(questions[i % std::size(questions)].first));
  }
  for (std::size_t i = 0; i < clients.size(); ++i) {
    std::optional<std::string> answer;
    EXPECT_TRUE(eventually([&] { return (answer = clients[i].answer()).has_value(); })) << i;
    EXPECT_THAT(answer.value_or("none"), HasSubstr(questions[i % std::size(questions)].second));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kSoon);
  for (Client& stuck : waiting_) EXPECT_FALSE(stuck.answer());
  ::kill(running().at("BTCUSDT/0"), SIGKILL);
  send_signal(SIGTERM);
  EXPECT_TRUE(eventually([&] { return lines_with("Stopping") == 1; }));
  send_signal(SIGTERM);  // or it would wait for the deaf one
  EXPECT_EQ(wait_for_exit(), "exited 0");
}

TEST_F(ControlRobustness, ClientsThatDieWhileTheyWaitLeaveNothing) {
  start_all();
  behave("leader-SLOWUSDT", "slow 3600000");
  const auto before = descriptors();
  for (int i = 0; i < 50; ++i) {
    Client gone = client(i % 2 == 0 ? Framing::kDelimited : Framing::kBare);
    gone.send(R"({"start_trading": {"symbol": "SLOWUSDT"}})");
    gone.send(R"({"status": {}})");
    // The other half goes before anybody has read what it asks.
    if (i % 4 < 2) {
      EXPECT_TRUE(eventually([&] { return gone.answer().has_value(); }));
    }
  }
  expect_well();
  EXPECT_TRUE(stop_trading("SLOWUSDT").ok() || state_of("SLOWUSDT").empty());
  EXPECT_TRUE(eventually([&] { return descriptors() <= before; }))
      << before << " -> " << descriptors();
  expect_well();
}

TEST_F(ControlRobustness, LargeFramesAreAnswered) {
  start_all();
  constexpr std::size_t kMebibyte = 1 << 20;
  v1::ControlRequest binary;
  binary.mutable_start_trading()->set_symbol(std::string(kMebibyte, 'X'));
  for (const Framing framing : {Framing::kDelimited, Framing::kBare}) {
    for (const std::string& large :
         {std::string(kMebibyte, 'x'), std::string(kMebibyte, '\0'), std::string(kMebibyte, '{'),
          R"({"start_trading": {"symbol": ")" + std::string(kMebibyte, 'X') + "\"}}",
          binary.SerializeAsString()}) {
      const std::string answer = ask_raw(large, framing);
      EXPECT_THAT(answer, HasSubstr("bad_request"));
      EXPECT_LT(answer.size(), 1000u);
    }
  }
  expect_well();
}

std::string repeat(const std::string& text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

std::vector<std::string> json_bombs() {
  std::string keys = "{";
  for (int i = 0; i < 100'000; ++i) keys += "\"k" + std::to_string(i) + "\": 1,";
  std::vector<std::string> bombs{keys + R"("status": {}})"};
  for (const std::size_t size : {std::size_t{1000}, std::size_t{100'000}}) {
    bombs.push_back(repeat("{\"status\":", size));
    bombs.push_back(repeat("{\"status\":", size) + "{}" + repeat("}", size));
    bombs.push_back("{\"status\":" + repeat("[", size));
    bombs.push_back("{\"status\":" + repeat("[", size) + repeat("]", size) + "}");
    bombs.push_back("{" + repeat("\"status\": {},", size) + "\"status\": {}}");
    bombs.push_back("{\"kill\": {\"pid\": 1" + repeat("0", size) + "}}");
    bombs.push_back("{\"kill\": {\"pid\": 1e" + repeat("9", size) + "}}");
    bombs.push_back("{\"start_trading\": {\"symbol\": \"" + repeat("\\u0041", size) + "\"}}");
    bombs.push_back("{\"" + repeat("k", size) + "\": {}}");
  }
  return bombs;
}

TEST_F(ControlRobustness, JsonBombsAreRefusedInBoundedTimeAndMemory) {
  start_all();
  for (const std::string& bomb : json_bombs()) ask_raw(bomb);  // what it needs once, it has by now
  [[maybe_unused]] const long before = resident_kilobytes();
  for (int i = 0; i < 20; ++i) {
    for (const std::string& bomb : json_bombs()) {
      const std::string answer = ask_raw(bomb);
      EXPECT_THAT(answer, HasSubstr(R"("ok": false)")) << bomb.substr(0, 50);
      EXPECT_LT(answer.size(), 20'000u) << bomb.substr(0, 50);
    }
  }
#ifndef __SANITIZE_ADDRESS__  // which keeps what was freed for a while
  EXPECT_LT(resident_kilobytes(), before + 16 * 1024);
#endif
  expect_well();
}

// One client's flood of a hundred megabytes costs another one no more than its turn.
TEST_F(ControlRobustness, AFloodHoldsUpNobody) {
  start_all();
  Client flood = client();
  const std::string bomb = json_bombs().front();
  int sent = 0;
  for (int i = 0; i < 100; ++i) sent += flood.send(bomb) ? 1 : 0;
  expect_well();
  int answered = 0;
  EXPECT_TRUE(eventually([&] {
    while (flood.answer()) ++answered;
    return answered == sent;
  })) << answered
      << " of " << sent;
}

// An answer repeats what was asked, and must be readable whatever that was.
TEST_F(ControlRobustness, WhatIsNotTextIsAnsweredInText) {
  start_all();
  for (const std::string bad : {"\xff", "\xc3", "\xed\xa0\x80", "\xf8\x88\x80\x80\x80"}) {
    for (const std::string& request :
         {"{\"" + bad + "\": {}}", "{\"kill\": {\"name\": \"" + bad + "\"}}",
          "{\"start_trading\": {\"symbol\": \"" + bad + "\"}}", "{" + bad, bad}) {
      const std::string answer = ask_raw(request);
      EXPECT_THAT(answer, HasSubstr(R"("ok": false)"));
      EXPECT_THAT(answer, testing::Not(HasSubstr(bad)));
    }
  }
  expect_well();
}

}  // namespace
}  // namespace naive::supervisor
