// What is stored stays, and what cannot be stored waits.
#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>

#include <fstream>

#include "tests/support/system.h"

namespace naive::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kXrp = "[symbols.XRPUSDT]\n";

fs::path file_of(const System& system, const std::string& symbol) {
  return system.state_directory() / (symbol + ".sqlite");
}

std::string read_file(const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

struct Answer {
  int status = 0;
  std::string output;
};

Answer naivectl(const System& system, const std::string& arguments) {
  const std::string command =
      fmt::format("{}/naivectl --run-dir {} --state-dir {} {} 2>&1", NAIVE_BIN,
                  system.run_directory().string(), system.state_directory().string(), arguments);
  FILE* pipe = ::popen(command.c_str(), "r");
  std::string output(1 << 16, '\0');
  output.resize(::fread(output.data(), 1, output.size(), pipe));
  return {.status = WEXITSTATUS(::pclose(pipe)), .output = output};
}

/// The numbers of slot 0's finished cycles, in the order of their ends.
std::vector<int> finished_cycles(const System& system, const std::string& symbol) {
  SQLite::Database database{file_of(system, symbol).string(), SQLite::OPEN_READONLY, 1000};
  SQLite::Statement query{database, "SELECT cycle FROM cycles ORDER BY number"};
  std::vector<int> numbers;
  while (query.executeStep()) numbers.push_back(query.getColumn(0).getInt());
  return numbers;
}

int times(const std::string& text, const std::string& part) {
  int count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// From wherever the slot stands, to the end of its cycle.
void finish_cycle(System& system) {
  const auto cycle = system.trader("XRPUSDT").cycle();
  system.until("the cycle is finished", [&] {
    const auto trader = system.trader("XRPUSDT");
    if (trader.cycle() > cycle) return true;
    if (trader.phase() == "AWAITING_PRICE") system.exchange().step("XRPUSDT", "0.43183");
    if (trader.phase() == "BUY_OPEN") system.exchange().step("XRPUSDT", trader.buy_order().price());
    if (trader.phase() == "SELL_OPEN")
      system.exchange().step("XRPUSDT", trader.sell_order().price());
    return false;
  });
}

/// Everything at once, as when the power goes.
void kill_everything(System& system) {
  for (const pid_t pid : system.left_behind()) ::kill(pid, SIGKILL);
  system.wait_for_end();
  system.until("nothing is left", [&] { return system.left_behind().empty(); });
}

TEST(Store, EveryFinishedCycleAppearsOnceWhoeverDies) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  finish_cycle(system);
  ::kill(system.trader("XRPUSDT").pid(), SIGKILL);
  finish_cycle(system);
  ::kill(system.symbol("XRPUSDT").leader().pid(), SIGKILL);
  system.until_running("XRPUSDT");
  finish_cycle(system);
  EXPECT_THAT(finished_cycles(system, "XRPUSDT"), testing::ElementsAre(1, 2, 3));
  EXPECT_EQ(system.stop(SIGKILL), -SIGKILL);
  system.until("nothing is left", [&] { return system.left_behind().empty(); });
  EXPECT_THAT(finished_cycles(system, "XRPUSDT"), testing::ElementsAre(1, 2, 3));
  system.start();
  system.until_running("XRPUSDT");
  finish_cycle(system);
  EXPECT_THAT(finished_cycles(system, "XRPUSDT"), testing::ElementsAre(1, 2, 3, 4));
}

TEST(PowerFails, EverythingDiesAtOnceAndGoesOnWhereItWas) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  finish_cycle(system);
  system.until("it awaits a price", [&] { return system.trader("XRPUSDT").state() == "running"; });
  system.exchange().step("XRPUSDT", "0.43183");
  system.until_phase("XRPUSDT", "BUY_OPEN");
  const auto before = system.trader("XRPUSDT");
  kill_everything(system);
  system.start();
  system.until_running("XRPUSDT");
  const auto after = system.trader("XRPUSDT");
  EXPECT_EQ(after.cycle(), before.cycle());
  EXPECT_GT(after.incarnation(), before.incarnation());
  EXPECT_THAT(finished_cycles(system, "XRPUSDT"), testing::ElementsAre(1));
}

