#pragma once

#include <chrono>
#include <cstdint>

namespace naive::runtime {

/// The time of day, as messages carry it. Decisions are made by the steady clock, never by this.
inline std::int64_t microseconds_since_epoch() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace naive::runtime
