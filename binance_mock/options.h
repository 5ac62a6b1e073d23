#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "binance_mock/exchange.h"
#include "binance_mock/feed.h"
#include "binance_mock/rate_limits.h"
#include "market/decimal.h"

namespace CLI {
class App;
}

namespace naive::binance_mock {

/// What the command line says, as it says it.
struct Options {
  std::string bind = "127.0.0.1";
  std::uint16_t port = 9080;
  std::vector<std::filesystem::path> exchange_info;
  std::filesystem::path prices;
  std::vector<std::filesystem::path> tapes;
  std::string pace = "recorded";
  std::uint64_t seed = 1;
  std::filesystem::path key_file;
  std::vector<std::string> balances;
  std::filesystem::path book;
  std::string fill = "touch";
  std::string rate_limits = "count";

  /// Declares them. `this` must outlive the parsing.
  void declare(CLI::App& app);

  // What they mean; each throws runtime::ConfigError that names the value.
  Pace parsed_pace() const;
  FillRule fill_rule() const;
  RateLimits::Mode rate_limit_mode() const;
  std::vector<std::pair<std::string, market::Decimal>> parsed_balances() const;
};

}  // namespace naive::binance_mock
