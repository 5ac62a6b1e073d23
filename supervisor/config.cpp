#include "supervisor/config.h"

#include <fmt/format.h>

#include <algorithm>

#include "market/symbol_rules.h"
#include "supervisor/toml_section.h"

namespace naive::supervisor {
namespace {

using market::Decimal;
using std::chrono::milliseconds;

constexpr std::int64_t kMaxPort = 65'535;
constexpr std::int64_t kMaxRecvWindow = 60'000;  // Binance's own limit
constexpr std::int64_t kMaxChunks = 1000;
constexpr std::int64_t kMaxStandby = 100;
constexpr std::int64_t kOneHour = 3'600'000;
constexpr milliseconds kMockRecvWindow{1000};
constexpr milliseconds kMockEngineTimeout{100};

struct Urls {
  std::string_view rest, stream, ws_api;
};
constexpr Urls kTestnetUrls{.rest = "https://testnet.binance.vision",
                            .stream = "wss://stream.testnet.binance.vision",
                            .ws_api = "wss://ws-api.testnet.binance.vision/ws-api/v3"};
constexpr Urls kLiveUrls{.rest = "https://api.binance.com",
                         .stream = "wss://stream.binance.com:9443",
                         .ws_api = "wss://ws-api.binance.com:443/ws-api/v3"};

bool is_pace(std::string_view text) {
  if (text == "recorded" || text == "stepped") return true;
  if (!text.starts_with('x') || text.size() < 2 || text.size() > 7) return false;
  return text[1] != '0' &&
         std::ranges::all_of(text.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

MockSettings read_mock(TomlSection section) {
  MockSettings mock;
  if (const auto port = section.integer("port", "port = 0", 0, kMaxPort)) {
    mock.port = static_cast<std::uint16_t>(*port);
  }
  mock.pace = section.text("pace", "pace = \"recorded\"").value_or(mock.pace);
  if (!is_pace(mock.pace)) {
    section.refuse("pace",
                   fmt::format("pace = '{}' is not a pace; for example: pace = \"recorded\", "
                               "\"x10\" (ten times as fast) or \"stepped\"",
                               mock.pace));
  }
  mock.fill = section.text("fill", "fill = \"touch\"").value_or(mock.fill);
  if (mock.fill != "touch" && mock.fill != "queue") {
    section.refuse("fill",
                   fmt::format("fill = '{}' is not a fill rule; for example: fill = \"touch\" (a "
                               "trade at or through an order's price fills all of it) or \"queue\" "
                               "(no more than the trade's volume)",
                               mock.fill));
  }
  mock.tapes = section.paths("tapes", "tapes = [\"trades.jsonl.gz\"]");
  mock.exchange_info =
      section.paths("exchange_info", "exchange_info = [\"exchange-info.json.gz\"]");
  mock.prices = section.path("prices", "prices = \"prices.json.gz\"");
  if (const auto seed = section.integer("seed", "seed = 1", 0, INT64_MAX)) {
    mock.seed = static_cast<std::uint64_t>(*seed);
  }
  TomlSection balances = section.section("balances");
  for (const std::string& asset : balances.keys()) {
    const auto amount = balances.decimal(asset, fmt::format("{} = \"1000\"", asset));
    if (!market::is_symbol(asset) || amount->is_negative()) {
      balances.refuse(asset,
                      fmt::format("{} = {} in [exchange.mock.balances] is not an asset and an "
                                  "amount; for example: USDT = \"10000\"",
                                  asset, amount->to_short_string()));
    }
    mock.balances.emplace_back(asset, *amount);
  }
  section.refuse_unknown_keys();
  return mock;
}

ExchangeKind read_kind(TomlSection& section) {
  const std::string name = section.text("name", "name = \"mock\"").value_or("mock");
  const bool live = section.flag("live", "live = true").value_or(false);
  if (name == "mock") return ExchangeKind::kMock;
  if (name == "testnet") return ExchangeKind::kTestnet;
  if (name != "live") {
    section.refuse("name", fmt::format("name = '{}' in [exchange] is not an exchange; for example: "
                                       "name = \"mock\", \"testnet\" or \"live\"",
                                       name));
  }
  if (!live) {
    section.refuse("name",
                   "name = 'live' trades with real money; add live = true to [exchange] if that is "
                   "what you want");
  }
  return ExchangeKind::kLive;
}

std::string read_url(TomlSection& section, std::string_view key, std::string_view scheme,
                     std::string_view standard) {
  const std::string example = fmt::format("{} = \"{}\"", key, standard);
  const std::string url = section.text(key, example).value_or(std::string{standard});
  if (!url.starts_with(scheme) || url.size() <= url.find("://") + 3) {
    section.refuse(
        key, fmt::format("{} = '{}' in [exchange] does not begin with {}; for example: {}", key,
                         url, scheme, example));
  }
  return url;
}

ExchangeSettings read_exchange(TomlSection section) {
  ExchangeSettings exchange;
  exchange.kind = read_kind(section);
  exchange.key_file = section.path("key_file", "key_file = \"testnet.key\"");
  const bool mock = exchange.kind == ExchangeKind::kMock;
  if (!mock) {
    const Urls& urls = exchange.kind == ExchangeKind::kLive ? kLiveUrls : kTestnetUrls;
    exchange.rest_url = read_url(section, "rest_url", "http", urls.rest);
    exchange.stream_url = read_url(section, "stream_url", "ws", urls.stream);
    exchange.ws_api_url = read_url(section, "ws_api_url", "ws", urls.ws_api);
  } else {
    exchange.recv_window = kMockRecvWindow;
    exchange.engine_timeout = kMockEngineTimeout;
  }
  exchange.recv_window =
      section.milliseconds("recv_window", "recv_window = 5000", 1, kMaxRecvWindow)
          .value_or(exchange.recv_window);
  exchange.engine_timeout =
      section.milliseconds("engine_timeout", "engine_timeout = 10000", 0, kOneHour)
          .value_or(exchange.engine_timeout);
  exchange.mock = read_mock(section.section("mock"));
  section.refuse_unknown_keys();
  if (!mock && !exchange.key_file) {
    section.refuse("name",
                   "this exchange needs a key: add key_file = \"testnet.key\" to [exchange], "
                   "a file of mode 0600 with api_key = \"...\" and secret_key = \"...\"");
  }
  return exchange;
}

void check_range(TomlSection& section, std::string_view key, Decimal value, Decimal least,
                 Decimal below, std::string_view example) {
  if (value >= least && value < below) return;
  section.refuse(key, fmt::format("{} = {} is out of range: from {} to below {}; for example: {}",
                                  key, value.to_short_string(), least.to_short_string(),
                                  below.to_short_string(), example));
}

/// At least one unit: more than nothing.
std::optional<Decimal> read_positive(TomlSection& section, std::string_view key,
                                     std::string_view example) {
  const auto value = section.decimal(key, example);
  if (value && *value <= Decimal{}) {
    section.refuse(key, fmt::format("{} = {} is not more than 0; for example: {}", key,
                                    value->to_short_string(), example));
  }
  return value;
}

void read_symbol(TomlSection& section, SymbolSettings& settings) {
  constexpr std::string_view kTarget = "profit_target = \"-0.0012\"";
  constexpr std::string_view kDown = "buy_down_interval = \"0.0025\"";
  if (const auto chunks = section.integer("chunks", "chunks = 5", 1, kMaxChunks)) {
    settings.chunks = static_cast<std::uint32_t>(*chunks);
  }
  if (const auto standby = section.integer("standby", "standby = 1", 0, kMaxStandby)) {
    settings.standby = static_cast<std::uint32_t>(*standby);
  }
  const auto minus_one = Decimal::from_units(-Decimal::kUnitsPerOne);
  const auto hundred = Decimal::from_units(100 * Decimal::kUnitsPerOne);
  settings.profit_target =
      section.decimal("profit_target", kTarget).value_or(settings.profit_target);
  check_range(section, "profit_target", settings.profit_target, minus_one, hundred, kTarget);
  settings.buy_down_interval =
      section.decimal("buy_down_interval", kDown).value_or(settings.buy_down_interval);
  check_range(section, "buy_down_interval", settings.buy_down_interval, Decimal{}, Decimal::one(),
              kDown);
  const auto budget = read_positive(section, "budget", "budget = \"100\"");
  const auto quantity = read_positive(section, "quantity", "quantity = \"0.001\"");
  section.refuse_unknown_keys();
  if (budget && quantity) {
    section.refuse("quantity", "budget and quantity exclude each other: keep one of the two");
  }
  if (budget || quantity) {
    settings.budget = budget;
    settings.quantity = quantity;
  }
  if (!settings.budget && !settings.quantity) {
    section.refuse("",
                   "budget or quantity is missing here and in [defaults]; for example: "
                   "budget = \"100\" (of the quote asset, for all chunks together)");
  }
}

SupervisionSettings read_supervision(TomlSection section) {
  SupervisionSettings settings;
  if (const auto restarts = section.integer("max_restarts", "max_restarts = 3", 0, 1000)) {
    settings.restarts.max_restarts = static_cast<std::size_t>(*restarts);
  }
  settings.restarts.max_time = section.milliseconds("max_time", "max_time = 5000", 1, kOneHour)
                                   .value_or(settings.restarts.max_time);
  constexpr std::int64_t kTwoHeartbeats = 2000;
  settings.silence_limit =
      section.milliseconds("silence_limit", "silence_limit = 5000", kTwoHeartbeats, kOneHour)
          .value_or(settings.silence_limit);
  settings.shutdown_time =
      section.milliseconds("shutdown_time", "shutdown_time = 5000", 0, kOneHour)
          .value_or(settings.shutdown_time);
  settings.stale_after = section.milliseconds("stale_after", "stale_after = 10000", 100, kOneHour)
                             .value_or(settings.stale_after);
  settings.renewal_time = section.milliseconds("renewal_time", "renewal_time = 30000", 1, kOneHour)
                              .value_or(settings.renewal_time);
  section.refuse_unknown_keys();
  return settings;
}

}  // namespace

const SymbolSettings& Config::settings_of(std::string_view symbol) const {
  const auto found = symbols.find(symbol);
  return found != symbols.end() ? found->second : defaults;
}

Config read_config(const std::filesystem::path& path) {
  return parse_config(path, TomlSection::read(path));
}

Config parse_config(const std::filesystem::path& path, const std::string& text) {
  TomlSection file = TomlSection::parse(path, text);
  Config config{.text = text};
  TomlSection exchange = file.section("exchange");
  TomlSection defaults = file.section("defaults");
  TomlSection symbols = file.section("symbols");
  TomlSection supervision = file.section("supervision");
  file.refuse_unknown_keys();  // first: a misspelt table would show as whatever it does not set

  config.exchange = read_exchange(std::move(exchange));
  read_symbol(defaults, config.defaults);
  for (const std::string& symbol : symbols.keys()) {
    if (!market::is_symbol(symbol)) {
      symbols.refuse(symbol,
                     fmt::format("'{}' is not a symbol; for example: [symbols.BTCUSDT]", symbol));
    }
    SymbolSettings settings = config.defaults;
    TomlSection section = symbols.section(symbol);
    settings.autostart = section.flag("autostart", "autostart = true").value_or(true);
    read_symbol(section, settings);
    config.symbols.emplace(symbol, settings);
  }
  config.supervision = read_supervision(std::move(supervision));
  return config;
}

}  // namespace naive::supervisor
