#pragma once

#include <expected>
#include <functional>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "supervision/exit_reason.h"
#include "supervisor/config.h"
#include "supervisor/node.h"

namespace naive::supervisor {

/// Why a command is refused, in OTP's words.
struct Refusal {
  std::string code;
  std::string message;
  pid_t pid = 0;  // of already_started

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// A command is done, or some transition of its child will tell.
enum class Progress { kDone, kLater };
using Outcome = std::expected<Progress, Refusal>;

/// The supervision tree: pure. Its shell tells it what happened and executes, in order, the actions
/// that follow, and then, as many at a time as it likes, the spawns.
///
/// Services are started in the given order, each when the one before is ready, then the leaders,
/// all at once. Services are permanent: whatever they die of, they come back, after a while. The
/// exception is the very first start: a service that says that it cannot start ends everything,
/// because then it is the user who has to act; so does one that cannot be executed or only crashes,
/// but then whoever has started us may try again. A leader that crashes too often is left alone, and
/// so is one that says that another start will not help; no other notices. The way down is the
/// reverse: leaders all at once, then one service after the other, SIGTERM first and SIGKILL when
/// its time is up; the time counts from the beginning for all of them together.
class Tree {
 public:
  /// `jitter`: random, in [0, 1).
  Tree(const SupervisionSettings& settings, const std::vector<std::string>& services,
       std::function<double()> jitter);

  std::vector<Action> take_actions();
  bool has_spawns() const { return !spawns_.empty(); }
  /// Services first: no leader that waits can do without.
  Spawn take_spawn();

  // What happened.
  void boot(TimePoint now);
  /// Instead of boot(): an earlier image of this supervisor has done that, and much more.
  struct Memory {
    std::vector<Node> services;
    std::vector<Node> leaders;
    std::map<std::string, std::uint32_t> last_incarnations;  // of leaders that were removed
  };
  void resume(Memory memory, TimePoint now);
  Memory memory() const;
  /// `time`: microseconds since the Unix epoch, for people.
  void spawned(std::string_view name, pid_t pid, std::int64_t time = 0);
  void spawn_failed(std::string_view name, const std::string& reason, TimePoint now);
  /// It was told to stop before its turn to be spawned had come.
  void not_spawned(std::string_view name, TimePoint now);
  /// Anything from this process; false when it is not the current one.
  bool heard(std::string_view name, std::uint32_t incarnation, TimePoint now);
  void ready(std::string_view name, const std::string& endpoint, TimePoint now);
  /// Its own word about its end, which follows.
  void failed(std::string_view name, const std::string& code, const std::string& message);
  void died(std::string_view name, const supervision::ExitReason& exit, TimePoint now);
  /// To be called at next_deadline(): restarts what is due, kills what did not stop.
  void tick(TimePoint now);
  std::optional<TimePoint> next_deadline() const;
  /// To be called every kSilenceCheck: aborts what has been silent for too long, and kills it kAbortPatience later.
  void check_silence(TimePoint now);
  static constexpr std::chrono::milliseconds kSilenceCheck{500};
  static constexpr std::chrono::milliseconds kAbortPatience{500};

  // What users ask for. Transitions of the child tell the rest when the answer is kLater.
  void autostart(const std::string& symbol, Wish wish);  // before boot()
  Outcome start_trading(const std::string& symbol, TimePoint now);
  Outcome stop_trading(const std::string& symbol, TimePoint now);
  Outcome shutdown_trading(const std::string& symbol, TimePoint now);
  Outcome restart(std::string_view name, TimePoint now);
  Outcome terminate(std::string_view name, TimePoint now);
  Outcome clear(std::string_view name, TimePoint now);
  /// Replaces the process of a place, or starts one where none runs: kStopped, kStarted, kReady.
  /// That its process ends is neither a crash nor a wish of a user's, and a wish comes first.
  void renew(std::string_view name, TimePoint now);

  void shut_down(TimePoint now);
  /// No more patience: SIGKILL to everything, now.
  void kill_all();
  bool shutting_down() const { return shutdown_deadline_.has_value(); }
  /// All services have been ready, and the leaders have been started.
  bool booted() const { return boot_ == Boot::kDone; }
  /// Shut down, and nothing runs any more.
  bool is_down() const;
  /// Why the first start failed; empty when it did not.
  const std::string& fatal() const { return fatal_; }
  /// Whether it failed because a service said itself that another start will not help.
  bool fatal_for_good() const { return fatal_for_good_; }

  const Node* find(std::string_view name) const;
  const Node* find(pid_t pid) const;
  const std::vector<Node>& services() const { return services_; }
  /// By name.
  const std::map<std::string, Node, std::less<>>& leaders() const { return leaders_; }

 private:
  enum class Boot { kNotYet, kServices, kDone };

  Node* lookup(std::string_view name);
  Node* leader_of(const std::string& symbol);
  Node& add_leader(const std::string& symbol);
  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    for (auto& node : self.services_) visit(node);
    for (auto& [name, node] : self.leaders_) visit(node);
  }

  void start(Node& node, TimePoint now);
  void stop(Node& node, TimePoint now);
  void settle(Node& node, supervision::ChildState::Next next, const std::string& reason,
              TimePoint now);
  supervision::ChildState::Next decide(Node& node, const supervision::ExitReason& exit,
                                       const std::string& reason, TimePoint now);
  /// `reason`: if it ended otherwise than it should have.
  void ended_as_commanded(Node& node, TimePoint now, const std::string& reason = "");
  void fail_boot(Node& node, bool for_good, const std::string& reason, TimePoint now);
  bool first_start_failed(const Node& node, supervision::Verdict verdict) const;
  void go_on_booting(TimePoint now);
  void go_on_stopping(TimePoint now);
  void report(const Node& node, Transition::What what, const std::string& reason = "");

  SupervisionSettings settings_;
  std::function<double()> jitter_;
  std::vector<Node> services_;
  std::map<std::string, Node, std::less<>> leaders_;
  std::map<std::string, std::uint32_t> last_incarnations_;  // of leaders that were removed
  Boot boot_ = Boot::kNotYet;
  std::optional<TimePoint> shutdown_deadline_;
  std::string fatal_;
  bool fatal_for_good_ = false;
  TimePoint last_silence_check_{};
  std::vector<Action> actions_;
  std::deque<Spawn> spawns_;
};

/// "leader BTCUSDT"
std::string leader_name(std::string_view symbol);

}  // namespace naive::supervisor
