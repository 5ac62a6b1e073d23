#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

namespace naive::bench {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

/// The smallest value that `percent` of all values do not exceed.
inline Milliseconds percentile(std::vector<Milliseconds> values, double percent) {
  if (values.empty()) return Milliseconds{};
  std::ranges::sort(values);
  const auto index = static_cast<std::size_t>(static_cast<double>(values.size()) * percent / 100);
  return values[std::min(index, values.size() - 1)];
}

}  // namespace naive::bench
