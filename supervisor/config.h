#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "market/decimal.h"
#include "supervision/child_state.h"

namespace naive::supervisor {

enum class ExchangeKind { kMock, kTestnet, kLive };

/// [exchange.mock]: what the local exchange plays.
struct MockSettings {
  std::uint16_t port = 0;         // 0: any free one
  std::string pace = "recorded";  // or "x10", "stepped"
  std::string fill = "touch";     // or "queue"
  std::vector<std::filesystem::path> tapes;
  std::vector<std::filesystem::path> exchange_info;
  std::optional<std::filesystem::path> prices;
  std::uint64_t seed = 1;
  std::vector<std::pair<std::string, market::Decimal>>
      balances;  // asset, amount; empty: the mock's own
};

/// [exchange]
struct ExchangeSettings {
  ExchangeKind kind = ExchangeKind::kMock;
  // Empty with the mock: there they follow from where it listens.
  std::string rest_url;
  std::string stream_url;
  std::string ws_api_url;
  std::optional<std::filesystem::path> key_file;  // set unless mock
  std::chrono::milliseconds recv_window{5000};
  std::chrono::milliseconds engine_timeout{10'000};
  MockSettings mock;
};

/// [defaults] and [symbols.X]: how one symbol is traded.
struct SymbolSettings {
  std::uint32_t chunks = 1;
  std::uint32_t standby = 0;
  market::Decimal profit_target;
  market::Decimal buy_down_interval;
  std::optional<market::Decimal> budget;  // exactly one of the two
  std::optional<market::Decimal> quantity;
  bool autostart = true;
};

/// [supervision]
struct SupervisionSettings {
  supervision::RestartPolicy restarts;
  std::chrono::milliseconds silence_limit = supervision::kDefaultSilenceLimit;
  std::chrono::milliseconds shutdown_time{5000};
  std::chrono::milliseconds stale_after{10'000};
  std::chrono::milliseconds renewal_time{30'000};
};

struct Config {
  std::string text{};  // that it was read from
  ExchangeSettings exchange;
  SymbolSettings defaults;
  std::map<std::string, SymbolSettings, std::less<>> symbols;
  SupervisionSettings supervision;

  /// The symbol's own settings, else the defaults.
  const SymbolSettings& settings_of(std::string_view symbol) const;
};

/// Reads a configuration. Everything that is not known and right is a runtime::ConfigError that
/// names file, line, column and value, and shows how it should look.
Config read_config(const std::filesystem::path& file);
/// The same from a text that the file once had.
Config parse_config(const std::filesystem::path& file, const std::string& text);

}  // namespace naive::supervisor
