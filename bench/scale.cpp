// One symbol to a thousand, each with its leader and one trader: how long until all of them trade, what they take of the
// memory, how soon one that is killed is back, and how long a command waits.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <numeric>
#include <random>
#include <thread>

#include "bench/statistics.h"
#include "bench/trader_killer.h"
#include "tests/support/system.h"

namespace naive::bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSymbol = R"({{"symbol": "{0}USDT", "status": "TRADING", "baseAsset": "{0}",
"baseAssetPrecision": 8, "quoteAsset": "USDT", "quotePrecision": 8, "quoteAssetPrecision": 8,
"orderTypes": ["LIMIT"], "isSpotTradingAllowed": true, "permissions": [], "permissionSets": [["SPOT"]], "filters": [
{{"filterType": "PRICE_FILTER", "minPrice": "0.0001", "maxPrice": "1000000", "tickSize": "0.0001"}},
{{"filterType": "LOT_SIZE", "minQty": "1", "maxQty": "9000000", "stepSize": "1"}}]}})";

std::string symbol(int number) { return fmt::format("A{}USDT", number); }

/// An exchange with so many symbols.
void write_exchange_info(const fs::path& file, int symbols) {
  std::ofstream out{file};
  out << R"({"timezone": "UTC", "serverTime": 0, "exchangeFilters": [], "rateLimits": [
{"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 60000000}], "symbols": [)";
  for (int i = 0; i < symbols; ++i) {
    out << (i == 0 ? "" : ",") << fmt::format(kSymbol, fmt::format("A{}", i));
  }
  out << "]}";
}

struct Size {
  int symbols;
  int chunks;  // traders of each
  int standby;
};

std::string tables(const Size& size) {
  std::string text;
  for (int i = 0; i < size.symbols; ++i) {
    text += fmt::format("[symbols.{}]\nchunks = {}\nstandby = {}\n", symbol(i), size.chunks,
                        size.standby);
  }
  return text;
}

bool all_trade(const v1::SystemStatus& status, int traders) {
  int running = 0;
  for (const auto& each : status.symbols()) {
    for (const auto& trader : each.traders()) {
      running += !trader.standby() && trader.state() == "running" ? 1 : 0;
    }
  }
  return running == traders;
}

/// Proportional set sizes in kB, proc(5): what is shared counts a share.
double pss(pid_t pid) {
  std::ifstream file{fmt::format("/proc/{}/smaps_rollup", pid)};
  for (std::string word; file >> word;) {
    double kilobytes = 0;
    if (word == "Pss:" && file >> kilobytes) return kilobytes;
  }
  return 0;
}

struct Memory {
  double leader = 0;  // MB each, on average
  double trader = 0;
};

Memory memory(const v1::SystemStatus& status) {
  double leaders = 0, traders = 0;
  int trader_count = 0;
  for (const auto& each : status.symbols()) {
    leaders += pss(each.leader().pid());
    for (const auto& trader : each.traders()) {
      traders += pss(trader.pid());
      ++trader_count;
    }
  }
  constexpr double kKilobytes = 1024;
  return {.leader = leaders / status.symbols_size() / kKilobytes,
          .trader = traders / trader_count / kKilobytes};
}

Milliseconds time_of(const auto& what) {
  const auto begin = Clock::now();
  what();
  return Clock::now() - begin;
}

void measure(const Size& size, int kills, int commands) {
  const test::TemporaryDirectory directory;
  write_exchange_info(directory.path() / "info.json", size.symbols);
  const auto begin = Clock::now();
  test::System system{tables(size),
                      "[supervision]\nmax_restarts = 1000\n",
                      {.exchange_info = directory.path() / "info.json", .sync_points = false}};
  std::vector<Milliseconds> while_starting;
  for (bool done = false; !done;) {
    v1::SystemStatus status;
    while_starting.push_back(time_of([&] { status = system.status(); }));
    done = all_trade(status, size.symbols * size.chunks);
    if (!done) std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  const Milliseconds started = Clock::now() - begin;

  TraderKiller killer{system};
  std::vector<Milliseconds> recoveries;
  std::mt19937 random{1};
  std::vector<int> order(static_cast<std::size_t>(size.symbols));
  std::iota(order.begin(), order.end(), 0);
  std::ranges::shuffle(order, random);
  for (int i = 0; i < std::min(kills, size.symbols); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    if (const auto time = killer.kill(symbol(order.at(static_cast<std::size_t>(i))), 0)) {
      recoveries.push_back(*time);
    }
  }
  v1::ControlRequest count;
  count.mutable_count_children();
  std::vector<Milliseconds> answers;
  for (int i = 0; i < commands; ++i) answers.push_back(time_of([&] { system.ask(count); }));
  const Memory megabytes = memory(system.status());
  fmt::print("{:>7} {:>9.2f} {:>11.1f} {:>9.2f} {:>9.2f} {:>9.2f} {:>9.2f} {:>9.2f} {:>9.2f}\n",
             size.symbols, started.count() / 1000, percentile(while_starting, 99).count(),
             percentile(recoveries, 50).count(), percentile(recoveries, 99).count(),
             percentile(answers, 50).count(), percentile(answers, 99).count(), megabytes.leader,
             megabytes.trader);
  std::fflush(stdout);
}

}  // namespace
}  // namespace naive::bench

int main(int argc, char** argv) {
  std::vector<int> sizes{1, 10, 100, 500, 1000};
  int chunks = 1, standby = 0, kills = 50, commands = 200;
  CLI::App app{"Start, memory, recovery and commands, from one symbol to a thousand."};
  app.add_option("--symbols", sizes, "How many, one after the other")->capture_default_str();
  app.add_option("--chunks", chunks, "Traders of each symbol")->capture_default_str();
  app.add_option("--standby", standby, "Of each symbol")->capture_default_str();
  app.add_option("--kills", kills, "Traders to kill, each once")->capture_default_str();
  app.add_option("--commands", commands, "Commands to time")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  fmt::print("{:>7} {:>9} {:>11} {:>19} {:>19} {:>19}\n", "", "all trade", "status then",
             "kill -9 to ready", "command answered", "PSS, MB each");
  fmt::print("{:>7} {:>9} {:>11} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "symbols", "s", "p99 ms",
             "p50 ms", "p99 ms", "p50 ms", "p99 ms", "leader", "trader");
  for (const int symbols : sizes) {
    naive::bench::measure({.symbols = symbols, .chunks = chunks, .standby = standby}, kills,
                          commands);
  }
  return 0;
}
