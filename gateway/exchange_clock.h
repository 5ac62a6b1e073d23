#pragma once

#include <optional>

#include "gateway/messages.h"

namespace naive::gateway {

/// The exchange's time, told from the monotonic clock: nobody who sets this machine's wall clock
/// can make us sign timestamps that the exchange refuses.
class ExchangeClock {
 public:
  /// So that two of these clocks differ by no more than the fence's margin: one gateway may set a fence and the next one
  /// judge it.
  static constexpr std::chrono::seconds kLongestRoundTrip{1};

  /// The exchange said `server_time` in answer to a question that was under way from `sent` to `received`. Taken as the
  /// time of the middle, so it is wrong by half of the way at most. False when that was too long to be taken.
  bool synchronize(TimePoint sent, TimePoint received, market::ExchangeTime server_time) {
    if (received - sent > kLongestRoundTrip) return false;
    reference_ = sent + (received - sent) / 2;
    server_time_ = server_time;
    known_ = true;
    return true;
  }
  bool known() const { return known_; }

  /// nullopt until synchronised.
  std::optional<market::ExchangeTime> at(TimePoint now) const {
    if (!known_) return std::nullopt;
    return server_time_ + std::chrono::duration_cast<microseconds>(now - reference_);
  }

 private:
  bool known_ = false;
  TimePoint reference_;
  market::ExchangeTime server_time_;
};

}  // namespace naive::gateway
