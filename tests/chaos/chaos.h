#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace naive::chaos {

struct Campaign {
  int kills = 100;
  std::uint64_t seed = 1;
};

struct Report {
  std::vector<std::string> violations;
  std::map<std::string, int> kills;  // by kind of victim
  int orders = 0;
  int executions = 0;
  std::uint64_t cycles = 0;
  std::vector<std::chrono::microseconds> recoveries;  // of killed traders: kill to ready

  std::string to_string() const;
};

/// The real system trades fast on the recorded tape while a seeded hand kills and stops its processes. Then the hand rests,
/// every slot has to trade again, and what the exchange's ledger says is held against the invariants.
Report run(const Campaign& campaign);

}  // namespace naive::chaos
