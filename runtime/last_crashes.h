#pragma once

#include <naive/v1/control.pb.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "supervision/death_counts.h"

namespace naive::runtime {

/// The last crash of each place below this process.
class LastCrashes {
 public:
  /// Takes the place of the one before. The time is now.
  void put(v1::Crash crash, const std::vector<std::string>& last_words);
  void forget(const std::string& name) { by_name_.erase(name); }
  /// For the next image of this process, and of the one before.
  const std::map<std::string, v1::Crash, std::less<>>& all() const { return by_name_; }
  void resume(const v1::Crash& crash) { by_name_.insert_or_assign(crash.name(), crash); }

  /// nullptr: it has not crashed.
  const v1::Crash* find(std::string_view name) const;

 private:
  std::map<std::string, v1::Crash, std::less<>> by_name_;
};

void write(const supervision::DeathCounts& deaths,
           google::protobuf::RepeatedPtrField<v1::DeathCount>& out);

}  // namespace naive::runtime
