#pragma once

#include <cstdint>
#include <filesystem>

namespace naive::runtime {

/// How many processes the kernel has killed for want of memory: in our own control group where it counts them (cgroups(7),
/// version 2), else on this machine (proc(5), /proc/vmstat).
class OomKills {
 public:
  OomKills();
  /// Counts those of `file`, in the line "oom_kill N".
  explicit OomKills(const std::filesystem::path& file);

  /// Whether there were more since the last look, or since this object was made.
  bool have_grown();

 private:
  std::uint64_t count() const;

  std::filesystem::path file_;
  std::uint64_t seen_;
};

}  // namespace naive::runtime
