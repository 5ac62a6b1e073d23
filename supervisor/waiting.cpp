#include "supervisor/waiting.h"

#include <naive/v1/supervision.pb.h>

#include <algorithm>

namespace naive::supervisor {
namespace {

using What = Transition::What;

v1::ControlReply started(pid_t pid) {
  v1::ControlReply reply;
  reply.set_ok(true);
  reply.mutable_started()->set_pid(pid);
  return reply;
}

v1::ControlReply done() {
  v1::ControlReply reply;
  reply.set_ok(true);
  return reply;
}

v1::ControlReply refusal(const Transition& transition, const std::string& code) {
  return error_reply(code,
                     transition.reason.empty() ? transition.name + ": " + code : transition.reason);
}

/// The answer that a transition brings to somebody who waits for its child to be ready, if it
/// brings one.
std::optional<v1::ControlReply> answer_to_ready(const Transition& transition) {
  switch (transition.what) {
    case What::kReady:
      return started(transition.pid);
    case What::kHalted:
      return refusal(transition, transition.code.empty() ? "halted" : transition.code);
    case What::kQuarantined:
      return refusal(transition, "quarantined");
    case What::kStopped:
      return refusal(transition, "stopped");
    case What::kStarted:
    case What::kDied:
    case What::kBackoff:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<v1::ControlReply> answer_to_stopped(const Transition& transition) {
  return transition.what == What::kStopped ? std::optional{done()} : std::nullopt;
}

/// Whoever was to answer the command is gone.
std::optional<v1::ControlReply> answer_to_command(const Transition& transition) {
  const bool gone = transition.what == What::kDied || transition.what == What::kStopped;
  return gone ? std::optional{error_reply("unavailable",
                                          transition.name + " ended before it answered")}
              : std::nullopt;
}

}  // namespace

void Waiting::add(const Client& client, For what, const std::string& child,
                  runtime::TimePoint deadline, std::uint64_t command_id) {
  waiting_.push_back({client, what, child, deadline, command_id});
}

void Waiting::on(const Transition& transition) {
  std::erase_if(waiting_, [&](const Entry& entry) {
    if (entry.child != transition.name) return false;
    const auto answer = entry.what == For::kReady     ? answer_to_ready(transition)
                        : entry.what == For::kStopped ? answer_to_stopped(transition)
                                                      : answer_to_command(transition);
    if (answer) control_.reply(entry.client, *answer);
    return answer.has_value();
  });
}

void Waiting::on_command_done(const v1::CommandDone& done) {
  std::erase_if(waiting_, [&](const Entry& entry) {
    if (entry.what != For::kCommandDone || entry.command_id != done.command_id()) return false;
    v1::ControlReply reply;
    reply.set_ok(!done.has_error());
    if (done.has_error()) *reply.mutable_error() = done.error();
    reply.set_note(done.note());
    if (done.has_last_crash()) *reply.mutable_last_crash() = done.last_crash();
    control_.reply(entry.client, reply);
    return true;
  });
}

void Waiting::expire(runtime::TimePoint now) {
  std::erase_if(waiting_, [&](const Entry& entry) {
    if (now < entry.deadline) return false;
    control_.reply(
        entry.client,
        error_reply("timeout", entry.child + " has not answered yet, and goes on trying"));
    return true;
  });
}

void Waiting::give_up(const std::string& code, const std::string& message) {
  for (const Entry& entry : waiting_) control_.reply(entry.client, error_reply(code, message));
  waiting_.clear();
}

std::optional<runtime::TimePoint> Waiting::next_deadline() const {
  const auto first = std::ranges::min_element(waiting_, {}, &Entry::deadline);
  return first != waiting_.end() ? std::optional{first->deadline} : std::nullopt;
}

}  // namespace naive::supervisor
