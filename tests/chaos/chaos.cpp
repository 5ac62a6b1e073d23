#include "tests/chaos/chaos.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <set>
#include <thread>

#include "market/client_order_id.h"
#include "market/order.h"
#include "tests/support/system.h"

namespace naive::chaos {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr const char* kSymbols = R"(
[symbols.BTCUSDT]
chunks = 2
profit_target = "-0.00195"
buy_down_interval = "0.00002"
budget = "2000"
[symbols.ETHUSDT]
chunks = 2
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
      : campaign_(campaign), random_(campaign.seed), system_(kSymbols, kSupervision, "x60") {}

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
  void check();
  void violation(const std::string& text) { report_.violations.push_back(text); }

  Campaign campaign_;
  std::mt19937_64 random_;
  test::System system_;
  Report report_;
};

void Hand::inject_faults() {
  try {
    system_.exchange().inject(fmt::format(kFaults, below(1'000'000)));
  } catch (const std::runtime_error&) {
    // It is dead at the moment. Next time.
  }
}

pid_t Hand::find(const std::string& kind) {
  const auto status = system_.status();
  std::vector<pid_t> candidates;
  for (const auto& service : status.services()) {
    if (service.name() == kind) candidates.push_back(service.pid());
  }
  for (const auto& symbol : status.symbols()) {
    if (kind == "leader") candidates.push_back(symbol.leader().pid());
    for (const auto& trader : symbol.traders()) {
      if (kind == "trader") candidates.push_back(trader.pid());
    }
  }
  std::erase(candidates, 0);
  if (candidates.empty()) return 0;
  return candidates[static_cast<std::size_t>(below(static_cast<int>(candidates.size())))];
}

std::string Hand::choose() {
  const int dice = below(100);
  if (dice < 60) return "trader";
  if (dice < 74) return "leader";
  if (dice < 86) return "gateway";
  if (dice < 92) return "streamer";
  if (dice < 97) return "binance_mock";
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
  if (below(4) != 0) return;
  bool is_back = false;
  const auto give_up = Clock::now() + 5s;
  while (!is_back && Clock::now() < give_up) {
    const auto now = system_.trader(symbol.symbol(), trader.slot());
    is_back = now.incarnation() > trader.incarnation() && now.state() == "running";
  }
  if (is_back)
    report_.recoveries.push_back(
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

/// I6: within a bound every slot begins another cycle.
void Hand::settle() {
  std::map<std::string, std::uint32_t> goal;
  // The last stroke may have been the supervisor's.
  system_.until("four slots are there", [&] {
    const auto now = system_.status();
    for (const auto& symbol : now.symbols()) {
      for (const auto& trader : symbol.traders()) {
        goal.emplace(fmt::format("{}/{}", symbol.symbol(), trader.slot()), trader.cycle() + 2);
      }
    }
    return goal.size() == 4;
  });
  const auto give_up = Clock::now() + 120s;
  while (!goal.empty()) {
    if (Clock::now() > give_up)
      return violation("I6: slots that do not trade again: " + fmt::format("{}", goal));
    const auto now = system_.status();
    for (const auto& symbol : now.symbols()) {
      for (const auto& trader : symbol.traders()) {
        const auto slot = goal.find(fmt::format("{}/{}", symbol.symbol(), trader.slot()));
        if (slot != goal.end() && trader.cycle() >= slot->second) goal.erase(slot);
      }
    }
    std::this_thread::sleep_for(5ms);
  }
}

void Hand::check() {
  // Nothing may happen while ledger and status are held side by side.
  for (const char* symbol : {"BTCUSDT", "ETHUSDT"}) system_.stop_trading(symbol);
  const auto ledger = system_.exchange().ledger();
  std::set<std::string> ids;
  std::map<std::string, int> open;
  std::map<std::string, market::Decimal> bought, sold;  // by cycle, net of nothing
  std::map<std::string, std::uint64_t> last_cycle;
  for (const auto& order : ledger.orders) {
    const auto id = market::ClientOrderId::parse(order.client_order_id);
    if (!id) {
      violation("I4: a stranger's order: " + order.client_order_id);
      continue;
    }
    if (!ids.insert(order.client_order_id).second)
      violation("placed twice: " + order.client_order_id);
    const std::string slot = fmt::format("{}/{}", id->symbol, id->slot);
    if (market::is_open(market::parse_order_status(order.status)) && ++open[slot] > 1) {
      violation("I2: two open orders in " + slot);
    }
    const std::string cycle = fmt::format("{}#{}", slot, id->cycle);
    auto& sum = id->side == market::Side::kBuy ? bought[cycle] : sold[cycle];
    sum = add(sum, *market::Decimal::parse(order.executed)).value();
    if (*market::Decimal::parse(order.executed) > *market::Decimal::parse(order.quantity)) {
      violation("I1: " + order.client_order_id);
    }
    last_cycle[slot] = std::max(last_cycle[slot], id->cycle);
  }
  for (const auto& [cycle, amount] : sold) {
    if (amount > bought[cycle]) violation("I3: " + cycle);
  }
  // A cycle that is over has sold what it bought but for the commission and less than a step.
  for (const auto& [cycle, amount] : bought) {
    const auto slot = cycle.substr(0, cycle.find('#'));
    const bool is_over = std::stoull(cycle.substr(cycle.find('#') + 1)) < last_cycle[slot];
    if (is_over && !amount.is_zero() && sold[cycle].is_zero())
      violation("lost: bought and never sold: " + cycle);
  }
  report_.orders = static_cast<int>(ledger.orders.size());
  report_.executions = static_cast<int>(ledger.executions.size());
  for (const auto& [slot, cycle] : last_cycle) report_.cycles += cycle;
}

Report Hand::run() {
  for (const char* symbol : {"BTCUSDT", "ETHUSDT"}) {
    for (const std::uint32_t slot : {0U, 1U}) system_.until_running(symbol, slot);
  }
  for (int i = 0; i < campaign_.kills; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{below(40)});
    if (i % 10 == 0) inject_faults();
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
  const auto descriptors = descriptors_of(system_.supervisor());
  if (descriptors > 64) violation(fmt::format("the supervisor has {} descriptors", descriptors));
  check();
  const int status = system_.stop(SIGTERM);
  if (status != 0) violation(fmt::format("the supervisor exited {}", status));
  if (const auto left = system_.left_behind(); !left.empty())
    violation(fmt::format("orphans: {}", left));
  if (!report_.violations.empty()) {
    fmt::print(stderr, "{}\n", system_.log());
  }
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
  text += fmt::format("\norders {}, executions {}, cycles {}; violations {}\n", orders, executions,
                      cycles, violations.size());
  text += fmt::format("killed trader to ready: p50 {}, p99 {} ({} measured)\n",
                      percentile(recoveries, 50), percentile(recoveries, 99), recoveries.size());
  for (const std::string& violation : violations) text += "VIOLATION " + violation + "\n";
  return text;
}

Report run(const Campaign& campaign) { return Hand{campaign}.run(); }

}  // namespace naive::chaos
