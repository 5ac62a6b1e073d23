#pragma once

#include <cstdint>
#include <string>

namespace naive::store {

/// A trader's state as whoever keeps it sees it: bytes, and the little that decides what an exit
/// means.
struct TraderRecord {
  std::uint64_t cycle = 0;
  std::uint64_t revision = 0;  // +1 with every change that is stored, never backwards
  bool finished = false;       // the cycle has come to its end
  std::string reason;          // why it could not go on, in the trader's own words
  std::string bytes;
};

/// What is kept of a slot.
struct SlotRecord {
  std::uint32_t slot = 0;
  std::uint32_t incarnation = 0;  // no process has ever had a higher one
  TraderRecord trader;
};

}  // namespace naive::store
