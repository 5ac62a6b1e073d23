#include "tests/chaos/chaos.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <thread>

#include "tests/support/system.h"

namespace naive::chaos {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr const char* kSymbols = R"(
[symbols.BTCUSDT]
chunks = 4
profit_target = "-0.00195"
buy_down_interval = "0.00002"
budget = "2000"
[symbols.ETHUSDT]
chunks = 4
standby = 1
profit_target = "-0.00195"
buy_down_interval = "0.00002"
budget = "2000"
)";
// Killing is the point; quarantine has tests of its own.
constexpr const char* kSupervision = R"(
[supervision]
max_restarts = 1000
max_time = 1000
silence_limit = 2000
)";

/// A few per cent of everything that exchanges do to requests and streams. `late` stays below what the fence allows.
constexpr const char* kFaults = R"({{"seed": {}, "rules": [
{{"action": "drop_before", "method": "POST", "times": 0, "percent": 3}},
{{"action": "drop_after", "method": "POST", "times": 0, "percent": 3}},
{{"action": "late", "method": "POST", "times": 0, "percent": 3, "milliseconds": 300}},
{{"action": "status", "method": "POST", "status": 503, "times": 0, "percent": 3}},
{{"action": "unavailable", "method": "POST", "times": 0, "percent": 3}},
{{"action": "timeout", "method": "POST", "times": 0, "percent": 3}},
{{"action": "timestamp", "method": "POST", "times": 0, "percent": 3}},
{{"action": "delay", "times": 0, "percent": 3, "milliseconds": 100}},
{{"action": "drop_event", "times": 0, "percent": 5}},
{{"action": "duplicate_event", "times": 0, "percent": 5}},
{{"action": "reorder_event", "times": 0, "percent": 5}}
]}})";

std::size_t descriptors_of(pid_t pid) {
  std::error_code gone;
  std::filesystem::directory_iterator entries{fmt::format("/proc/{}/fd", pid), gone};
  return gone ? 0 : static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

class Hand {
 public:
  explicit Hand(const Campaign& campaign)
      : campaign_(campaign), random_(campaign.seed), system_(kSymbols, kSupervision, {.pace = "x60"}) {}

  Report run();

 private:
  int below(int limit) { return static_cast<int>(random_() % static_cast<std::uint64_t>(limit)); }
  /// The exchange forgets its faults when it dies.
  void inject_faults();
  /// A process of that kind, by what status says now; 0: none is there at the moment.
  pid_t find(const std::string& kind);
  std::string choose();
  void strike();
  void kill_trader();
  void kill_supervisor();
  void stop_and_continue(pid_t pid);
  void settle();
  void bring_prices();
  void bring_price_to(const std::string& symbol, const v1::TraderStatus& trader);
  void check_processes();
  void check_ledger();
  /// Every process of the system, and its kind.
  std::map<pid_t, std::string> processes();
  void violation(const std::string& text) { report_.violations.push_back(text); }

  Campaign campaign_;
  std::mt19937_64 random_;
  test::System system_;
  Report report_;
  std::map<std::string, std::size_t> fresh_descriptors_;  // by kind
};

void Hand::inject_faults() {
  try {
    system_.exchange().inject(fmt::format(kFaults, below(1'000'000)));
  } catch (const std::runtime_error&) {
    // It is dead at the moment. Next time.
  }
}

std::map<pid_t, std::string> Hand::processes() {
  const auto status = system_.status();
  std::map<pid_t, std::string> found{{system_.supervisor(), "supervisor"}};
  for (const auto& service : status.services()) found.emplace(service.pid(), service.name());
  for (const auto& symbol : status.symbols()) {
    found.emplace(symbol.leader().pid(), "leader");
    for (const auto& trader : symbol.traders()) found.emplace(trader.pid(), "trader");
  }
  found.erase(0);
  return found;
}

pid_t Hand::find(const std::string& kind) {
  std::vector<pid_t> candidates;
  for (const auto& [pid, its_kind] : processes()) {
    if (its_kind == kind) candidates.push_back(pid);
  }
  if (candidates.empty()) return 0;
  return candidates[static_cast<std::size_t>(below(static_cast<int>(candidates.size())))];
}

std::string Hand::choose() {
  const int dice = below(100);
  if (dice < 70) return "trader";
  if (dice < 82) return "leader";
  if (dice < 90) return "gateway";
  if (dice < 95) return "streamer";
  if (dice < 98) return "binance_mock";
  return "supervisor";
}

void Hand::kill_trader() {
  const auto status = system_.status();
  if (status.symbols().empty()) return;
  const auto& symbol = status.symbols(below(status.symbols_size()));
  if (symbol.traders().empty()) return;
  const auto& trader = symbol.traders(below(symbol.traders_size()));
  if (trader.pid() == 0) return;
  const auto killed = Clock::now();
  if (::kill(trader.pid(), SIGKILL) != 0) return;
  ++report_.kills["trader"];
  // How long until the slot trades again is measured when the hand has time for it.
  if (below(4) != 0 || trader.standby()) return;
  bool is_back = false;
  bool waited = false;  // it had crashed a moment before as well
  const auto give_up = Clock::now() + 5s;
  while (!is_back && Clock::now() < give_up) {
    const auto now = system_.trader(symbol.symbol(), trader.slot());
    waited |= now.state() == "backoff";
    is_back = now.incarnation() > trader.incarnation() && now.state() == "running";
  }
  if (!is_back) return;
  auto& recoveries = waited ? report_.recoveries_after_backoff : report_.recoveries;
  recoveries.push_back(
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - killed));
}

