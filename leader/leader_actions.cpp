// What the roster wants done.
#include <fmt/format.h>
#include <naive/v1/link.pb.h>
#include <naive/v1/supervision.pb.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

#include "leader/leader.h"
#include "proto/codec.h"
#include "runtime/log.h"
#include "runtime/sync_point.h"

namespace naive::leader {
namespace {

/// An order request that has not reached the gateway's wire by then is not sent any more.
constexpr std::chrono::milliseconds kRequestTtl{1000};

// In the variant's order.
constexpr std::array<std::string_view, std::variant_size_v<Action>> kActions{
    "Store",      "StartProcess", "Assign", "Acknowledge", "Refuse",
    "TellFinish", "KillProcess",  "Report", "Done"};

std::int64_t microseconds(std::chrono::milliseconds duration) {
  return std::chrono::microseconds{duration}.count();
}

}  // namespace

void Leader::act(const Actions& actions) {
  std::set<std::uint32_t> unstored;
  for (const Action& action : actions) {
    const auto hangs_on = [&](std::uint32_t slot) { return depends_on_store(action, slot); };
    if (std::ranges::any_of(unstored, hangs_on)) continue;
    runtime::sync_point({"leader", "before", kActions.at(action.index())});
    if (const auto* store = std::get_if<Store>(&action)) {
      if (!keep(*store)) unstored.insert(store->record.slot);
    } else {
      perform(action);
    }
    runtime::sync_point({"leader", "after", kActions.at(action.index())});
  }
  for (const std::uint32_t slot : unstored) {
    act(roster_.store_failed(slot, store_trouble_, loop_.now()));
  }
  const auto due = roster_.next_tick();
  due ? timer_.set(*due) : timer_.cancel();
  status_changed();
}

void Leader::perform(const Action& action) {
  std::visit(
      [this](const auto& concrete) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(concrete)>, Store>) act(concrete);
      },
      action);
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
  const auto& child = options_.child;
  const runtime::Command command{
      .executable = runtime::executable_directory() / "trader",
      .arguments = {"--symbol", options_.symbol, "--slot", std::to_string(start.slot), "--name",
                    address(start.slot), "--incarnation", std::to_string(start.incarnation),
                    "--parent", std::to_string(::getpid()), "--run-dir",
                    child.run_directory.string(), "--log-format", child.log_format, "--log-level",
                    child.log_level}};
  auto spawned = runtime::spawn(command);
  if (!spawned) {
    const std::string reason = fmt::format("cannot start '{}': {}", command.executable.string(),
                                           spawned.error().message());
    return act(roster_.start_failed(start.slot, reason, loop_.now(), jitter()));
  }
  const pid_t pid = spawned->pid();
  processes_.emplace(
      pid,
      Process{.slot = start.slot, .incarnation = start.incarnation, .child = std::move(*spawned)});
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
  answer(sender_, message);
}

void Leader::act(const Acknowledge& acknowledge) {
  v1::LeaderMessage message;
  message.mutable_state_stored()->set_revision(acknowledge.revision);
  answer(acknowledge.slot, message);
}

void Leader::act(const Refuse& refuse) {
  log::warn(options_.symbol + " " + refuse.reason,
            {{"from", sender_}, {"revision", refuse.revision}});
  v1::LeaderMessage message;
  message.mutable_state_refused()->set_revision(refuse.revision);
  message.mutable_state_refused()->set_reason(refuse.reason);
  answer(sender_, message);
}

void Leader::act(const TellFinish& tell) {
  v1::LeaderMessage message;
  message.mutable_finish();
  answer(tell.slot, message);
}

void Leader::act(const KillProcess& kill) { signal_slot(kill.slot, SIGKILL); }

void Leader::act(const Done&) { loop_.stop(); }

void Leader::answer(const std::string& identity, const v1::LeaderMessage& message) {
  // A trader that is gone does not need it any more: its successor will ask.
  traders_.send(identity, message.SerializeAsString());
}

void Leader::answer(std::uint32_t slot, const v1::LeaderMessage& message) {
  const auto incarnation = roster_.slots().at(slot).child.incarnation();
  answer(runtime::LinkAddress{address(slot), incarnation}.to_string(), message);
}

void Leader::act(const Report& report) {
  log(report);
  v1::ChildMessage message;
  auto& event = *message.mutable_event();
  event.set_name(address(report.slot));
  event.set_slot(report.slot);
  event.set_incarnation(report.incarnation);
  event.set_pid(pid_of(report.slot));
  event.set_what(to_proto(report.what));
  event.set_reason(report.reason);
  supervisor_.send(std::move(message));
}

void Leader::log(const Report& report) {
  const auto line = [&](auto level, const std::string& text) {
    level(options_.symbol + " " + text, {{"slot", report.slot},
                                         {"incarnation", report.incarnation},
                                         {"cycle", roster_.slots().at(report.slot).trader.cycle}});
  };
  switch (report.what) {
    case Report::What::kStarted:
    case Report::What::kReady:
      return line(
          log::debug,
          "trader " + std::string{report.what == Report::What::kReady ? "ready" : "started"});
    case Report::What::kDied:
      return line(log::info, "trader died - reason " + report.reason + " - trying to restart");
    case Report::What::kStopped:
      return line(log::info, "trader stopped");
    case Report::What::kBackoff:
      if (!store_trouble_.empty()) return;  // which is told once, not by every slot
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

}  // namespace naive::leader