/// While `trouble` lasts: nothing is begun, what is open is watched, and status says why. Then all goes on.
template <class Begin, class End>
void expect_patience(System& system, const std::string& words, Begin&& begin, End&& end) {
  const auto trader = system.trader("XRPUSDT");
  ASSERT_EQ(trader.phase(), "BUY_OPEN");
  begin();
  system.exchange().step("XRPUSDT", "0.4307");  // fills the buy order; the sell order waits
  system.until("status says why", [&] {
    return system.symbol("XRPUSDT").reason().find(words) != std::string::npos &&
           system.trader("XRPUSDT").reason().find(words) != std::string::npos;
  });
  EXPECT_EQ(system.trader("XRPUSDT").state(), "running");
  EXPECT_EQ(system.trader("XRPUSDT").pid(), trader.pid());
  EXPECT_EQ(system.exchange().ledger().orders.size(), 1U);

  ::kill(trader.pid(), SIGKILL);
  system.until("its successor waits to be told where it stands", [&] {
    const auto now = system.trader("XRPUSDT");
    return now.incarnation() == trader.incarnation() + 1 && now.state() == "starting" &&
           now.reason().find(words) != std::string::npos;
  });
  EXPECT_EQ(system.exchange().ledger().orders.size(), 1U);
  EXPECT_EQ(times(system.log(), "the store cannot be written"), 1) << system.log();

  end();
  system.until_phase("XRPUSDT", "SELL_OPEN");
  system.until_running("XRPUSDT");
  EXPECT_EQ(system.trader("XRPUSDT").incarnation(), trader.incarnation() + 1);
  EXPECT_EQ(system.exchange().ledger().orders.size(), 2U);
  EXPECT_EQ(system.symbol("XRPUSDT").reason(), "");
  EXPECT_EQ(times(system.log(), "the store can be written again"), 1);
  finish_cycle(system);
  EXPECT_THAT(finished_cycles(system, "XRPUSDT"), testing::ElementsAre(1));
}

TEST(StoreCannotBeWritten, BecauseSomebodyHoldsItsLock) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  system.exchange().step("XRPUSDT", "0.43183");
  system.until_phase("XRPUSDT", "BUY_OPEN");
  SQLite::Database other{file_of(system, "XRPUSDT").string(), SQLite::OPEN_READWRITE, 1000};
  expect_patience(
      system, "the store cannot be written: database is locked",
      [&] { other.exec("BEGIN IMMEDIATE"); }, [&] { other.exec("ROLLBACK"); });
}

/// A file system of its own, and a small one.
class SmallDisk {
 public:
  explicit SmallDisk(const fs::path& directory) : directory_(directory) {
    mounted_ = ::mount("naive-test", directory.c_str(), "tmpfs", 0, "size=2m,mode=0700") == 0;
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) ::umount2(directory_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  void fill() const {
    std::ofstream stream{directory_ / "ballast", std::ios::binary};
    while (stream.write(std::string(4096, 'x').data(), 4096).flush()) {
    }
  }
  void make_room() const { fs::remove(directory_ / "ballast"); }

 private:
  fs::path directory_;
  bool mounted_ = false;
};

TEST(StoreCannotBeWritten, BecauseTheDiskIsFull) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  system.stop(SIGINT);
  fs::remove_all(system.state_directory());
  fs::create_directory(system.state_directory());
  const SmallDisk disk{system.state_directory()};
  if (!disk.mounted()) GTEST_SKIP() << "mounting takes root";
  system.start();
  system.until_running("XRPUSDT");
  system.exchange().step("XRPUSDT", "0.43183");
  system.until_phase("XRPUSDT", "BUY_OPEN");
  expect_patience(
      system, "the store cannot be written: database or disk is full", [&] { disk.fill(); },
      [&] { disk.make_room(); });
  EXPECT_EQ(system.stop(SIGINT), 0);
}

