#pragma once

#include <naive/v1/control.pb.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/exchange.h"

namespace naive::test {

/// A private directory that goes away with the object.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// How long anything may take before a test gives up on it. Generous: these machines are slow and
/// shared.
inline constexpr std::chrono::seconds kDeadline{20};

/// The whole system as a user runs it: the real supervisor with all its children, the mock exchange
/// among them, stepped so that no price moves unless the test says so. The test process is a
/// subreaper: a process that outlives the supervisor becomes ours, and left_behind() finds it.
class System {
 public:
  /// What few tests want otherwise.
  struct Setup {
    std::string pace = "stepped";  // any other, and the exchange replays the recorded tape
    std::filesystem::path exchange_info = "";  // other symbols than those of tests/system/data
    bool sync_points = true;  // each costs a system call, which a benchmark would measure
  };
  /// `symbols`: the [symbols.X] tables of the configuration. `more`: further tables.
  explicit System(const std::string& symbols, const std::string& more = "")
      : System(symbols, more, Setup{}) {}
  System(const std::string& symbols, const std::string& more, Setup setup);
  ~System();

  void start();
  /// Sends the supervisor a signal and waits for its end. Its exit status, or -signal.
  int stop(int signal_number);
  /// Waits for the end of the supervisor by itself.
  int wait_for_end();
  pid_t supervisor() const { return pid_; }
  /// Processes of this system that still exist.
  std::vector<pid_t> left_behind() const;
  /// Dead children that a process of this system has not reaped.
  std::size_t zombies() const;
  const std::filesystem::path& run_directory() const { return run_directory_; }
  const std::filesystem::path& state_directory() const { return state_directory_; }

  /// Asks the control socket; throws when no answer comes.
  v1::ControlReply ask(const v1::ControlRequest& request) const;
  /// The raw bytes of a request, and of its answer.
  std::string ask_raw(std::string_view request,
                      std::chrono::milliseconds patience = kDeadline) const;
  v1::ControlReply start_trading(const std::string& symbol) const;
  v1::ControlReply stop_trading(const std::string& symbol) const;
  v1::SystemStatus status() const;
  v1::SymbolStatus symbol(const std::string& symbol) const;
  v1::TraderStatus trader(const std::string& symbol, std::uint32_t slot = 0) const;
  pid_t service(const std::string& name) const;

  /// The exchange, once it listens.
  const Exchange& exchange();
  std::string log() const;

  /// Asks again and again until it is so. Throws with `what`, the status and the log when it does
  /// not come true.
  void until(const std::string& what, const std::function<bool()>& is_so) const;
  void until_log_says(const std::string& text) const;
  /// Until the slot's trader has its state and hears feed and gateway.
  void until_running(const std::string& symbol, std::uint32_t slot = 0) const;
  void until_phase(const std::string& symbol, const std::string& phase) const;

  /// SIGSTOP, and nothing runs in it any more.
  void suspend(pid_t pid) const;

  /// The first process to reach this sync point (runtime/sync_point.h) stops there.
  void arm(const std::string& sync_point) const;
  /// Until a process has stopped at a sync point that was armed. Returns its pid.
  pid_t until_stopped_at(const std::string& sync_point) const;

 private:
  void write_config(const std::string& symbols, const std::string& more) const;

  Setup setup_;
  TemporaryDirectory directory_;
  std::filesystem::path run_directory_;
  std::filesystem::path state_directory_;
  std::filesystem::path sync_points_;
  pid_t pid_ = 0;
  std::optional<Exchange> exchange_;
};

bool is_alive(pid_t pid);

}  // namespace naive::test
