// Reads every #include of the project and holds it against who may know whom.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace naive::test {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

const fs::path kRoot = NAIVE_SOURCE_DIR;

struct Include {
  std::string file;
  std::string what;
};

std::vector<Include> includes_of(const std::string& folder) {
  static const std::regex kLine{R"(^\s*#include\s+["<]([^">]+)[">])"};
  std::vector<Include> found;
  for (const auto& entry : fs::recursive_directory_iterator{kRoot / folder}) {
    const auto extension = entry.path().extension();
    if (extension != ".h" && extension != ".cpp") continue;
    std::ifstream stream{entry.path()};
    std::smatch match;
    for (std::string line; std::getline(stream, line);) {
      if (std::regex_search(line, match, kLine)) {
        found.push_back({fs::relative(entry.path(), kRoot).string(), match[1]});
      }
    }
  }
  return found;
}

/// Which folders each folder may include, besides itself.
const std::map<std::string, Names>& allowed_folders() {
  static const std::map<std::string, Names> kAllowed{
      {"market", {}},
      {"supervision", {}},
      {"proto", {"market"}},
      {"store", {"market"}},
      {"runtime", {"supervision"}},
      {"binance", {"market", "runtime", "supervision"}},
      {"trader", {"market", "proto", "runtime"}},
      {"leader", {"market", "proto", "runtime", "store", "supervision"}},
      {"gateway", {"binance", "market", "proto", "runtime"}},
      {"streamer", {"binance", "market", "proto", "runtime"}},
      {"binance_mock", {"binance", "market", "runtime"}},
      {"supervisor", {"binance", "market", "proto", "runtime", "supervision"}},
      {"naivectl", {"market", "proto", "runtime", "store"}},
  };
  return kAllowed;
}

std::string first_part(const std::string& path) { return path.substr(0, path.find('/')); }

TEST(IncludesPointOneWay, BetweenFolders) {
  for (const auto& [folder, allowed] : allowed_folders()) {
    const auto includes = includes_of(folder);
    EXPECT_FALSE(includes.empty()) << folder;
    for (const auto& [file, what] : includes) {
      const std::string target = first_part(what);
      if (target == folder || !allowed_folders().contains(target)) continue;
      EXPECT_TRUE(allowed.contains(target)) << file << " includes " << what;
    }
  }
}

/// Libraries that only some folders may see.
TEST(IncludesPointOneWay, ToLibraries) {
  const std::vector<std::pair<std::regex, Names>> kOnlyIn{
      {std::regex{"^(curl|wslay|simdjson|openssl)"}, {"binance", "gateway", "streamer", "binance_mock"}},
      {std::regex{"^boost/"}, {"binance_mock"}},
      {std::regex{"^zmq"}, {"runtime"}},
      {std::regex{"^spdlog/"}, {"runtime"}},
      {std::regex{"^(SQLiteCpp/|sqlite3)"}, {"store"}},
      {std::regex{"^toml"}, {"binance", "supervisor"}},
  };
  for (const auto& [folder, allowed] : allowed_folders()) {
    for (const auto& [file, what] : includes_of(folder)) {
      for (const auto& [library, folders] : kOnlyIn) {
        if (!std::regex_search(what, library)) continue;
        EXPECT_TRUE(folders.contains(folder)) << file << " includes " << what;
      }
    }
  }
}

/// Cores know no process, no socket, no clock of the system, no log and no generated message.
TEST(IncludesPointOneWay, CoresArePure) {
  const Names kCores{
      "trader/state.h",      "trader/step.h",        "trader/reconcile.h",  "leader/roster.h",      "leader/reserve.h",
      "supervisor/tree.h",   "supervisor/rollout.h", "gateway/order_desk.h", "gateway/outcome.h",
      "gateway/rules_desk.h", "gateway/throttle.h",  "streamer/staleness.h", "streamer/subscriptions.h",
      "streamer/trade_sequence.h", "streamer/fill_budget.h",
      "binance_mock/exchange.h", "binance_mock/ledger.h", "binance_mock/price_source.h"};
  const std::regex kImpure{R"(^(runtime/|naive/v1/|proto/|sys/|unistd|thread|fstream|iostream|zmq|spdlog))"};
  const auto is_core = [&](const std::string& file) {
    return kCores.contains(fs::path{file}.replace_extension(".h").string());
  };
  for (const std::string& core : kCores) EXPECT_TRUE(fs::exists(kRoot / core)) << core;
  for (const auto& [folder, allowed] : allowed_folders()) {
    const bool pure_folder = folder == "market" || folder == "supervision";
    for (const auto& [file, what] : includes_of(folder)) {
      if (!pure_folder && !is_core(file)) continue;
      if (what == "runtime/check.h") continue;
      EXPECT_FALSE(std::regex_search(what, kImpure)) << file << " includes " << what;
    }
  }
}

/// Units of 1e-8 stay inside of the money types and at the edges that write them.
TEST(Money, IsNeverADouble) {
  static const std::regex kFloat{R"(\b(double|float)\b)"};
  for (const std::string folder : {"market", "trader", "binance_mock", "binance", "gateway", "store"}) {
    for (const auto& entry : fs::recursive_directory_iterator{kRoot / folder}) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      std::ifstream stream{entry.path()};
      for (std::string line; std::getline(stream, line);) {
        const std::string code = line.substr(0, line.find("//"));
        const bool jitter = line.find("jitter") != std::string::npos || line.find("random") != std::string::npos ||
                            line.find("speed") != std::string::npos;
        EXPECT_TRUE(jitter || !std::regex_search(code, kFloat)) << entry.path() << ": " << line;
      }
    }
  }
}

}  // namespace
}  // namespace naive::test
