#include "supervisor/announcer.h"

#include "runtime/log.h"
#include "runtime/wall_clock.h"
#include "supervision/report.h"

namespace naive::supervisor {
namespace {

using What = Transition::What;

/// How long the last events may hold up our end.
constexpr std::chrono::milliseconds kLinger{200};

v1::Event::What wire(What what) {
  switch (what) {
    case What::kStarted:
      return v1::Event::STARTED;
    case What::kReady:
      return v1::Event::READY;
    case What::kDied:
      return v1::Event::DIED;
    case What::kStopped:
      return v1::Event::STOPPED;
    case What::kBackoff:
      return v1::Event::BACKOFF;
    case What::kHalted:
      return v1::Event::HALTED;
    case What::kQuarantined:
      return v1::Event::QUARANTINED;
  }
  return v1::Event::WHAT_UNSPECIFIED;
}

void write_line(const Transition& transition) {
  const std::string line = sentence(transition);
  const log::Field pid{"pid", transition.pid};
  const log::Field incarnation{"incarnation", transition.incarnation};
  switch (transition.what) {
    case What::kStarted:
    case What::kReady:
    case What::kStopped:
      return log::info(line, {incarnation, pid});
    case What::kBackoff:
      return log::info(line, {incarnation});
    case What::kDied:
      return log::warn(line, {incarnation, pid});
    case What::kHalted:
    case What::kQuarantined:
      return log::error(line, {incarnation});
  }
}

/// What OTP's supervisor would say, beside our sentence.
void write_report(const Transition& transition) {
  using supervision::Context;
  constexpr std::string_view kSelf = "supervisor";
  const supervision::Offender offender{.id = transition.name, .pid = transition.pid};
  const log::Field incarnation{"incarnation", transition.incarnation};
  const auto report = [&](auto level, Context context, std::string_view reason) {
    level(supervisor_report(kSelf, context, reason, offender), {incarnation});
  };
  switch (transition.what) {
    case What::kReady:
      return log::debug(progress_report(kSelf, offender), {incarnation});
    case What::kDied:
      return report(log::warn,
                    transition.was_running ? Context::kChildTerminated : Context::kStartError,
                    transition.reason);
    case What::kStopped:
      if (!transition.reason.empty()) {
        report(log::warn, Context::kShutdownError, transition.reason);
      }
      return;
    case What::kQuarantined:
      return report(log::error, Context::kShutdown, supervision::kReachedMaxRestartIntensity);
    case What::kStarted:
    case What::kBackoff:
    case What::kHalted:
      return;
  }
}

}  // namespace

std::string sentence(const Transition& transition) {
  const bool leader = transition.name.starts_with("leader ");
  const std::string symbol = leader ? transition.name.substr(7) : "";
  switch (transition.what) {
    case What::kStarted:
      return leader ? "Starting new supervision tree to trade on " + symbol
                    : "Starting " + transition.name;
    case What::kReady:
      return leader ? "Started trading on " + symbol : transition.name + " is ready";
    case What::kDied:
      return transition.name + " died - reason " + transition.reason;
    case What::kStopped:
      return leader ? "Stopped trading on " + symbol : transition.name + " stopped";
    case What::kBackoff:
      return transition.name + " will be started again in a moment";
    case What::kHalted:
      return transition.name + " cannot start, and is left alone - reason " + transition.reason;
    case What::kQuarantined:
      return transition.name +
             " crashed too often, and is left alone until `naivectl clear` - reason " +
             transition.reason;
  }
  return "";
}

Announcer::Announcer(runtime::Bus& bus, const std::filesystem::path& socket)
    : socket_(bus, runtime::Socket::Kind::kPub, kLinger) {
  socket_.bind(socket);
}

void Announcer::announce(const Transition& transition) {
  write_line(transition);
  write_report(transition);
  v1::Event event;
  event.set_name(transition.name);
  event.set_incarnation(transition.incarnation);
  event.set_pid(transition.pid);
  event.set_what(wire(transition.what));
  event.set_reason(transition.reason);
  announce(std::move(event));
}

void Announcer::announce(const std::string& leader, v1::Event event) {
  if (event.what() == v1::Event::STARTED || event.what() == v1::Event::READY) {
    alive_[leader][event.name()] = event;
  } else {
    alive_[leader].erase(event.name());
  }
  announce(std::move(event));
}

void Announcer::announce_deaths_below(const std::string& leader) {
  auto traders = alive_.extract(leader);
  if (traders.empty()) return;
  for (auto& [name, event] : traders.mapped()) {
    event.clear_time();
    event.set_what(v1::Event::DIED);
    event.set_reason(leader + " died");
    announce(std::move(event));
  }
}

void Announcer::announce(v1::Event event) {
  event.set_sequence(++sequence_);
  if (event.time() == 0) event.set_time(runtime::microseconds_since_epoch());
  socket_.send({event.SerializeAsString()});
}

}  // namespace naive::supervisor