TEST(StoreIsUnusable, ItsSymbolIsHaltedAndTheOthersTrade) {
  System system{"[symbols.XRPUSDT]\n[symbols.BTCUSDT]\n"};
  system.until_running("XRPUSDT");
  system.until_running("BTCUSDT");
  EXPECT_EQ(system.stop(SIGINT), 0);
  const fs::path file = file_of(system, "XRPUSDT");
  const std::string garbage(20'000, 'x');
  std::ofstream{file} << garbage;

  system.start();
  system.until("it is halted", [&] { return system.symbol("XRPUSDT").state() == "halted"; });
  system.until_running("BTCUSDT");
  EXPECT_THAT(system.symbol("XRPUSDT").reason(), HasSubstr("XRPUSDT.sqlite"));
  EXPECT_THAT(system.symbol("XRPUSDT").reason(), HasSubstr("damaged"));
  EXPECT_EQ(system.symbol("XRPUSDT").leader().restarts(), 0U);
  EXPECT_EQ(read_file(file), garbage);

  fs::rename(file, file.string() + ".damaged");
  v1::ControlRequest request;
  request.mutable_clear()->set_name("leader XRPUSDT");
  EXPECT_TRUE(system.ask(request).ok());
  system.until_running("XRPUSDT");
}

/// A client order id is never used twice, even when all memory of it is gone.
TEST(StoreIsLost, CyclesGoOnAboveThoseThatTheExchangeHasSeen) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  finish_cycle(system);
  finish_cycle(system);
  EXPECT_EQ(system.stop(SIGINT), 0);
  fs::remove(file_of(system, "XRPUSDT"));
  system.start();
  system.until_running("XRPUSDT");
  const auto cycle = system.trader("XRPUSDT").cycle();
  EXPECT_GT(cycle, 2U);
  system.until_log_says("its store is gone");
  const std::string name = fmt::format("n1-XRPUSDT-0-{}-", cycle);
  for (const auto& order : system.exchange().ledger().orders) {
    EXPECT_THAT(order.client_order_id, Not(testing::StartsWith(name)));
  }
}

TEST(StoreIsLost, NamesThatTheGatewayWasAskedForAreNotUsedAgain) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  // Its successor asks for the first order, which shuts out whoever counts incarnations anew.
  const auto killed = system.trader("XRPUSDT");
  ::kill(killed.pid(), SIGKILL);
  system.until("its successor has resolved its order", [&] {
    const auto trader = system.trader("XRPUSDT");
    return trader.incarnation() > killed.incarnation() && trader.state() == "running" &&
           trader.phase() == "AWAITING_PRICE";
  });
  EXPECT_TRUE(system.stop_trading("XRPUSDT").ok());
  fs::remove(file_of(system, "XRPUSDT"));
  EXPECT_TRUE(system.start_trading("XRPUSDT").ok());
  system.until_running("XRPUSDT");
  system.exchange().step("XRPUSDT", "0.43183");
  system.until_phase("XRPUSDT", "BUY_OPEN");
  EXPECT_GT(system.trader("XRPUSDT").cycle(), 1U);
}

/// A slot with an open buy order that nobody works in.
void terminate_with_open_order(System& system) {
  system.until_running("XRPUSDT");
  system.exchange().step("XRPUSDT", "0.43183");
  system.until_phase("XRPUSDT", "BUY_OPEN");
  ASSERT_EQ(naivectl(system, "terminate XRPUSDT/0").status, 0);
  system.until("it has stopped", [&] { return system.trader("XRPUSDT").state() == "stopped"; });
}

