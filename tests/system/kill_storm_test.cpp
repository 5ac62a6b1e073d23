// Thousands of kills in a row, past the point where pids start over: nothing piles up, and no slot ever has two traders.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <map>
#include <set>
#include <thread>

#include "tests/support/system.h"

namespace naive::test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr const char* kSymbols[] = {"XRPUSDT", "BTCUSDT", "ETHUSDT"};

std::string slot_name(const std::string& symbol, std::uint32_t slot) {
  return fmt::format("trader {}/{}", symbol, slot);
}

/// Looks at /proc all the time.
class Watcher {
 public:
  explicit Watcher(const System& system)
      : run_directory_(system.run_directory().string()), thread_([this] { watch(); }) {}
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher() { stop(); }

  /// What it has seen that must not be.
  std::set<std::string> stop() {
    done_ = true;
    if (thread_.joinable()) thread_.join();
    return violations_;
  }
  int looks() const { return looks_; }

 private:
  void watch() {
    while (!done_) {
      look();
      ++looks_;
      std::this_thread::sleep_for(2ms);
    }
  }

  void look() {
    std::map<std::string, pid_t> seen;
    for (const auto& entry : fs::directory_iterator{"/proc"}) {
      const std::string number = entry.path().filename().string();
      if (number.find_first_not_of("0123456789") != std::string::npos) continue;
      const pid_t pid = std::stoi(number);
      const std::string name = trader_at(pid);
      if (name.empty() || !is_alive(pid)) continue;
      const auto [other, is_first] = seen.emplace(name, pid);
      // Both at the same time, and not one after the other while we looked.
      if (!is_first && trader_at(other->second) == name && is_alive(other->second)) {
        violations_.insert(name);
      }
    }
  }

  /// The slot of the trader that has this pid; empty when that is somebody else.
  std::string trader_at(pid_t pid) const {
    std::ifstream file{fmt::format("/proc/{}/cmdline", pid)};
    std::string line;
    std::getline(file, line);
    if (!line.starts_with("trader") || line.find(run_directory_) == std::string::npos) return "";
    const std::string option{"--name\0", 7};
    const auto found = line.find(option);
    if (found == std::string::npos) return "";
    return line.c_str() + found + option.size();  // up to the next zero
  }

  std::string run_directory_;
  std::set<std::string> violations_;
  std::atomic<bool> done_ = false;
  std::atomic<int> looks_ = 0;
  std::thread thread_;  // last: it uses all of the above
};

/// Uses pids up, with children that do nothing.
class Pids {
 public:
  void burn(int count) {
    for (int i = 0; i < count; ++i) {
      const pid_t pid = burn_one();
      if (pid < last_) ++wraps_;
      last_ = pid;
    }
  }
  int wraps() const { return wraps_; }
  static int most() {
    int most = 0;
    std::ifstream{"/proc/sys/kernel/pid_max"} >> most;
    return most;
  }

 private:
  static pid_t burn_one() {
    const pid_t pid = ::vfork();
    if (pid == 0) ::_exit(0);
    ::waitpid(pid, nullptr, 0);
    return pid;
  }

  pid_t last_ = 0;
  int wraps_ = 0;
};

/// What a process has piled up.
struct Footprint {
  std::ptrdiff_t descriptors = 0;
  long resident_kilobytes = 0;
};

class KillStorm : public testing::Test {
 protected:
  void start(std::uint32_t chunks) {
    std::string symbols;
    for (const char* symbol : kSymbols) {
      symbols += fmt::format("[symbols.{}]\nchunks = {}\nbudget = \"10000\"\n", symbol, chunks);
    }
    // Killing is the point; quarantine has tests of its own.
    system_.emplace(symbols, "[supervision]\nmax_restarts = 1000\nmax_time = 1\n");
    until_all([](const auto& trader) { return trader.state() == "running"; });
    for (const char* symbol : kSymbols) system_->exchange().step(symbol, "0.43183");
    until_all([](const auto& trader) { return trader.phase() == "BUY_OPEN"; });
    orders_ = system_->exchange().ledger().orders.size();
    EXPECT_EQ(orders_, std::size(kSymbols) * chunks);
  }

  void until_all(const std::function<bool(const v1::TraderStatus&)>& is_so) {
    system_->until("it is so of all traders", [&] {
      const auto status = system_->status();
      return status.symbols_size() == std::size(kSymbols) &&
             std::ranges::all_of(status.symbols(), [&](const auto& symbol) {
               return symbol.traders_size() > 0 && std::ranges::all_of(symbol.traders(), is_so);
             });
    });
  }

