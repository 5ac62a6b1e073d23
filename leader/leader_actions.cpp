// What the roster wants done.
#include <fmt/format.h>
#include <naive/v1/link.pb.h>
#include <naive/v1/supervision.pb.h>

#include <algorithm>
#include <array>
#include <set>

#include "leader/leader.h"
#include "proto/codec.h"
#include "runtime/log.h"
#include "runtime/sync_point.h"
#include "supervision/earliest.h"
#include "supervision/report.h"

namespace naive::leader {
namespace {

/// An order request that has not reached the gateway's wire by then is not sent any more.
constexpr std::chrono::milliseconds kRequestTtl{1000};

// In the variant's order.
constexpr std::array<std::string_view, std::variant_size_v<Action>> kActions{
    "Store",      "StartProcess", "Assign",       "Acknowledge", "Refuse",
    "TellFinish", "KillProcess",  "AbortProcess", "Report",      "Done"};

std::int64_t microseconds(std::chrono::milliseconds duration) {
  return std::chrono::microseconds{duration}.count();
}

}  // namespace

/// What users are told comes last: a trader is up again the sooner.
void Leader::act(const Actions& actions) {
  std::map<std::uint32_t, std::string> start_failures;
  const auto is_void = [&](const Report* about) {  // nothing was started, which is told next
    return about != nullptr && about->what == Report::What::kStarted &&
           start_failures.contains(about->slot);
  };
  const auto perform = [&](bool reports) {
    for (const Action& action : actions) {
      if (std::holds_alternative<Report>(action) != reports) continue;
      if (is_void(std::get_if<Report>(&action))) continue;
      const auto hangs_on = [&](std::uint32_t slot) { return depends_on_store(action, slot); };
      if (std::ranges::any_of(unstored_, hangs_on)) continue;
      const auto name = kActions.at(action.index());
      runtime::sync_point({"leader", "before", name});
      std::visit([this](const auto& concrete) { act(concrete); }, action);
      runtime::sync_point({"leader", "after", name});
    }
  };
  perform(false);
  start_failures = std::exchange(start_failures_, {});
  for (const std::uint32_t slot : std::exchange(unstored_, {})) {
    roster_.store_failed(slot, store_trouble_, loop_.now());
  }
  for (const Takeover& takeover : std::exchange(takeovers_, {})) {
    act(roster_.hello(takeover.slot.number, takeover.slot.incarnation, loop_.now()));
    report(takeover.standby, traders_.pid_of(takeover.slot), v1::Event::STOPPED,
           "became " + name_of(takeover.slot.number));
  }
  perform(true);
  for (const auto& [slot, reason] : start_failures) {
    act(roster_.start_failed(slot, reason, loop_.now(), jitter()));
  }
  set_timer();
  status_changed();
}

void Leader::set_timer() {
  const auto next = supervision::earliest({roster_.next_tick(), reserve_.next_tick()});
  next ? timer_.set(*next) : timer_.cancel();
}

void Leader::tend_reserve() {
  for (const auto& member : reserve_.silent(loop_.now())) {
    traders_.signal(leader::place_of(member), SIGKILL);
  }
  for (const auto& member : reserve_.due(loop_.now())) {
    const Place place = leader::place_of(member);
    if (const auto failure = traders_.start(place)) {
      report(place, 0, v1::Event::DIED, *failure);
      reserve_.start_failed(member, *failure, loop_.now(), jitter());
    } else {
      report(place, traders_.pid_of(place), v1::Event::STARTED);
    }
  }
}

void Leader::act(const Store& store) {
  heartbeat_.beat_if_due();  // each commit waits for the disk, and there may be hundreds
  if (!keep(store)) unstored_.insert(store.record.slot);
}

bool Leader::keep(const Store& store) {
  const auto read = [&](const TraderRecord& trader) {
    return read_cycle(store.record.slot, trader, *rules_);
  };
  const auto kept = store_.put({.record = store.record,
                                .cycle = read(store.record.trader),
                                .ended = store.ended.transform(read)});
  const bool was_in_trouble = !store_trouble_.empty();
  store_trouble_ = kept ? "" : "the store cannot be written: " + kept.error();
  if (kept && was_in_trouble) {
    log::info(options_.symbol + " the store can be written again");
  } else if (!kept && !was_in_trouble) {
    log::error(
        fmt::format("{} {} - nothing new is begun until it can", options_.symbol, store_trouble_));
  }
  return kept.has_value();
}

void Leader::act(const StartProcess& start) {
  const Place slot{Place::Kind::kSlot, start.slot, start.incarnation};
  auto member = reserve_.take(loop_.now());
  // Whoever killed the trader may have killed it, too.
  while (member && traders_.has_ended(leader::place_of(*member))) {
    member = reserve_.take(loop_.now());
  }
  if (member) {
    const Place standby = leader::place_of(*member);
    traders_.move(standby, slot);
    takeovers_.push_back({.standby = standby, .slot = slot});
  } else if (const auto failure = traders_.start(slot)) {
    start_failures_.emplace(start.slot, *failure);
  }
}

void Leader::act(const Assign& assign) {
  v1::LeaderMessage message;
  auto& assigned = *message.mutable_assigned();
  assigned.mutable_state()->ParseFromString(assign.record.trader.bytes);
  assigned.set_revision(assign.record.trader.revision);
  wire::write(*rules_, *assigned.mutable_rules());
  assigned.set_resumed(assign.resumed);
  assigned.set_fence(microseconds(options_.fence));
  assigned.set_request_ttl(microseconds(kRequestTtl));
  assigned.set_finish(assign.finish);
  assigned.set_slot(assign.record.slot);
  assigned.set_incarnation(assign.record.incarnation);
  traders_.send(place_of(assign.record.slot), message.SerializeAsString());
}

void Leader::act(const Acknowledge& acknowledge) {
  v1::LeaderMessage message;
  message.mutable_state_stored()->set_revision(acknowledge.revision);
  traders_.send(place_of(acknowledge.slot), message.SerializeAsString());
}

void Leader::act(const Refuse& refuse) {
  log::warn(options_.symbol + " " + refuse.reason,
            {{"from", sender_}, {"revision", refuse.revision}});
  v1::LeaderMessage message;
  message.mutable_state_refused()->set_revision(refuse.revision);
  message.mutable_state_refused()->set_reason(refuse.reason);
  traders_.answer(sender_, message.SerializeAsString());
}

void Leader::act(const TellFinish& tell) {
  v1::LeaderMessage message;
  message.mutable_finish();
  traders_.send(place_of(tell.slot), message.SerializeAsString());
}

void Leader::act(const KillProcess& kill) { traders_.signal(place_of(kill.slot), SIGKILL); }

void Leader::act(const AbortProcess& abort) { traders_.signal(place_of(abort.slot), SIGABRT); }

void Leader::act(const Done&) { loop_.stop(); }

void Leader::act(const Report& about) {
  log(about);
  const Place place{Place::Kind::kSlot, about.slot, about.incarnation};
  const pid_t pid = traders_.pid_of(place);
  log_as_supervisor(about, pid);
  report(place, pid, to_proto(about.what), about.reason);
}

void Leader::report(const Place& place, pid_t pid, v1::Event_What what, const std::string& reason) {
  v1::ChildMessage message;
  auto& event = *message.mutable_event();
  event.set_name(trader_name(options_.symbol, place));
  event.set_slot(place.number);
  event.set_incarnation(place.incarnation);
  event.set_pid(pid);
  event.set_what(what);
  event.set_reason(reason);
  supervisor_.send(std::move(message));
  if (what == v1::Event::DIED) remember_crash(place, reason);
  if (place.kind == Place::Kind::kStandby && what == v1::Event::DIED) {
    log::warn(options_.symbol + " standby died - reason " + reason, {{"standby", place.number}});
  }
}

void Leader::remember_crash(const Place& place, const std::string& reason) {
  v1::Crash crash;
  crash.set_name(trader_name(options_.symbol, place));
  crash.set_incarnation(place.incarnation);
  crash.set_reason(reason);
  if (place.kind == Place::Kind::kSlot) {
    const TraderRecord& stored = roster_.slots().at(place.number).trader;
    crash.set_cycle(static_cast<std::uint32_t>(stored.cycle));
    crash.set_revision(static_cast<std::uint32_t>(stored.revision));
  }
  const auto* dead = traders_.find(place);
  if (dead == nullptr) return crashes_.put(std::move(crash), {});
  crash.set_pid(dead->child.pid());
  crashes_.put(std::move(crash), dead->child.last_words());
}

void Leader::log(const Report& report) {
  const auto line = [&](auto level, const std::string& text) {
    level(options_.symbol + " " + text, {{"slot", report.slot},
                                         {"incarnation", report.incarnation},
                                         {"cycle", roster_.slots().at(report.slot).trader.cycle}});
  };
  switch (report.what) {
    case Report::What::kStarted:
      return line(log::debug, "trader started");
    case Report::What::kReady:
      return;  // the progress report says so
    case Report::What::kDied:
      return line(log::info, "trader died - reason " + report.reason + " - trying to restart");
    case Report::What::kStopped:
      return line(log::info, "trader stopped");
    case Report::What::kBackoff:
      return line(log::warn, "trader waits before it is started again - reason " + report.reason);
    case Report::What::kHalted:
      return line(log::error, "trader halted until cleared - reason " + report.reason);
    case Report::What::kQuarantined:
      return line(log::error,
                  "trader crashed too often, quarantined until cleared - reason " + report.reason);
    case Report::What::kCycleFinished:
      return line(log::info, "trade finished, fresh trader next");
  }
}

void Leader::log_as_supervisor(const Report& report, pid_t pid) {
  using supervision::Context;
  const std::string self = "leader " + options_.symbol;
  const std::string id = name_of(report.slot);
  const auto line = [&](auto level, const std::string& text) {
    level(text, {{"slot", report.slot}, {"incarnation", report.incarnation}});
  };
  if (report.what == Report::What::kReady) {
    line(log::debug, supervision::progress_report(self, {id, pid}));
  } else if (report.what == Report::What::kDied) {
    const auto context = report.was_running ? Context::kChildTerminated : Context::kStartError;
    line(log::warn, supervision::supervisor_report(self, context, report.reason, {id, pid}));
  } else if (report.what == Report::What::kQuarantined) {
    line(log::error, supervision::supervisor_report(
                         self, Context::kShutdown, supervision::kReachedMaxRestartIntensity, {id}));
  }
}

}  // namespace naive::leader