TEST(Clear, FreshDropsTheCycleAndNamesItsOrder) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  EXPECT_EQ(naivectl(system, "clear XRPUSDT/0").status, 0) << "nothing to lift";
  EXPECT_THAT(naivectl(system, "clear XRPUSDT/0 --fresh").output, HasSubstr("running"));
  terminate_with_open_order(system);
  const auto answer = naivectl(system, "clear XRPUSDT/0 --fresh");
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(answer.output, HasSubstr("dropped cycle 1 - if BUY n1-XRPUSDT-0-1-B1 NEW 0/"));
  system.until_running("XRPUSDT");
  EXPECT_EQ(system.trader("XRPUSDT").cycle(), 2U);
  EXPECT_THAT(naivectl(system, "cycles XRPUSDT").output, HasSubstr("dropped by command"));
  EXPECT_EQ(system.exchange().ledger().orders.size(), 1U);
  finish_cycle(system);
}

TEST(Clear, StateGoesBackAndStillAdoptsWhatHappenedSince) {
  System system{kXrp};
  terminate_with_open_order(system);
  system.exchange().step("XRPUSDT", "0.4307");  // fills the order
  const auto refused = naivectl(system, "clear XRPUSDT/0 --state 999");
  EXPECT_THAT(refused.output, HasSubstr("revision 999 of trader XRPUSDT/0 is not kept"));
  EXPECT_THAT(naivectl(system, "states XRPUSDT/0").output,
              testing::ContainsRegex("2 +1 +BUY_OPEN.*\n1 +1 +AWAITING_PRICE"));
  EXPECT_EQ(naivectl(system, "clear XRPUSDT/0 --state 1").status, 0);
  system.until_phase("XRPUSDT", "SELL_OPEN");
  EXPECT_EQ(system.exchange().ledger().orders.size(), 2U);
  EXPECT_EQ(naivectl(system, "terminate XRPUSDT/0").status, 0);
  EXPECT_THAT(naivectl(system, "clear XRPUSDT/0 --state 1").output,
              HasSubstr("orders may have been placed after it"));
  EXPECT_THAT(naivectl(system, "clear XRPUSDT --fresh").output, HasSubstr("name a trader"));
}

TEST(Naivectl, ShowsWhatTheStoresKnow) {
  System system{"[symbols.XRPUSDT]\n[symbols.BTCUSDT]\n"};
  system.until_running("XRPUSDT");
  finish_cycle(system);
  system.until_running("XRPUSDT");
  system.exchange().step("XRPUSDT", "0.43205");
  system.until_phase("XRPUSDT", "BUY_OPEN");
  const auto orders = naivectl(system, "orders XRPUSDT");
  EXPECT_EQ(orders.status, 0) << orders.output;
  EXPECT_THAT(orders.output, HasSubstr("n1-XRPUSDT-0-1-B1"));
  EXPECT_THAT(orders.output, HasSubstr("n1-XRPUSDT-0-1-S1"));
  EXPECT_THAT(orders.output, testing::ContainsRegex("n1-XRPUSDT-0-2-B1 .* BUY +NEW"));

  system.stop(SIGKILL);  // nobody needs to run
  system.until("nothing is left", [&] { return system.left_behind().empty(); });
  EXPECT_EQ(naivectl(system, "orders XRPUSDT").output, orders.output);
  EXPECT_THAT(naivectl(system, "cycles XRPUSDT").output, HasSubstr("232 for 99.9224"));
  EXPECT_THAT(naivectl(system, "--json cycles XRPUSDT --limit 1").output,
              HasSubstr(R"("bought_quote": "99.92240000")"));
  const auto profits = naivectl(system, "pnl");
  EXPECT_EQ(profits.status, 0);
  EXPECT_THAT(profits.output, testing::ContainsRegex("BTCUSDT +0"));
  EXPECT_THAT(profits.output, testing::ContainsRegex("XRPUSDT +1"));
  const auto unknown = naivectl(system, "cycles NOSUCH");
  EXPECT_EQ(unknown.status, 66);
  EXPECT_THAT(unknown.output, HasSubstr("there are BTCUSDT, XRPUSDT"));
}

}  // namespace
}  // namespace naive::test
