#pragma once

#include <initializer_list>
#include <optional>

#include "supervision/restart_window.h"

namespace naive::supervision {

/// The nearest of those that are set; none when none is.
inline std::optional<TimePoint> earliest(std::initializer_list<std::optional<TimePoint>> times) {
  std::optional<TimePoint> nearest;
  for (const auto& time : times) {
    if (time && (!nearest || *time < *nearest)) nearest = time;
  }
  return nearest;
}

}  // namespace naive::supervision
