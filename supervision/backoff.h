#pragma once

#include <chrono>

#include "supervision/restart_window.h"

namespace naive::supervision {

/// How long to wait before the next start: not at all the first time, then 100 ms doubling up to 5 s, each shortened by up
/// to a quarter so that many children do not come back in step. Starts over once a child has been healthy for 30 s.
class Backoff {
 public:
  static constexpr std::chrono::milliseconds kFirst{100};
  static constexpr std::chrono::milliseconds kLongest{5000};
  static constexpr std::chrono::seconds kHealthy{30};

  /// For a child that was started at `started` and died at `now`. `jitter` is random, in [0, 1).
  std::chrono::milliseconds next(TimePoint started, TimePoint now, double jitter);
  /// As next(), but never zero: the child itself asked for some time.
  std::chrono::milliseconds next_wait(TimePoint started, TimePoint now, double jitter);
  void clear() { failures_ = 0; }

  int failures() const { return failures_; }
  void resume(int failures) { failures_ = failures; }

 private:
  int failures_ = 0;
};

}  // namespace naive::supervision
