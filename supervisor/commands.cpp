#include "supervisor/commands.h"

#include <naive/v1/supervision.pb.h>

#include <csignal>

#include "market/symbol_rules.h"
#include "supervisor/command_lines.h"

namespace naive::supervisor {
namespace {

using namespace std::chrono_literals;

/// How long a client waits for a child at most; naivectl waits a little longer, so as to hear about
/// it.
constexpr auto kPatience = 10s;
/// A stop takes as long as its configuration lets it; who waits for no longer than usual is told later, by `status`.
constexpr auto kStopPatience = 60s;
constexpr std::size_t kMostStreams = 1000;

v1::SlotCommand::Verb slot_verb(v1::ControlRequest::CommandCase command) {
  if (command == v1::ControlRequest::kRestartChild) return v1::SlotCommand::RESTART;
  if (command == v1::ControlRequest::kTerminateChild) return v1::SlotCommand::TERMINATE;
  return v1::SlotCommand::CLEAR;
}

const std::string& child_name(const v1::ControlRequest& request) {
  if (request.has_restart_child()) return request.restart_child().name();
  if (request.has_terminate_child()) return request.terminate_child().name();
  return request.clear().name();
}

v1::ControlReply success() {
  v1::ControlReply reply;
  reply.set_ok(true);
  return reply;
}

v1::SupervisorMessage stream_message(const std::string& symbol, bool on) {
  v1::SupervisorMessage message;
  message.mutable_stream()->set_symbol(symbol);
  message.mutable_stream()->set_on(on);
  return message;
}

}  // namespace

void Commands::execute(const Client& client, const v1::ControlRequest& request, TimePoint now) {
  using Case = v1::ControlRequest::CommandCase;
  v1::ControlReply reply = success();
  switch (request.command_case()) {
    case Case::kStartTrading:
      return start_trading(client, request.start_trading().symbol(), now);
    case Case::kStopTrading: {
      const std::string& symbol = request.stop_trading().symbol();
      return answer(client, tree_.stop_trading(symbol, now), Waiting::For::kStopped,
                    leader_name(symbol), now);
    }
    case Case::kShutdownTrading: {
      const std::string& symbol = request.shutdown_trading().symbol();
      return answer(client, tree_.shutdown_trading(symbol, now), Waiting::For::kStopped,
                    leader_name(symbol), now);
    }
    case Case::kStartStreaming:
      return stream(client, request.start_streaming().symbol(), true);
    case Case::kStopStreaming:
      return stream(client, request.stop_streaming().symbol(), false);
    case Case::kWhichChildren:
      *reply.mutable_children() = which_children(tree_, traders_);
      break;
    case Case::kCountChildren:
      *reply.mutable_counts() = count_children(tree_, traders_);
      break;
    case Case::kRestartChild:
    case Case::kTerminateChild:
    case Case::kClear:
      return act_on_child(client, request, now);
    case Case::kKill:
      return kill(client, request.kill(), now);
    case Case::kStatus:
      *reply.mutable_status() = system_status(tree_, traders_);
      if (roller_.status().state() != v1::Rollout::STATE_UNSPECIFIED) {
        *reply.mutable_status()->mutable_rollout() = roller_.status();
      }
      break;
    case Case::kLastCrash:
      return last_crash(client, request.last_crash().name(), now);
    case Case::kRestartRolling:
      return restart_rolling(client, request.restart_rolling().symbol());
    case Case::kUpgrade:
      if (can_roll(client)) begin_upgrade_(client, request.upgrade().directory());
      return;
    case Case::COMMAND_NOT_SET:
      return fail(client, "bad_request", "no command");
  }
  control_.reply(client, reply);
}

void Commands::start_trading(const Client& client, const std::string& symbol, TimePoint now) {
  if (!market::is_symbol(symbol)) {
    return fail(client, "invalid_symbol", "'" + symbol + "' is not a symbol; for example: BTCUSDT");
  }
  answer(client, tree_.start_trading(symbol, now), Waiting::For::kReady, leader_name(symbol), now);
}

void Commands::stream(const Client& client, const std::string& symbol, bool on) {
  if (!market::is_symbol(symbol)) {
    return fail(client, "invalid_symbol", "'" + symbol + "' is not a symbol; for example: BTCUSDT");
  }
  if (!on && streams_.erase(symbol) == 0) {
    return fail(client, "not_found", symbol + " is not streamed by command");
  }
  if (on && streams_.size() >= kMostStreams) return fail(client, "busy", "too many streams");
  if (on) streams_.insert(symbol);
  children_.send(kStreamer, stream_message(symbol, on));
  succeed(client);
}

void Commands::repeat_streams() {
  for (const std::string& symbol : streams_)
    children_.send(kStreamer, stream_message(symbol, true));
}

void Commands::write(v1::Handover& out) const {
  for (const std::string& symbol : streams_) out.add_streams(symbol);
  out.set_last_command(last_command_id_);
}

void Commands::resume(const v1::Handover& handover) {
  streams_.insert(handover.streams().begin(), handover.streams().end());
  last_command_id_ = handover.last_command();
}

void Commands::act_on_child(const Client& client, const v1::ControlRequest& request,
                            TimePoint now) {
  const std::string& name = child_name(request);
  if (const auto slot = traders_.find_trader(name)) {
    if (slot->standby) return fail(client, "bad_request", name + " has no slot; it can be killed");
    v1::SupervisorMessage message;
    message.mutable_slot()->set_verb(slot_verb(request.command_case()));
    message.mutable_slot()->set_fresh(request.clear().fresh());
    message.mutable_slot()->set_revision(request.clear().revision());
    return forward(client, *slot, std::move(message), now);
  }
  if (request.clear().fresh() || request.clear().revision() != 0) {
    return fail(client, "bad_request", name + " has no state of its own; name a trader");
  }
  if (request.has_restart_child()) {
    answer(client, tree_.restart(name, now), Waiting::For::kReady, name, now);
  } else if (request.has_terminate_child()) {
    answer(client, tree_.terminate(name, now), Waiting::For::kStopped, name, now);
  } else {
    answer(client, tree_.clear(name, now), Waiting::For::kReady, name, now);
  }
}

void Commands::last_crash(const Client& client, const std::string& name, TimePoint now) {
  if (const auto slot = traders_.find_trader(name)) {
    v1::SupervisorMessage message;
    message.mutable_slot()->set_verb(v1::SlotCommand::LAST_CRASH);
    return forward(client, *slot, std::move(message), now);
  }
  if (tree_.find(name) == nullptr) return fail(client, "not_found", "there is no " + name);
  const v1::Crash* crash = crashes_.find(name);
  if (crash == nullptr) {
    return fail(client, "not_found", name + " has not crashed since the supervisor started");
  }
  v1::ControlReply reply = success();
  *reply.mutable_last_crash() = *crash;
  control_.reply(client, reply);
}

void Commands::kill(const Client& client, const v1::KillChild& kill, TimePoint now) {
  const int number = kill.signal() == 0 ? SIGKILL : kill.signal();
  if (number < 1 || number > SIGRTMAX) {
    return fail(client, "bad_request", std::to_string(number) + " is not a signal; for example: 9");
  }
  const bool by_pid = kill.name().empty();
  const std::string what = by_pid ? "pid " + std::to_string(kill.pid()) : kill.name();
  if (by_pid && kill.pid() <= 0) {
    return fail(client, "bad_request",
                "kill takes a name or a pid; for example: {\"kill\": {\"name\": "
                "\"trader BTCUSDT/0\"}}");
  }
  const Node* node = by_pid ? tree_.find(kill.pid()) : tree_.find(kill.name());
  if (node != nullptr && node->pid != 0) {
    children_.signal(node->name, number);
    return succeed(client);
  }
  const auto slot = by_pid ? traders_.find_trader(kill.pid()) : traders_.find_trader(kill.name());
  if (!slot) return fail(client, "not_found", what + " is not a running process of this tree");
  v1::SupervisorMessage message;
  message.mutable_slot()->set_verb(v1::SlotCommand::KILL);
  message.mutable_slot()->set_signal(number);
  forward(client, *slot, std::move(message), now);
}

void Commands::restart_rolling(const Client& client, const std::string& symbol) {
  if (!can_roll(client)) return;
  v1::Rollout rollout;
  rollout.set_purpose(v1::Rollout::RESTART);
  for (const auto& [name, leader] : tree_.leaders()) {
    if ((symbol.empty() || leader.symbol == symbol) && leader.pid != 0) rollout.add_names(name);
  }
  if (rollout.names().empty()) {
    return fail(client, "not_found",
                symbol.empty() ? "no leader runs" : symbol + " has no leader that runs");
  }
  roller_.prepare(std::move(rollout));
  roller_.begin(roller_.status());
  succeed(client);
}

bool Commands::can_roll(const Client& client) {
  if (tree_.shutting_down()) {
    fail(client, "shutdown", "the supervisor is stopping");
  } else if (!tree_.booted()) {
    fail(client, "busy", "the supervisor is still starting");
  } else if (roller_.is_busy()) {
    fail(client, "in_progress", title(roller_.status()) + " is under way");
  } else {
    return true;
  }
  return false;
}

void Commands::forward(const Client& client, const TraderBoard::Slot& slot,
                       v1::SupervisorMessage message, TimePoint now) {
  if (waiting_.is_full()) return fail(client, "busy", "too many commands are waiting");
  message.set_command_id(++last_command_id_);
  message.mutable_slot()->set_slot(slot.slot);
  message.mutable_slot()->set_standby(slot.standby);
  if (!children_.send(slot.leader, message)) {
    return fail(client, "unavailable", slot.leader + " is not there");
  }
  waiting_.add(client, Waiting::For::kCommandDone, slot.leader, now + kPatience, last_command_id_);
}

void Commands::answer(const Client& client, const Outcome& outcome, Waiting::For what,
                      const std::string& child, TimePoint now) {
  if (!outcome) {
    const Refusal& refusal = outcome.error();
    return control_.reply(client, error_reply(refusal.code, refusal.message, refusal.pid));
  }
  if (*outcome == Progress::kDone) return succeed(client);
  if (waiting_.is_full())
    return fail(client, "busy", "it is under way, but too many wait for answers");
  const auto patience = what == Waiting::For::kStopped ? kStopPatience : kPatience;
  waiting_.add(client, what, child, now + patience);
}

void Commands::succeed(const Client& client) { control_.reply(client, success()); }

void Commands::fail(const Client& client, const std::string& code, const std::string& message) {
  control_.reply(client, error_reply(code, message));
}

}  // namespace naive::supervisor
