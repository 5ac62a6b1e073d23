#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <utility>

namespace naive::supervision {

using TimePoint = std::chrono::steady_clock::time_point;

/// OTP's restart intensity: at most `max_restarts` restarts within the last `period`. The window slides and includes
/// both ends; success never empties it. One more restart than allowed means: stop trying.
class RestartWindow {
 public:
  RestartWindow(std::size_t max_restarts, std::chrono::milliseconds period)
      : max_restarts_(max_restarts), period_(period) {}

  /// Counts a restart (or a failed attempt at one); false when it is one too many.
  bool record(TimePoint now);
  /// Forgets all restarts: somebody has looked into it.
  void clear() { restarts_.clear(); }

  /// Those that still count, the oldest first: for a parent that hands its children over.
  const std::deque<TimePoint>& restarts() const { return restarts_; }
  void resume(std::deque<TimePoint> restarts) { restarts_ = std::move(restarts); }

 private:
  std::size_t max_restarts_;
  std::chrono::milliseconds period_;
  std::deque<TimePoint> restarts_;  // never more than max_restarts_ + 1
};

}  // namespace naive::supervision