  /// By name, for a pid may be somebody else's by now.
  void kill_slot(const std::string& name) {
    v1::ControlRequest request;
    request.mutable_kill()->set_name(name);
    if (system_->ask(request).ok()) ++kills_;
  }

  /// Kills each slot as soon as it trades again.
  void kill(int count, int pids_per_kill) {
    const int goal = kills_ + count;
    auto patience = Clock::now() + kDeadline;
    while (kills_ < goal) {
      const int before = kills_;
      const auto status = system_->status();
      for (const auto& symbol : status.symbols()) {
        for (const auto& trader : symbol.traders()) {
          if (trader.state() != "running" || kills_ == goal) continue;
          pids_.burn(pids_per_kill);
          kill_slot(slot_name(symbol.symbol(), trader.slot()));
        }
      }
      if (kills_ > before) patience = Clock::now() + kDeadline;
      ASSERT_LT(Clock::now(), patience) << kills_;
      std::this_thread::sleep_for(5ms);
    }
    until_all([](const auto& trader) {
      return trader.state() == "running" && trader.phase() == "BUY_OPEN";
    });
  }

  std::map<std::string, Footprint> footprints() const {
    std::map<std::string, Footprint> found{{"supervisor", footprint(system_->supervisor())}};
    const auto status = system_->status();
    for (const auto& service : status.services()) found[service.name()] = footprint(service.pid());
    for (const auto& symbol : status.symbols()) {
      found["leader " + symbol.symbol()] = footprint(symbol.leader().pid());
    }
    return found;
  }
  static Footprint footprint(pid_t pid) {
    std::ifstream statm{fmt::format("/proc/{}/statm", pid)};
    long size = 0;
    long resident = 0;
    statm >> size >> resident;
    return {std::distance(fs::directory_iterator{fmt::format("/proc/{}/fd", pid)}, {}),
            resident * ::sysconf(_SC_PAGESIZE) / 1024};
  }
  std::set<std::string> files() const {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator{system_->run_directory()}) {
      found.insert(entry.path().filename().string());
    }
    return found;
  }

  void expect_flat(const std::map<std::string, Footprint>& before) {
    constexpr std::ptrdiff_t kSpare = 4;  // connections that HTTP keeps for the next request
    auto now = footprints();
    const auto has_settled = [&] {
      return std::ranges::all_of(before, [&](const auto& entry) {
        return now.at(entry.first).descriptors <= entry.second.descriptors + kSpare;
      });
    };
    const auto patience = Clock::now() + kDeadline;
    for (; !has_settled() && Clock::now() < patience; now = footprints()) {
      std::this_thread::sleep_for(5ms);
    }
    for (const auto& [name, footprint] : before) {
      EXPECT_LE(now.at(name).descriptors, footprint.descriptors + kSpare) << name;
    }
#ifndef __SANITIZE_ADDRESS__           // which keeps what was freed
    constexpr long kSlack = 8 * 1024;  // a kilobyte a kill would be ten megabytes
    for (const auto& [name, footprint] : before) {
      EXPECT_LE(now.at(name).resident_kilobytes, footprint.resident_kilobytes + kSlack) << name;
    }
#endif
    EXPECT_EQ(system_->zombies(), 0U);
  }

  void storm(std::uint32_t chunks, int kills) {
    start(chunks);
    Watcher watcher{*system_};
    const int all = static_cast<int>(std::size(kSymbols) * chunks);
    kill(all, 0);  // what the first death of a slot needs, it has by now
    const auto before = footprints();
    const auto files_before = files();
    const bool wraps = kills >= 1000 || Pids::most() <= 65'536;
    kill(kills - all, wraps ? Pids::most() / (kills - all) + 1 : 0);
    EXPECT_EQ(pids_.wraps() > 0, wraps);
    expect_flat(before);
    EXPECT_EQ(files(), files_before);
    EXPECT_THAT(watcher.stop(), testing::IsEmpty()) << "two traders in a slot";
    EXPECT_GT(watcher.looks(), 10);
    EXPECT_EQ(system_->exchange().ledger().orders.size(), orders_);
    RecordProperty("kills", kills_);
    RecordProperty("looks", watcher.looks());
  }

  std::optional<System> system_;
  Pids pids_;
  std::size_t orders_ = 0;
  int kills_ = 0;
};

TEST_F(KillStorm, LeavesNothingBehind) { storm(4, 60); }

using Campaign = KillStorm;
TEST_F(Campaign, TenThousandKills) { storm(60, 10'000); }

}  // namespace
}  // namespace naive::test
