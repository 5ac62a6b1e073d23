#include "supervisor/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/program.h"
#include "tests/unit/runtime/temporary_directory.h"

namespace naive::supervisor {
namespace {

using market::Decimal;
using runtime::TemporaryDirectory;
using std::chrono::milliseconds;
using testing::ElementsAre;

Decimal decimal(std::string_view text) { return Decimal::parse(text).value(); }

class ConfigTest : public testing::Test {
 protected:
  Config read(const std::string& text) {
    std::ofstream{directory_ / "c.toml"} << text;
    return read_config(directory_ / "c.toml");
  }
  /// What is said about a wrong file, without the directory.
  std::string error_of(const std::string& text) {
    try {
      read(text);
    } catch (const runtime::StartError& error) {
      EXPECT_EQ(error.status(), runtime::kExitConfig);
      std::string message = error.what();
      const std::string prefix = directory_.path().string() + "/";
      EXPECT_TRUE(message.starts_with(prefix)) << message;
      return message.substr(prefix.size());
    }
    return "no error";
  }
  TemporaryDirectory directory_;
};

TEST_F(ConfigTest, TheLeastIsAMockAndABudget) {
  const Config config = read("[defaults]\nbudget = \"100\"\n");
  EXPECT_EQ(config.exchange.kind, ExchangeKind::kMock);
  EXPECT_EQ(config.exchange.mock.port, 0);
  EXPECT_EQ(config.exchange.mock.pace, "recorded");
  EXPECT_EQ(config.exchange.recv_window, milliseconds{1000});
  EXPECT_EQ(config.exchange.engine_timeout, milliseconds{100});
  EXPECT_EQ(config.defaults.chunks, 1u);
  EXPECT_EQ(config.defaults.budget, decimal("100"));
  EXPECT_EQ(config.defaults.quantity, std::nullopt);
  EXPECT_EQ(config.supervision.restarts.max_restarts, 3u);
  EXPECT_EQ(config.supervision.restarts.max_time, milliseconds{5000});
  EXPECT_EQ(config.supervision.silence_limit, milliseconds{5000});
  EXPECT_EQ(config.supervision.shutdown_time, milliseconds{5000});
  EXPECT_EQ(config.supervision.stale_after, milliseconds{10'000});
  EXPECT_TRUE(config.symbols.empty());
}

TEST_F(ConfigTest, EverythingOfTheMock) {
  const Config config = read(R"(
[exchange]
name = "mock"
recv_window = 2000
engine_timeout = 5
[exchange.mock]
port = 8080
pace = "x10"
fill = "queue"
tapes = ["../a.gz", "/b.gz"]
exchange_info = ["info.json"]
prices = "prices.json"
seed = 7
[exchange.mock.balances]
USDT = "1000.5"
BTC = 2
[defaults]
quantity = "100"
)");
  const MockSettings& mock = config.exchange.mock;
  EXPECT_EQ(mock.port, 8080);
  EXPECT_EQ(mock.pace, "x10");
  EXPECT_EQ(mock.fill, "queue");
  EXPECT_THAT(mock.tapes, ElementsAre(directory_.path().parent_path() / "a.gz", "/b.gz"));
  EXPECT_THAT(mock.exchange_info, ElementsAre(directory_ / "info.json"));
  EXPECT_EQ(mock.prices, directory_ / "prices.json");
  EXPECT_EQ(mock.seed, 7u);
  EXPECT_THAT(mock.balances,
              ElementsAre(std::pair{"BTC", decimal("2")}, std::pair{"USDT", decimal("1000.5")}));
  EXPECT_EQ(config.exchange.recv_window, milliseconds{2000});
  EXPECT_EQ(config.exchange.engine_timeout, milliseconds{5});
}

TEST_F(ConfigTest, TestnetAndLiveHaveTheirUrlsAndNeedAKey) {
  const Config testnet =
      read("[exchange]\nname = \"testnet\"\nkey_file = \"k\"\n[defaults]\nbudget = 1\n");
  EXPECT_EQ(testnet.exchange.rest_url, "https://testnet.binance.vision");
  EXPECT_EQ(testnet.exchange.stream_url, "wss://stream.testnet.binance.vision");
  EXPECT_EQ(testnet.exchange.ws_api_url, "wss://ws-api.testnet.binance.vision/ws-api/v3");
  EXPECT_EQ(testnet.exchange.key_file, directory_ / "k");
  EXPECT_EQ(testnet.exchange.engine_timeout, milliseconds{10'000});
  const Config live = read(
      "[exchange]\nname = \"live\"\nlive = true\nkey_file = \"/k\"\nrest_url = "
      "\"https://api1.binance.com\"\n"
      "[defaults]\nbudget = 1\n");
  EXPECT_EQ(live.exchange.rest_url, "https://api1.binance.com");
  EXPECT_EQ(live.exchange.stream_url, "wss://stream.binance.com:9443");
  EXPECT_EQ(live.exchange.ws_api_url, "wss://ws-api.binance.com:443/ws-api/v3");
}

TEST_F(ConfigTest, SymbolsInheritTheDefaults) {
  const Config config = read(R"(
[defaults]
chunks = 5
profit_target = -0.0012
buy_down_interval = "0.0025"
budget = "100"
[symbols.BTCUSDT]
standby = 1
[symbols.ETHUSDT]
chunks = 2
quantity = 0.5
autostart = false
)");
  const SymbolSettings& btc = config.settings_of("BTCUSDT");
  EXPECT_EQ(btc.chunks, 5u);
  EXPECT_EQ(btc.standby, 1u);
  EXPECT_EQ(btc.profit_target, decimal("-0.0012"));
  EXPECT_EQ(btc.buy_down_interval, decimal("0.0025"));
  EXPECT_EQ(btc.budget, decimal("100"));
  EXPECT_TRUE(btc.autostart);
  const SymbolSettings& eth = config.settings_of("ETHUSDT");
  EXPECT_EQ(eth.chunks, 2u);
  EXPECT_EQ(eth.standby, 0u);
  EXPECT_EQ(eth.budget, std::nullopt);  // one of the two, and the nearer one
  EXPECT_EQ(eth.quantity, decimal("0.5"));
  EXPECT_FALSE(eth.autostart);
  EXPECT_EQ(config.settings_of("XRPUSDT").chunks, 5u);
}

TEST_F(ConfigTest, NumbersAreTakenAsTheyAreWritten) {
  const auto budget = [&](const std::string& text) {
    return read("[defaults]\nbudget = " + text + "  # é\n").defaults.budget;
  };
  EXPECT_EQ(budget("0.1"), decimal("0.1"));
  EXPECT_EQ(budget("92233720368.54775807"), decimal("92233720368.54775807"));  // beyond any double
  EXPECT_EQ(budget("100"), decimal("100"));
  EXPECT_EQ(budget("\"0.00000001\""), decimal("0.00000001"));
}

TEST_F(ConfigTest, TheFilesOfThisRepositoryAreRight) {
  const std::filesystem::path folder = NAIVE_CONFIG_DIRECTORY;
  const Config demo = read_config(folder / "demo.toml");
  EXPECT_EQ(demo.symbols.size(), 2u);
  for (const auto& tape : demo.exchange.mock.tapes)
    EXPECT_TRUE(std::filesystem::exists(tape)) << tape;
  for (const auto& info : demo.exchange.mock.exchange_info) {
    EXPECT_TRUE(std::filesystem::exists(info)) << info;
  }
  EXPECT_TRUE(std::filesystem::exists(demo.exchange.mock.prices.value()));
  EXPECT_EQ(read_config(folder / "testnet.example.toml").exchange.kind, ExchangeKind::kTestnet);
  EXPECT_EQ(read_config(folder / "live.example.toml").exchange.kind, ExchangeKind::kLive);
}

TEST_F(ConfigTest, ADirectoryIsNoFile) {
  try {
    read_config(directory_.path());
    FAIL();
  } catch (const runtime::ConfigError& error) {
    EXPECT_THAT(error.what(), testing::EndsWith("': Is a directory"));
  }
}

TEST_F(ConfigTest, AFileThatIsNotThere) {
  try {
    read_config("/no/such/file.toml");
    FAIL();
  } catch (const runtime::ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "cannot read the configuration '/no/such/file.toml': No such file or directory");
  }
}

struct BadFile {
  const char* text;
  const char* message;
};

// Every line that a user can get wrong, and what is said about it.
constexpr const char* kBudget = "[defaults]\nbudget = \"1\"\n";
const BadFile kBadFiles[] = {
    {"[defaults]\nbudgt = \"1\"\nbudget = \"1\"\n",
     "c.toml:2:1: unknown key 'budgt' in [defaults]; did you mean budget = \"100\"?"},
    {"[defualts]\nbudget = \"1\"\n",
     "c.toml:1:2: unknown key 'defualts' at the top; did you mean [defaults]?"},
    {"[defaults]\nbudget = \"1\"\n[symbols.BTCUSDT]\nprofit_targt = \"0.1\"\n",
     "c.toml:4:1: unknown key 'profit_targt' in [symbols.BTCUSDT]; did you mean profit_target = "
     "\"-0.0012\"?"},
    {"[exchange.mock]\nprot = 1\n[defaults]\nbudget = 1\n",
     "c.toml:2:1: unknown key 'prot' in [exchange.mock]; did you mean port = 0?"},
    {"[exchange]\nrest_url = \"http://localhost\"\n[defaults]\nbudget = 1\n",
     "c.toml:2:1: unknown key 'rest_url' in [exchange]; known here: name, live, key_file, "
     "recv_window, "
     "engine_timeout, mock"},
    {"[exchange]\nname = \"binance\"\n",
     "c.toml:2:8: name = 'binance' in [exchange] is not an exchange; for example: name = \"mock\", "
     "\"testnet\" or \"live\""},
    {"[exchange]\nname = 3\n",
     "c.toml:2:8: name = 3 in [exchange] is not text in quotes; for example: name = \"mock\""},
    {"[exchange]\nname = \"live\"\nkey_file = \"k\"\n",
     "c.toml:2:8: name = 'live' trades with real money; add live = true to [exchange] if that is "
     "what you "
     "want"},
    {"[exchange]\nname = \"testnet\"\n",
     "c.toml:2:8: this exchange needs a key: add key_file = \"testnet.key\" to [exchange], a file "
     "of mode "
     "0600 with api_key = \"...\" and secret_key = \"...\""},
    {"[exchange]\nname = \"testnet\"\nkey_file = \"k\"\nrest_url = \"testnet.binance.vision\"\n",
     "c.toml:4:12: rest_url = 'testnet.binance.vision' in [exchange] does not begin with http; for "
     "example: "
     "rest_url = \"https://testnet.binance.vision\""},
    {"[exchange]\nrecv_window = 60001\n",
     "c.toml:2:15: recv_window = 60001 in [exchange] is not milliseconds, from 1 to 60000; for "
     "example: "
     "recv_window = 5000"},
    {"[exchange]\nrecv_window = \"5s\"\n",
     "c.toml:2:15: recv_window = \"5s\" in [exchange] is not milliseconds, from 1 to 60000; for "
     "example: "
     "recv_window = 5000"},
    {"[exchange.mock]\nport = 70000\n",
     "c.toml:2:8: port = 70000 in [exchange.mock] is not a whole number from 0 to 65535; for "
     "example: port = "
     "0"},
    {"[exchange.mock]\npace = \"fast\"\n",
     "c.toml:2:8: pace = 'fast' is not a pace; for example: pace = \"recorded\", \"x10\" (ten "
     "times as fast) "
     "or \"stepped\""},
    {"[exchange.mock]\nfill = \"all\"\n",
     "c.toml:2:8: fill = 'all' is not a fill rule; for example: fill = \"touch\" (a trade at or "
     "through an "
     "order's price fills all of it) or \"queue\" (no more than the trade's volume)"},
    {"[exchange.mock]\ntapes = \"a.gz\"\n",
     "c.toml:2:9: tapes = \"a.gz\" in [exchange.mock] is not a list of files; for example: tapes = "
     "[\"trades.jsonl.gz\"]"},
    {"[exchange.mock]\ntapes = [\"a.gz\", 3]\n",
     "c.toml:2:9: tapes = [\"a.gz\", 3] in [exchange.mock] is not a list of files; for example: "
     "tapes = "
     "[\"trades.jsonl.gz\"]"},
    {"[exchange.mock.balances]\nUSDT = \"-1\"\n",
     "c.toml:2:8: USDT = -1 in [exchange.mock.balances] is not an asset and an amount; for "
     "example: USDT = "
     "\"10000\""},
    {"[defaults]\nchunks = 0\n",
     "c.toml:2:10: chunks = 0 in [defaults] is not a whole number from 1 to 1000; for example: "
     "chunks = 5"},
    {"[defaults]\nstandby = 101\n",
     "c.toml:2:11: standby = 101 in [defaults] is not a whole number from 0 to 100; for example: "
     "standby = 1"},
    {"[defaults]\nchunks = 1.5\n",
     "c.toml:2:10: chunks = 1.5 in [defaults] is not a whole number from 1 to 1000; for example: "
     "chunks = 5"},
    {"[defaults]\nprofit_target = \"1%\"\n",
     "c.toml:2:17: profit_target = \"1%\" in [defaults] is not a decimal number with at most 8 "
     "places; for "
     "example: profit_target = \"-0.0012\""},
    {"[defaults]\nprofit_target = 1e-3\n",
     "c.toml:2:17: profit_target = 1e-3 in [defaults] is not a decimal number with at most 8 "
     "places; for "
     "example: profit_target = \"-0.0012\""},
    {"[defaults]\nprofit_target = -1.5\n",
     "c.toml:2:17: profit_target = -1.5 is out of range: from -1 to below 100; for example: "
     "profit_target = "
     "\"-0.0012\""},
    {"[defaults]\nbuy_down_interval = \"-0.1\"\n",
     "c.toml:2:21: buy_down_interval = -0.1 is out of range: from 0 to below 1; for example: "
     "buy_down_interval = \"0.0025\""},
    {"[defaults]\nbudget = \"0\"\n",
     "c.toml:2:10: budget = 0 is not more than 0; for example: budget = \"100\""},
    {"[defaults]\nbudget = \"1\"\nquantity = \"1\"\n",
     "c.toml:3:12: budget and quantity exclude each other: keep one of the two"},
    {"[defaults]\nchunks = 1\n",
     "c.toml:1:1: budget or quantity is missing here and in [defaults]; for example: budget = "
     "\"100\" (of the "
     "quote asset, for all chunks together)"},
    {"[defaults]\nbudget = \"1\"\n[symbols.btcusdt]\n",
     "c.toml:3:1: 'btcusdt' is not a symbol; for example: [symbols.BTCUSDT]"},
    {"symbols = 3\n", "c.toml:1:11: symbols = 3 at the top is not a table; for example: [symbols]"},
    {"[defaults]\nbudget = \"1\"\n[symbols.BTCUSDT]\nautostart = \"yes\"\n",
     "c.toml:4:13: autostart = \"yes\" in [symbols.BTCUSDT] is not true or false; for example: "
     "autostart = "
     "true"},
    {"[defaults]\nbudget = \"1\"\n[supervision]\nsilence_limit = 10\n",
     "c.toml:4:17: silence_limit = 10 in [supervision] is not milliseconds, from 2000 to 3600000; "
     "for "
     "example: silence_limit = 5000"},
    {"[defaults]\nbudget = \"1\"\n[supervision]\nmax_restarts = -1\n",
     "c.toml:4:16: max_restarts = -1 in [supervision] is not a whole number from 0 to 1000; for "
     "example: "
     "max_restarts = 3"},
};

TEST_F(ConfigTest, BadFiles) {
  for (const BadFile& bad : kBadFiles) {
    SCOPED_TRACE(bad.text);
    EXPECT_EQ(error_of(bad.text), bad.message);
  }
}

TEST_F(ConfigTest, WhatIsNotTomlIsToldWithItsPlace) {
  EXPECT_THAT(error_of("[defaults\nbudget = 1\n"), testing::StartsWith("c.toml:1:10: "));
  EXPECT_THAT(error_of(std::string{kBudget} + "budget = \"2\"\n"),
              testing::StartsWith("c.toml:3:"));
}

}  // namespace
}  // namespace naive::supervisor