void Hand::kill_supervisor() {
  system_.stop(SIGKILL);
  ++report_.kills["supervisor"];
  const auto killed = Clock::now();
  while (!system_.left_behind().empty()) {
    if (Clock::now() - killed > 1s)
      return violation("a process outlives its supervisor by a second");
  }
  system_.start();
  system_.exchange();
}

void Hand::stop_and_continue(pid_t pid) {
  if (pid == 0 || ::kill(pid, SIGSTOP) != 0) return;
  ++report_.kills["stopped"];
  std::this_thread::sleep_for(std::chrono::milliseconds{below(300)});
  ::kill(pid, SIGCONT);
}

void Hand::strike() {
  const int several = below(10) == 0 ? 3 : 1;
  for (int i = 0; i < several; ++i) {
    const std::string kind = choose();
    if (kind == "supervisor") return kill_supervisor();
    if (below(12) == 0) return stop_and_continue(find(kind));
    if (kind == "trader") {
      kill_trader();
    } else if (const pid_t pid = find(kind); pid != 0 && ::kill(pid, SIGKILL) == 0) {
      ++report_.kills[kind];
    }
  }
}

/// The tape has a highest and a lowest price, and an order may lie beyond them.
void Hand::bring_price_to(const std::string& symbol, const v1::TraderStatus& trader) {
  const auto& order = trader.phase() == "SELL_OPEN" ? trader.sell_order() : trader.buy_order();
  if (!order.price().empty()) system_.exchange().step(symbol, order.price());
}

void Hand::bring_prices() {
  const auto status = system_.status();
  try {
    for (const auto& symbol : status.symbols()) {
      for (const auto& trader : symbol.traders()) bring_price_to(symbol.symbol(), trader);
    }
  } catch (const std::runtime_error&) {
    // The exchange is dead at the moment.
  }
}

