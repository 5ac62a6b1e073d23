// What the supervisor wants of a leader.
#include <fmt/format.h>
#include <naive/v1/supervision.pb.h>

#include "leader/leader.h"
#include "runtime/log.h"

namespace naive::leader {
namespace {

void refuse(v1::CommandDone& done, const char* code, const std::string& message) {
  done.mutable_error()->set_code(code);
  done.mutable_error()->set_message(message);
}

}  // namespace

void Leader::on_supervisor(const v1::SupervisorMessage& message) {
  switch (message.body_case()) {
    case v1::SupervisorMessage::kFinishTrading:
      log::info(options_.symbol + " finishing running cycles");
      return act(roster_.finish());
    case v1::SupervisorMessage::kSlot:
      return on_slot_command(message);
    case v1::SupervisorMessage::kReintroduce:
      return status_changed();
    case v1::SupervisorMessage::kStream:
    case v1::SupervisorMessage::kFailureHeard:
    case v1::SupervisorMessage::BODY_NOT_SET:
      return;
  }
}

void Leader::on_slot_command(const v1::SupervisorMessage& message) {
  v1::ChildMessage reply;
  v1::CommandDone& done = *reply.mutable_command_done();
  done.set_command_id(message.command_id());
  if (!begun_) {
    refuse(done, "restarting", options_.symbol + " has not begun yet");
  } else if (!message.slot().standby() && !roster_.slots().contains(message.slot().slot())) {
    refuse(done, "not_found", "there is no " + name_of(message.slot().slot()));
  } else {
    execute(message.slot(), done);
  }
  supervisor_.send(std::move(reply));
}

void Leader::execute(const v1::SlotCommand& command, v1::CommandDone& done) {
  switch (command.verb()) {
    case v1::SlotCommand::KILL:
      if (traders_.signal(place_of(command), command.signal())) return;
      return refuse(done, "not_found", "it is not running");
    case v1::SlotCommand::CLEAR:
      return clear(command, done);
    case v1::SlotCommand::TERMINATE:
      return act(roster_.terminate(command.slot()));
    case v1::SlotCommand::RESTART:
      if (const auto actions = roster_.restart(command.slot(), loop_.now())) return act(*actions);
      return refuse(done, "running", name_of(command.slot()) + " is not stopped");
    case v1::SlotCommand::LAST_CRASH:
      return tell_last_crash(place_of(command), done);
    default:
      return refuse(done, "bad_request", "unknown verb");
  }
}

void Leader::tell_last_crash(const Place& place, v1::CommandDone& done) const {
  const std::string name = trader_name(options_.symbol, place);
  const v1::Crash* crash = crashes_.find(name);
  if (crash == nullptr) {
    return refuse(done, "not_found", name + " has not crashed since its leader started");
  }
  *done.mutable_last_crash() = *crash;
}

void Leader::clear(const v1::SlotCommand& command, v1::CommandDone& done) {
  const auto slot = command.slot();
  if (!command.fresh() && command.revision() == 0) return act(roster_.clear(slot, loop_.now()));
  const Roster::Slot& now = roster_.slots().at(slot);
  if (now.child.has_process()) {
    return refuse(done, "running", name_of(slot) + " is running; terminate it first");
  }
  const TraderRecord before = now.trader;
  if (command.fresh()) {
    act(roster_.drop_cycle(slot, dropped(before), loop_.now()));
    done.set_note(fmt::format(
        "dropped cycle {} - if {} is at the exchange it stays there, and nobody watches it",
        before.cycle, describe_order(before)));
    return log::warn(options_.symbol + " " + done.note(), {{"slot", slot}});
  }
  const auto kept = store_.state_at(slot, command.revision());
  if (!kept) {
    return refuse(done, "not_found",
                  fmt::format("revision {} of {} is not kept; see naivectl states",
                              command.revision(), name_of(slot)));
  }
  auto state = earlier_state(before, *kept);
  if (!state) {
    return refuse(
        done, "bad_request",
        fmt::format("revision {} cannot be gone back to: {}", command.revision(), state.error()));
  }
  act(roster_.go_back(slot, *std::move(state), loop_.now()));
  log::warn(options_.symbol + " went back to an earlier state by command",
            {{"slot", slot}, {"revision", command.revision()}, {"from", before.revision}});
}

Place Leader::place_of(const v1::SlotCommand& command) const {
  if (!command.standby()) return place_of(command.slot());
  const auto& places = reserve_.places();
  const bool exists = command.slot() < places.size();
  const auto incarnation = exists ? places[command.slot()].life.incarnation() : 0;
  return leader::place_of({.number = command.slot(), .incarnation = incarnation});
}

}  // namespace naive::leader
