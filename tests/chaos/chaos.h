#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/support/audit.h"

namespace naive::chaos {

struct Campaign {
  int kills = 100;
  std::uint64_t seed = 1;
};

struct Report {
  std::vector<std::string> violations;  // besides the audit's
  std::map<std::string, int> kills;     // by kind of victim
  test::Audit audit;
  /// Of killed traders, from the kill until the next one has its state and hears prices and orders.
  std::vector<std::chrono::microseconds> recoveries;
  std::vector<std::chrono::microseconds> recoveries_after_backoff;

  bool is_clean() const { return violations.empty() && audit.is_clean(); }
  std::string to_string() const;
};

/// The real system trades fast on the recorded tape while a seeded hand kills and stops its processes. Then the hand rests,
/// every slot has to trade again, the exchange's ledger is audited against the stores, and nothing may have leaked.
Report run(const Campaign& campaign);

}  // namespace naive::chaos
