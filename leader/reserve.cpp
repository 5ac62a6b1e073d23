#include "leader/reserve.h"

#include "supervision/earliest.h"

namespace naive::leader {

using supervision::ChildState;
using supervision::State;

namespace {

bool is_alive(const Reserve::Place& place) { return place.life.has_process() && !place.refill_at; }

}  // namespace

Reserve::Reserve(const Config& config)
    : config_(config), places_(config.size, Place{.life = ChildState{config.restarts}}) {}

void Reserve::begin(TimePoint now) {
  stopped_ = false;
  for (Place& place : places_) place.refill_at = now + kRefillDelay;
}

void Reserve::stop() {
  stopped_ = true;
  for (Place& place : places_) place.refill_at.reset();
}

std::vector<Reserve::Member> Reserve::due(TimePoint now) {
  std::vector<Member> members;
  for (std::uint32_t number = 0; !stopped_ && number < places_.size(); ++number) {
    Place& place = places_[number];
    if (!(place.refill_at && *place.refill_at <= now) && !place.life.is_due(now)) continue;
    place.refill_at.reset();
    place.last_heard = now;
    members.push_back({.number = number, .incarnation = place.life.start(now)});
  }
  return members;
}

std::vector<Reserve::Member> Reserve::silent(TimePoint now) {
  std::vector<Member> members;
  for (std::uint32_t number = 0; number < places_.size(); ++number) {
    Place& place = places_[number];
    if (!is_alive(place) || now - place.last_heard < config_.silence_limit) continue;
    place.last_heard = now;
    members.push_back({.number = number, .incarnation = place.life.incarnation()});
  }
  return members;
}

void Reserve::excuse_silence(TimePoint now) {
  for (Place& place : places_) place.last_heard = now;
}

std::optional<TimePoint> Reserve::next_tick() const {
  if (stopped_) return std::nullopt;
  std::optional<TimePoint> nearest;
  for (const Place& place : places_) {
    const auto due = is_alive(place) ? std::optional{place.last_heard + config_.silence_limit}
                                     : place.life.due_at();
    nearest = supervision::earliest({nearest, due, place.refill_at});
  }
  return nearest;
}

Reserve::Place* Reserve::current(Member member) {
  if (member.number >= places_.size()) return nullptr;
  Place& place = places_[member.number];
  return is_alive(place) && place.life.incarnation() == member.incarnation ? &place : nullptr;
}

void Reserve::heard(Member member, TimePoint now) {
  if (Place* place = current(member)) place->last_heard = now;
}

void Reserve::ready(Member member, TimePoint now) {
  heard(member, now);
  if (Place* place = current(member)) place->life.ready();
}

std::optional<Reserve::Member> Reserve::take(TimePoint now) {
  for (std::uint32_t number = 0; number < places_.size(); ++number) {
    Place& place = places_[number];
    if (!is_alive(place) || place.life.state() != State::kRunning) continue;
    place.refill_at = now + kRefillDelay;
    return Member{.number = number, .incarnation = place.life.incarnation()};
  }
  return std::nullopt;
}

void Reserve::start_failed(Member member, const std::string& reason, TimePoint now, double jitter) {
  Place* place = current(member);
  if (place != nullptr) place->life.exited(supervision::Verdict::kTryLater, reason, now, jitter);
}

void Reserve::exited(Member member, const std::string& reason, TimePoint now, double jitter) {
  Place* place = current(member);
  if (place == nullptr) return;
  // It has no work that it could have finished, or could not go on with.
  if (place->life.crashed(reason, now, jitter) == ChildState::Next::kStart) {
    place->refill_at = now;
  } else if (place->life.state() == State::kQuarantined) {
    place->life.clear();
    place->refill_at = now + kProbation;
  }
}

}  // namespace naive::leader
