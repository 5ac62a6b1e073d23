#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace naive::supervision {

/// How often the processes of a place died without having been told to, by reason. Reasons beyond the first kMostReasons are
/// counted together, so that no process can fill our memory with words of its own.
class DeathCounts {
 public:
  static constexpr std::size_t kMostReasons = 8;
  static constexpr std::string_view kOther = "other reasons";

  struct Entry {
    std::string reason;
    std::uint32_t count = 0;

    friend bool operator==(const Entry&, const Entry&) = default;
  };

  DeathCounts() = default;
  /// As entries() told them, for a parent that hands its children over to another one.
  explicit DeathCounts(std::vector<Entry> entries) : entries_(std::move(entries)) {}

  void add(std::string_view reason);
  /// In the order in which they were first seen.
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
};

}  // namespace naive::supervision
