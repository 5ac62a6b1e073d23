#include "supervision/death_counts.h"

#include <algorithm>

namespace naive::supervision {

void DeathCounts::add(std::string_view reason) {
  auto found = std::ranges::find(entries_, reason, &Entry::reason);
  if (found == entries_.end() && entries_.size() >= kMostReasons) {
    found = std::ranges::find(entries_, kOther, &Entry::reason);
    reason = kOther;
  }
  if (found == entries_.end()) found = entries_.insert(found, {.reason = std::string{reason}});
  ++found->count;
}

}  // namespace naive::supervision
