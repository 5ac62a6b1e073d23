#include "binance_mock/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "runtime/program.h"

namespace naive::binance_mock {

void Options::declare(CLI::App& app) {
  app.add_option("--bind", bind, "IP address to listen on")->capture_default_str();
  app.add_option("--port", port, "TCP port; 0: any free one")->capture_default_str();
  app.add_option("--exchange-info", exchange_info,
                 "Recorded answer of GET /api/v3/exchangeInfo, .gz or plain; may be repeated: for "
                 "a symbol in several "
                 "files the first one counts")
      ->required();
  app.add_option("--prices", prices,
                 "Recorded answer of GET /api/v3/ticker/price: where symbols without a tape start");
  app.add_option("--tape", tapes,
                 "Recorded trades, .gz or plain: lines of @trade JSON, or "
                 "BTCUSDT-trades-2024-08-09.csv as Binance "
                 "publishes them; may be repeated");
  app.add_option(
         "--pace", pace,
         "recorded, x10 (ten times as fast), or stepped (only POST /_mock/step moves prices)")
      ->capture_default_str();
  app.add_option("--seed", seed, "Of the random walks of symbols without a tape")
      ->capture_default_str();
  app.add_option("--key-file", key_file,
                 "Key of the one account (TOML, mode 0600); without it, the example key of "
                 "Binance's documentation");
  app.add_option("--balance", balances,
                 "ASSET=AMOUNT the account begins with; may be repeated. By default 100 BTC, 1000 "
                 "ETH, 10000 BNB and "
                 "1000000 of every other quote asset; a --book that is not empty has its own");
  app.add_option("--book", book,
                 "File that keeps orders, executions and balances over a restart, kill -9 "
                 "included; made if it is not "
                 "there");
  app.add_option("--fill", fill,
                 "touch: a trade at or through an order's price fills all of it; queue: no more "
                 "than the trade's volume")
      ->check(CLI::IsMember({"touch", "queue"}))
      ->capture_default_str();
  app.add_option("--rate-limits", rate_limits,
                 "count: only tell how much is used; enforce: refuse with 429 as Binance does")
      ->check(CLI::IsMember({"count", "enforce"}))
      ->capture_default_str();
}

Pace Options::parsed_pace() const {
  const auto parsed = Pace::parse(pace);
  if (!parsed) {
    throw runtime::ConfigError(
        fmt::format("--pace '{}' is not a pace: recorded, x1 to x100000, or stepped", pace));
  }
  return *parsed;
}

FillRule Options::fill_rule() const {
  return fill == "queue" ? FillRule::kQueue : FillRule::kTouch;
}

RateLimits::Mode Options::rate_limit_mode() const {
  return rate_limits == "enforce" ? RateLimits::Mode::kEnforce : RateLimits::Mode::kCount;
}

std::vector<std::pair<std::string, market::Decimal>> Options::parsed_balances() const {
  std::vector<std::pair<std::string, market::Decimal>> parsed;
  for (const std::string& text : balances) {
    const auto equals = text.find('=');
    const auto amount = equals == std::string::npos
                            ? std::nullopt
                            : market::Decimal::parse(text.substr(equals + 1));
    // A tenth of what fits, so that what is earned fits as well.
    constexpr std::int64_t kMaxUnits = 9'000'000'000 * market::Decimal::kUnitsPerOne;
    if (equals == 0 || !amount || amount->is_negative() || amount->units() > kMaxUnits) {
      throw runtime::ConfigError(fmt::format(
          "--balance '{}' is not ASSET=AMOUNT with an amount up to 9000000000; try USDT=1000",
          text));
    }
    parsed.emplace_back(text.substr(0, equals), *amount);
  }
  return parsed;
}

}  // namespace naive::binance_mock
