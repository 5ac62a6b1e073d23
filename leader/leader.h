#pragma once

#include <naive/v1/events.pb.h>

#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "leader/codec.h"
#include "leader/reserve.h"
#include "leader/roster.h"
#include "leader/traders.h"
#include "runtime/bus.h"
#include "runtime/child_options.h"
#include "runtime/directories.h"
#include "runtime/event_loop.h"
#include "runtime/heartbeat.h"
#include "runtime/last_crashes.h"
#include "runtime/oom_kills.h"
#include "runtime/signal_fd.h"
#include "runtime/supervisor_link.h"
#include "store/slot_store.h"

namespace naive::v1 {
class GatewayReply;
class InvalidSymbol;
class SlotCommand;
class CommandDone;
class TraderMessage;
}  // namespace naive::v1

namespace naive::leader {

/// What the leader is told on its command line.
struct Options {
  runtime::ChildOptions child;
  std::string symbol;
  Settings settings;
  std::uint32_t chunks = 1;
  std::uint32_t standby = 0;
  bool finishing = false;
  std::filesystem::path state_directory;
  std::chrono::milliseconds fence{16'000};
  supervision::RestartPolicy restarts;
  std::chrono::milliseconds silence_limit = supervision::kDefaultSilenceLimit;
};

/// The shell around the Roster: processes, sockets, store, log. It asks the gateway for the
/// symbol's rules, then starts the traders.
class Leader {
 public:
  explicit Leader(const Options& options);

  /// Until every slot has stopped as asked. Returns the exit status.
  int run();

 private:
  struct Takeover {
    Place standby;
    Place slot;
  };

  store::SlotStore open_store();
  Roster make_roster();
  void on_signals();
  void on_deaths();
  void on_death(const Place& place, const runtime::Death& death);
  void drain_traders();
  void on_trader(const std::string& identity, const v1::TraderMessage& message);
  void on_standby(const Place& place, const v1::TraderMessage& message);
  void on_gateway();
  void on_reply(const v1::GatewayReply& reply);
  void on_rules(const v1::GatewayReply& reply);
  void on_suspension(const v1::InvalidSymbol& answer);
  void on_last_cycle(std::uint64_t last_cycle);
  void begin(std::uint64_t last_cycle);
  void on_gateway_epoch();
  void on_supervisor(const v1::SupervisorMessage& message);
  void on_slot_command(const v1::SupervisorMessage& message);
  void execute(const v1::SlotCommand& command, v1::CommandDone& done);
  void clear(const v1::SlotCommand& command, v1::CommandDone& done);
  void ask_for_rules();
  void ask_for_last_cycle();

  void act(const Actions& actions);
  bool keep(const Store& store);
  void tend_reserve();
  void set_timer();
  void act(const Store& store);
  void act(const StartProcess& start);
  void act(const Assign& assign);
  void act(const Acknowledge& acknowledge);
  void act(const Refuse& refuse);
  void act(const TellFinish& tell);
  void act(const KillProcess& kill);
  void act(const AbortProcess& abort);
  void act(const Report& report);
  void act(const Done&);

  void log(const Report& report);
  void log_as_supervisor(const Report& report, pid_t pid);
  void remember_crash(const Place& place, const std::string& reason);
  void tell_last_crash(const Place& place, v1::CommandDone& done) const;
  void report(const Place& place, pid_t pid, v1::Event_What what, const std::string& reason = "");
  /// Of the slot's current incarnation.
  Place place_of(std::uint32_t slot) const;
  Place place_of(const v1::SlotCommand& command) const;
  std::string name_of(std::uint32_t slot) const;
  double jitter() { return std::uniform_real_distribution<>{0, 1}(random_); }
  void excuse_silence_if_late();
  void status_changed();
  void push_status();

  Options options_;
  runtime::SignalFd signals_;
  runtime::Sockets sockets_;
  runtime::EventLoop loop_;
  runtime::Bus bus_;
  runtime::SupervisorLink supervisor_;
  store::SlotStore store_;
  Traders traders_;
  runtime::Socket gateway_;
  runtime::Socket orders_;
  runtime::Watch watch_traders_, watch_gateway_, watch_orders_, watch_signals_, watch_supervisor_;
  runtime::TimePoint last_beat_ = loop_.now();
  runtime::Heartbeat heartbeat_;
  runtime::Timer timer_, ask_again_, status_timer_;
  runtime::Frames frames_;

  Roster roster_;
  Reserve reserve_;
  runtime::OomKills oom_kills_;
  runtime::LastCrashes crashes_;
  // What became of the actions under way.
  std::set<std::uint32_t> unstored_;
  std::vector<Takeover> takeovers_;
  std::map<std::uint32_t, std::string> start_failures_;
  std::string sender_;                        // of the message under way
  std::optional<market::SymbolRules> rules_;  // once the gateway has told them
  std::string store_trouble_;  // why the store does not take anything; empty: it does
  bool begun_ = false;
  std::uint64_t gateway_epoch_ = 0;
  bool suspension_told_ = false;
  std::uint64_t last_request_id_ = 0;
  int exit_status_ = 0;
  std::mt19937 random_{std::random_device{}()};
};

}  // namespace naive::leader