/// I6: within a bound every slot begins two more cycles.
void Hand::settle() {
  std::map<std::string, std::uint32_t> goal;
  const auto for_each_slot = [this](const auto& visit) {
    const auto now = system_.status();
    for (const auto& symbol : now.symbols()) {
      for (const auto& trader : symbol.traders()) {
        if (trader.standby()) continue;
        visit(symbol.symbol(), fmt::format("{}/{}", symbol.symbol(), trader.slot()), trader);
      }
    }
  };
  // The last stroke may have been the supervisor's.
  system_.until("every slot is there", [&] {
    for_each_slot([&](const auto&, const auto& slot, const auto& trader) {
      goal.emplace(slot, trader.cycle() + 2);
    });
    return goal.size() == 8;
  });
  const auto give_up = Clock::now() + 60s;
  while (!goal.empty()) {
    if (Clock::now() > give_up) {
      return violation("I6: slots that do not trade again: " + fmt::format("{}", goal));
    }
    for_each_slot([&](const auto& symbol, const auto& slot, const auto& trader) {
      const auto found = goal.find(slot);
      if (found == goal.end()) return;
      if (trader.cycle() >= found->second) {
        goal.erase(found);
      } else {
        bring_price_to(symbol, trader);
      }
    });
    std::this_thread::sleep_for(5ms);
  }
}

/// No process may have more descriptors open than one of its kind that has just started, but for some connections.
void Hand::check_processes() {
  constexpr std::size_t kConnections = 24;
  for (const auto& [pid, kind] : processes()) {
    const auto fresh = fresh_descriptors_.find(kind);
    const auto now = descriptors_of(pid);
    if (fresh != fresh_descriptors_.end() && now > fresh->second + kConnections) {
      violation(fmt::format("{} has {} descriptors open, began with {}", kind, now, fresh->second));
    }
  }
  // A dead child is reaped within moments.
  const auto give_up = Clock::now() + 2s;
  while (system_.zombies() != 0) {
    if (Clock::now() > give_up) return violation(fmt::format("{} zombies", system_.zombies()));
  }
}

void Hand::check_ledger() {
  // Nothing may happen while ledger and stores are held side by side.
  for (const char* symbol : {"BTCUSDT", "ETHUSDT"}) system_.stop_trading(symbol);
  report_.audit = test::audit(system_.exchange().ledger(), system_.state_directory());
}

Report Hand::run() {
  for (const char* symbol : {"BTCUSDT", "ETHUSDT"}) {
    for (const std::uint32_t slot : {0U, 1U, 2U, 3U}) system_.until_running(symbol, slot);
  }
  for (const auto& [pid, kind] : processes()) fresh_descriptors_[kind] = descriptors_of(pid);
  for (int i = 0; i < campaign_.kills; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{below(100)});
    if (i % 10 == 0) inject_faults();
    bring_prices();
    strike();
  }
  system_.until("the exchange is well again", [this] {
    try {
      system_.exchange().heal();
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  });
  settle();
  check_processes();
  check_ledger();
  const int status = system_.stop(SIGTERM);
  if (status != 0) violation(fmt::format("the supervisor exited {}", status));
  if (const auto left = system_.left_behind(); !left.empty())
    violation(fmt::format("orphans: {}", left));
  if (!report_.is_clean()) fmt::print(stderr, "{}\n", system_.log());
  return report_;
}

std::string percentile(std::vector<std::chrono::microseconds> values, int percent) {
  if (values.empty()) return "-";
  std::ranges::sort(values);
  const auto index =
      std::min(values.size() - 1, values.size() * static_cast<std::size_t>(percent) / 100);
  return fmt::format("{:.1f} ms", static_cast<double>(values[index].count()) / 1000);
}

}  // namespace

std::string Report::to_string() const {
  std::string text = "killed:";
  for (const auto& [kind, count] : kills) text += fmt::format(" {} {}", count, kind);
  text += "\n" + audit.to_string();
  const auto describe = [&](std::string_view what,
                            const std::vector<std::chrono::microseconds>& times) {
    text += fmt::format("{}: p50 {}, p99 {} ({} measured)\n", what, percentile(times, 50),
                        percentile(times, 99), times.size());
  };
  describe("killed trader to trading again", recoveries);
  describe("the same with back-off, killed again within moments", recoveries_after_backoff);
  for (const std::string& violation : violations) text += "VIOLATION " + violation + "\n";
  return text;
}

Report run(const Campaign& campaign) { return Hand{campaign}.run(); }

}  // namespace naive::chaos
