#include "streamer/staleness.h"

#include <algorithm>
#include <utility>

namespace naive::streamer {

std::chrono::milliseconds Staleness::patience(const Watch& watch) const {
  return stale_after_ * (1 << watch.doublings);
}

void Staleness::wait_longer(Watch& watch) {
  watch.doublings = std::min(watch.doublings + 1, kMaxDoublings);
}

void Staleness::expect(const std::string& symbol, TimePoint now) {
  const auto [entry, is_new] = watches_.try_emplace(symbol);
  Watch& watch = entry->second;
  if (is_new) watch.heard = now;
  watch.complete = now;
  watch.expected = true;
  watch.begun = false;
}

void Staleness::heard(const std::string& symbol, std::int64_t trade_id, TimePoint now) {
  const auto found = watches_.find(symbol);
  if (found == watches_.end()) return;
  found->second = {.heard = now, .complete = now, .last_id = trade_id, .begun = true};
  alive_ = true;
}

void Staleness::disconnected() {
  for (auto& [symbol, watch] : watches_) watch.expected = false;
  suspect_.reset();
  alive_ = false;
}

std::optional<std::string> Staleness::next_question(TimePoint now) {
  if (asked_ || suspect_ || now < next_allowed_) return std::nullopt;
  const std::string* most_unusual = nullptr;
  double its_silence = 1;  // in its patience
  for (const auto& [symbol, watch] : watches_) {
    if (!watch.expected) continue;
    const std::chrono::duration<double> silence = now - watch.complete;
    const double in_patience = silence / patience(watch);
    if (in_patience < its_silence) continue;
    most_unusual = &symbol;
    its_silence = in_patience;
  }
  if (most_unusual == nullptr) return std::nullopt;
  asked_ = true;
  next_allowed_ = now + kSpacing;
  return *most_unusual;
}

void Staleness::answered(const std::string& symbol, std::optional<std::int64_t> newest,
                         TimePoint now) {
  asked_ = false;
  const auto found = watches_.find(symbol);
  if (found == watches_.end() || !found->second.expected) return;
  Watch& watch = found->second;
  if (!watch.last_id) watch.last_id = newest;
  if (newest > watch.last_id) {
    suspect_ =
        Suspect{.symbol = symbol, .newest = *newest, .heard = watch.heard, .until = now + kGrace};
    return;
  }
  if (newest) watch.begun = true;
  watch.complete = now;
  wait_longer(watch);
}

void Staleness::pause(TimePoint until) { next_allowed_ = std::max(next_allowed_, until); }

std::optional<Staleness::Missing> Staleness::take_missing(TimePoint now) {
  if (!suspect_ || now < suspect_->until) return std::nullopt;
  const Suspect suspect = *std::exchange(suspect_, std::nullopt);
  const auto found = watches_.find(suspect.symbol);
  if (found == watches_.end() || found->second.heard != suspect.heard) return std::nullopt;
  Watch& watch = found->second;
  const Missing missing{.symbol = suspect.symbol,
                        .last = *watch.last_id,
                        .newest = suspect.newest,
                        .silent_for = now - watch.heard,
                        .is_stale = watch.begun || !alive_};
  // Those that are as silent would each be asked about after the reconnect, and reconnect again.
  if (missing.is_stale) make_silent_ones_wait_longer(now);
  watch.last_id = suspect.newest;
  watch.begun = true;
  watch.complete = now;
  return missing;
}

void Staleness::make_silent_ones_wait_longer(TimePoint now) {
  for (auto& [symbol, watch] : watches_) {
    if (watch.complete + patience(watch) <= now) wait_longer(watch);
  }
}

std::optional<Staleness::TimePoint> Staleness::due() const {
  if (asked_) return std::nullopt;
  if (suspect_) return suspect_->until;
  std::optional<TimePoint> due;
  for (const auto& [symbol, watch] : watches_) {
    if (!watch.expected) continue;
    const auto runs_out = std::max(next_allowed_, watch.complete + patience(watch));
    due = due ? std::min(*due, runs_out) : runs_out;
  }
  return due;
}

}  // namespace naive::streamer
