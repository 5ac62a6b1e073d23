#include "leader/roster.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "supervision/earliest.h"

namespace naive::leader {

using supervision::ChildState;
using supervision::State;
using What = Report::What;

Roster::Roster(Config config, const std::vector<SlotRecord>& stored)
    : config_(std::move(config)), finishing_(config_.finishing) {
  for (std::uint32_t number = 0; number < config_.chunks; ++number) {
    slots_.emplace(number, Slot{.child = ChildState{config_.restarts}, .finishing = finishing_});
  }
  for (const SlotRecord& record : stored) {
    Slot& slot =
        slots_.emplace(record.slot, Slot{.child = ChildState{config_.restarts}}).first->second;
    slot.child.resume_counting(record.incarnation);
    slot.trader = record.trader;
    slot.finishing = finishing_ || record.slot >= config_.chunks;
    // After a loss of the store, slots that are new may have been there before.
    last_cycle_ = std::max(last_cycle_, record.trader.cycle);
  }
}

bool depends_on_store(const Action& action, std::uint32_t slot) {
  if (std::holds_alternative<Done>(action)) return true;
  if (const auto* assign = std::get_if<Assign>(&action)) return assign->record.slot == slot;
  const auto* acknowledge = std::get_if<Acknowledge>(&action);
  return acknowledge != nullptr && acknowledge->slot == slot;
}

// ---- starting ----

Actions Roster::begin(TimePoint now, std::uint64_t last_cycle) {
  Actions actions;
  last_cycle_ = std::max(last_cycle_, last_cycle);
  for (auto& [number, slot] : slots_) {
    const bool needs_cycle = slot.trader.cycle == 0 || slot.trader.finished;
    if (needs_cycle && slot.finishing) continue;
    if (needs_cycle) begin_cycle(number, slot);
    start(number, slot, now, actions);
  }
  report_done(actions);
  return actions;
}

void Roster::begin_cycle(std::uint32_t number, Slot& slot) {
  const std::uint64_t cycle = (slot.trader.cycle != 0 ? slot.trader.cycle : last_cycle_) + 1;
  if (slot.trader.finished) slot.ended = slot.trader;
  slot.trader = TraderRecord{.cycle = cycle,
                             .revision = slot.trader.revision + 1,
                             .bytes = config_.fresh_state(number, cycle)};
  slot.fresh = true;
  slot.unstored = true;
}

void Roster::start(std::uint32_t number, Slot& slot, TimePoint now, Actions& actions) {
  const std::uint32_t incarnation = slot.child.start(now);
  slot.resumed = !slot.fresh;
  slot.owed = Owed::kNothing;
  slot.last_heard = now;
  slot.silent = false;
  slot.kill_at.reset();
  slot.trader.bytes = config_.refresh_state(slot.trader);
  actions.emplace_back(StartProcess{.slot = number, .incarnation = incarnation});
  // Before the process can do anything its cycle and incarnation are on record: neither is ever
  // used twice.
  const bool on_record = !slot.unstored && !slot.store_again && incarnation <= slot.reserved;
  slot.store_again.reset();
  slot.trouble.clear();
  if (!on_record) {
    slot.reserved = (incarnation / kReserved + 1) * kReserved - 1;
    actions.emplace_back(record(number, slot));
  }
  report(number, slot, What::kStarted, "", actions);
}

Store Roster::record(std::uint32_t number, Slot& slot) {
  slot.unstored = false;
  return {.record = {.slot = number, .incarnation = slot.reserved, .trader = slot.trader},
          .ended = slot.ended};
}

Actions Roster::start_failed(std::uint32_t number, const std::string& reason, TimePoint now,
                             double jitter) {
  Actions actions;
  Slot& slot = slots_.at(number);
  report(number, slot, What::kDied, reason, actions);
  // Not its fault: the machine is short of something, which passes.
  const auto next = slot.child.exited(supervision::Verdict::kTryLater, reason, now, jitter);
  follow(number, slot, next, now, actions);
  return actions;
}

// ---- what traders say ----

Roster::Slot* Roster::current(std::uint32_t number, std::uint32_t incarnation) {
  const auto found = slots_.find(number);
  if (found == slots_.end()) return nullptr;
  Slot& slot = found->second;
  const bool alive = slot.child.has_process() && slot.child.incarnation() == incarnation;
  return alive ? &slot : nullptr;
}

Roster::Slot* Roster::speaker(std::uint32_t number, std::uint32_t incarnation, TimePoint now) {
  Slot* slot = current(number, incarnation);
  if (slot == nullptr) return nullptr;
  slot->last_heard = now;
  return slot;
}

Actions Roster::hello(std::uint32_t number, std::uint32_t incarnation, TimePoint now) {
  Slot* slot = speaker(number, incarnation, now);
  if (slot == nullptr) return {};
  slot->owed = Owed::kAssignment;
  // What it is to work on must be on record first.
  return slot->store_again ? Actions{} : Actions{assignment(number, *slot)};
}

Assign Roster::assignment(std::uint32_t number, Slot& slot) {
  slot.fresh = false;
  return {
      .record = {.slot = number, .incarnation = slot.child.incarnation(), .trader = slot.trader},
      .resumed = slot.resumed,
      .finish = slot.finishing};
}

Actions Roster::ready(std::uint32_t number, std::uint32_t incarnation, TimePoint now) {
  Slot* slot = speaker(number, incarnation, now);
  if (slot == nullptr) return {};
  if (slot->child.state() != State::kStarting) return {};
  slot->ended.reset();  // on record, or it would not have been assigned the next cycle
  slot->child.ready();
  Actions actions;
  report(number, *slot, What::kReady, "", actions);
  return actions;
}

void Roster::heard(std::uint32_t number, std::uint32_t incarnation, TimePoint now) {
  speaker(number, incarnation, now);
}

Actions Roster::state_updated(std::uint32_t number, std::uint32_t incarnation, TraderRecord record,
                              TimePoint now) {
  Slot* slot = speaker(number, incarnation, now);
  if (slot == nullptr) {
    return {Refuse{.revision = record.revision,
                   .reason = "state update of a trader that the leader is not aware of"}};
  }
  if (record.cycle != slot->trader.cycle || record.revision != slot->trader.revision + 1) {
    return {Refuse{.revision = record.revision,
                   .reason = "state update that does not follow the stored one"}};
  }
  slot->ended.reset();
  slot->trader = std::move(record);
  slot->owed = Owed::kAcknowledgement;
  // While the store does not take anything, the latest state waits for the next try.
  return slot->store_again ? Actions{} : store(number, *slot);
}

Actions Roster::store(std::uint32_t number, Slot& slot) {
  slot.store_again.reset();
  slot.trouble.clear();
  Actions actions{record(number, slot)};
  if (slot.owed == Owed::kAssignment) actions.emplace_back(assignment(number, slot));
  if (slot.owed == Owed::kAcknowledgement) {
    actions.emplace_back(Acknowledge{.slot = number, .revision = slot.trader.revision});
  }
  return actions;
}

/// Nobody acts on what was to be stored before it is: a process that was started waits for its
/// assignment, a trader for its acknowledgement.
void Roster::store_failed(std::uint32_t number, const std::string& reason, TimePoint now) {
  Slot& slot = slots_.at(number);
  slot.store_again = now + kStoreAgain;
  slot.trouble = reason;
}

// ---- how they end ----

Actions Roster::exited(std::uint32_t number, std::uint32_t incarnation,
                       const supervision::ExitReason& reason, TimePoint now, double jitter) {
  Slot* slot = current(number, incarnation);
  if (slot == nullptr) return {};
  slot->kill_at.reset();
  Actions actions;
  if (slot->child.state() == State::kStopping) {
    slot->child.exited(verdict(reason), "", now, jitter);
    report(number, *slot, What::kStopped, reason.to_string(), actions);
    report_done(actions);
    return actions;
  }
  if (slot->trader.finished) {
    cycle_finished(number, *slot, now, actions);
    return actions;
  }
  const std::string end = slot->silent ? "silent, " + reason.to_string() : reason.to_string();
  report(number, *slot, What::kDied, end, actions);
  using supervision::Verdict;
  const Verdict asked = verdict(reason);
  const bool has_words = asked == Verdict::kTryLater || asked == Verdict::kGiveUp;
  const std::string why = has_words && !slot->trader.reason.empty() ? slot->trader.reason : end;
  const auto next = asked == Verdict::kDone
                        ? slot->child.crashed("exited 0 with its cycle unfinished", now, jitter)
                        : slot->child.exited(asked, why, now, jitter);
  follow(number, *slot, next, now, actions);
  return actions;
}

void Roster::cycle_finished(std::uint32_t number, Slot& slot, TimePoint now, Actions& actions) {
  report(number, slot, What::kCycleFinished, slot.trader.reason, actions);
  slot.child.finished();
  if (slot.finishing) {
    slot.child.stop();
    slot.child.exited(supervision::Verdict::kDone, "", now, 0);
    report(number, slot, What::kStopped, "finished", actions);
    report_done(actions);
    return;
  }
  begin_cycle(number, slot);
  start(number, slot, now, actions);
}

void Roster::follow(std::uint32_t number, Slot& slot, ChildState::Next next, TimePoint now,
                    Actions& actions) {
  if (next == ChildState::Next::kStart) return start(number, slot, now, actions);
  const std::string& reason = slot.child.reason();
  switch (slot.child.state()) {
    case State::kBackoff:
      return report(number, slot, What::kBackoff, reason, actions);
    case State::kHalted:
      return report(number, slot, What::kHalted, reason, actions);
    case State::kQuarantined:
      return report(number, slot, What::kQuarantined, reason, actions);
    case State::kStarting:
    case State::kRunning:
    case State::kStopping:
    case State::kStopped:
      return;
  }
}

// ---- time ----

Actions Roster::tick(TimePoint now) {
  Actions actions;
  for (auto& [number, slot] : slots_) {
    if (slot.child.is_due(now)) start(number, slot, now, actions);
    if (slot.store_again && *slot.store_again <= now) {
      std::ranges::copy(store(number, slot), std::back_inserter(actions));
      report_done(actions);
    }
    if (slot.child.has_process()) end_if_silent(number, slot, now, actions);
  }
  return actions;
}

void Roster::excuse_silence(TimePoint now) {
  for (auto& [number, slot] : slots_) slot.last_heard = now;
}

void Roster::end_if_silent(std::uint32_t number, Slot& slot, TimePoint now, Actions& actions) {
  if (slot.kill_at && *slot.kill_at <= now) {
    slot.kill_at.reset();
    actions.emplace_back(KillProcess{number});
  } else if (now - slot.last_heard >= config_.silence_limit) {
    slot.last_heard = now;  // told once; its exit comes next
    slot.silent = true;
    slot.kill_at = now + kAbortPatience;
    actions.emplace_back(AbortProcess{number});
  }
}

std::optional<TimePoint> Roster::next_tick() const {
  std::optional<TimePoint> nearest;
  for (const auto& [number, slot] : slots_) {
    const auto due = slot.child.has_process()
                         ? std::optional{slot.last_heard + config_.silence_limit}
                         : slot.child.due_at();
    nearest = supervision::earliest({nearest, due, slot.kill_at, slot.store_again});
  }
  return nearest;
}

// ---- commands ----

Actions Roster::finish() {
  Actions actions;
  finishing_ = true;
  for (auto& [number, slot] : slots_) {
    slot.finishing = true;
    if (slot.child.state() == State::kStarting || slot.child.state() == State::kRunning) {
      actions.emplace_back(TellFinish{number});
    } else if (slot.child.state() == State::kHalted || slot.child.state() == State::kQuarantined) {
      slot.child.stop();
    }
  }
  report_done(actions);
  return actions;
}

Actions Roster::stop() {
  Actions actions;
  stopping_ = true;
  for (auto& [number, slot] : slots_) {
    if (slot.child.stop()) actions.emplace_back(KillProcess{number});
  }
  report_done(actions);
  return actions;
}

Actions Roster::clear(std::uint32_t number, TimePoint now) {
  Slot& slot = slots_.at(number);
  Actions actions;
  if (slot.child.clear()) start(number, slot, now, actions);
  return actions;
}

Actions Roster::drop_cycle(std::uint32_t number, TraderRecord ended, TimePoint now) {
  Slot& slot = slots_.at(number);
  slot.child.clear();
  slot.trader = std::move(ended);
  slot.trader.finished = true;
  begin_cycle(number, slot);
  Actions actions;
  start(number, slot, now, actions);
  return actions;
}

Actions Roster::go_back(std::uint32_t number, std::string bytes, TimePoint now) {
  Slot& slot = slots_.at(number);
  slot.child.clear();
  ++slot.trader.revision;
  slot.trader.reason.clear();
  slot.trader.bytes = std::move(bytes);
  slot.unstored = true;
  Actions actions;
  start(number, slot, now, actions);
  return actions;
}

Actions Roster::terminate(std::uint32_t number) {
  if (slots_.at(number).child.stop()) return {KillProcess{number}};
  Actions actions;
  report_done(actions);
  return actions;
}

std::optional<Actions> Roster::restart(std::uint32_t number, TimePoint now) {
  Slot& slot = slots_.at(number);
  if (slot.child.state() != State::kStopped) return std::nullopt;
  Actions actions;
  if (slot.trader.cycle == 0 || slot.trader.finished) begin_cycle(number, slot);
  start(number, slot, now, actions);
  return actions;
}

void Roster::report(std::uint32_t number, const Slot& slot, What what, const std::string& reason,
                    Actions& actions) {
  actions.emplace_back(Report{.slot = number,
                              .incarnation = slot.child.incarnation(),
                              .what = what,
                              .reason = reason,
                              .was_running = slot.child.state() == State::kRunning});
}

void Roster::report_done(Actions& actions) {
  if (!finishing_ && !stopping_) return;
  // Whose end is not on record has not finished.
  const auto is_done = [&](const Slot& slot) {
    return slot.child.state() == State::kStopped && (stopping_ || !slot.store_again);
  };
  const bool all_done =
      std::ranges::all_of(slots_, [&](const auto& entry) { return is_done(entry.second); });
  if (all_done) actions.emplace_back(Done{});
}

}  // namespace naive::leader
