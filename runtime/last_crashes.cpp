#include "runtime/last_crashes.h"

#include "runtime/wall_clock.h"

namespace naive::runtime {

void LastCrashes::put(v1::Crash crash, const std::vector<std::string>& last_words) {
  crash.set_time(microseconds_since_epoch());
  crash.mutable_last_words()->Assign(last_words.begin(), last_words.end());
  const std::string name = crash.name();
  by_name_.insert_or_assign(name, std::move(crash));
}

const v1::Crash* LastCrashes::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found != by_name_.end() ? &found->second : nullptr;
}

void write(const supervision::DeathCounts& deaths,
           google::protobuf::RepeatedPtrField<v1::DeathCount>& out) {
  for (const auto& [reason, count] : deaths.entries()) {
    v1::DeathCount& entry = *out.Add();
    entry.set_reason(reason);
    entry.set_count(count);
  }
}

}  // namespace naive::runtime
