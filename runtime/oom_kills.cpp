#include "runtime/oom_kills.h"

#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

namespace naive::runtime {
namespace {

namespace fs = std::filesystem;

fs::path counter_file() {
  constexpr std::string_view kUnified = "0::/";
  std::ifstream groups{"/proc/self/cgroup"};
  for (std::string line; std::getline(groups, line);) {
    if (!line.starts_with(kUnified)) continue;
    const auto events = fs::path{"/sys/fs/cgroup"} / line.substr(kUnified.size()) / "memory.events";
    std::error_code ignored;
    if (fs::exists(events, ignored)) return events;
  }
  return "/proc/vmstat";
}

}  // namespace

OomKills::OomKills() : OomKills(counter_file()) {}

OomKills::OomKills(const fs::path& file) : file_(file), seen_(count()) {}

bool OomKills::have_grown() {
  const std::uint64_t now = count();
  return std::exchange(seen_, now) < now;
}

std::uint64_t OomKills::count() const {
  std::ifstream lines{file_};
  constexpr std::string_view kKey = "oom_kill ";
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(kKey)) return std::strtoull(line.c_str() + kKey.size(), nullptr, 10);
  }
  return 0;
}

}  // namespace naive::runtime
