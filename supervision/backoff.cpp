#include "supervision/backoff.h"

#include <algorithm>

namespace naive::supervision {

std::chrono::milliseconds Backoff::next(TimePoint started, TimePoint now, double jitter) {
  if (now - started >= kHealthy) failures_ = 0;
  if (failures_++ == 0) return std::chrono::milliseconds{0};
  constexpr int kMostDoublings = 6;  // 6.4 s, above kLongest
  const auto full = std::min(kFirst * (1 << std::min(failures_ - 2, kMostDoublings)), kLongest);
  return std::chrono::duration_cast<std::chrono::milliseconds>(full * (1.0 - jitter / 4));
}

std::chrono::milliseconds Backoff::next_wait(TimePoint started, TimePoint now, double jitter) {
  const auto delay = next(started, now, jitter);
  return delay > delay.zero() ? delay : next(now, now, jitter);
}

}  // namespace naive::supervision
