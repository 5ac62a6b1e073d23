#include "supervisor/command_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace naive::supervisor {
namespace {

using market::Decimal;

Node node(const std::string& name, Kind kind, const std::string& symbol = "") {
  Node node{.name = name, .kind = kind, .symbol = symbol, .life = supervision::ChildState{{}}};
  node.life.start({});
  return node;
}

const Surroundings kSurroundings{.bin_directory = "/bin",
                                 .run_directory = "/run",
                                 .state_directory = "/state",
                                 .key_file = "/key",
                                 .log_format = "json",
                                 .log_level = "debug",
                                 .pid = 42};

std::string joined(const CommandLine& line) {
  std::string text = line.program;
  for (const std::string& argument : line.arguments) text += ' ' + argument;
  return text;
}

std::string common(const std::string& name) {
  return " --name " + name +
         " --incarnation 1 --parent 42 --run-dir /run --log-format json --log-level debug";
}

Config mock_config() {
  Config config;
  config.exchange.recv_window = std::chrono::milliseconds{1000};
  config.exchange.engine_timeout = std::chrono::milliseconds{100};
  config.exchange.mock.exchange_info = {"/a.gz", "/b.gz"};
  config.exchange.mock.prices = "/p.gz";
  config.exchange.mock.tapes = {"/t.gz"};
  config.exchange.mock.balances = {{"USDT", Decimal::parse("1000.50").value()}};
  return config;
}

constexpr const char* kEndpoint = "http://127.0.0.1:4711";

TEST(Services, TheMockOnlyWhereItIsTheExchange) {
  Config config;
  EXPECT_THAT(services(config), testing::ElementsAre("binance_mock", "gateway", "streamer"));
  config.exchange.kind = ExchangeKind::kLive;
  EXPECT_THAT(services(config), testing::ElementsAre("gateway", "streamer"));
}

TEST(CommandLine, OfTheMock) {
  const Node mock = node(kMock, Kind::kService);
  const std::string rest =
      " --exchange-info /a.gz --exchange-info /b.gz --prices /p.gz --tape /t.gz --pace recorded "
      "--fill touch "
      "--seed 1 --key-file /key --book /state/mock-book --balance USDT=1000.5";
  EXPECT_EQ(joined(command_line(mock, mock_config(), kSurroundings, "")),
            "binance_mock" + common("binance_mock") + " --port 0" + rest);
  // Its next incarnation is where its clients know it.
  EXPECT_EQ(joined(command_line(mock, mock_config(), kSurroundings, kEndpoint)),
            "binance_mock" + common("binance_mock") + " --port 4711" + rest);
}

TEST(CommandLine, OfTheMocksClients) {
  EXPECT_EQ(
      joined(command_line(node(kGateway, Kind::kService), mock_config(), kSurroundings, kEndpoint)),
      "gateway" + common("gateway") +
          " --rest-url http://127.0.0.1:4711 --ws-api-url ws://127.0.0.1:4711/ws-api/v3 --key-file "
          "/key --recv-window 1000");
  EXPECT_EQ(
      joined(
          command_line(node(kStreamer, Kind::kService), mock_config(), kSurroundings, kEndpoint)),
      "streamer" + common("streamer") +
          " --stream-url ws://127.0.0.1:4711 --rest-url http://127.0.0.1:4711 --stale-after 10000");
}

TEST(CommandLine, OfLiveClients) {
  Config config;
  config.exchange.kind = ExchangeKind::kLive;
  config.exchange.rest_url = "https://api";
  config.exchange.stream_url = "wss://stream";
  config.exchange.ws_api_url = "wss://ws-api";
  EXPECT_EQ(
      joined(command_line(node(kGateway, Kind::kService), config, kSurroundings, "")),
      "gateway" + common("gateway") +
          " --rest-url https://api --ws-api-url wss://ws-api --key-file /key --recv-window 5000");
  EXPECT_EQ(joined(command_line(node(kStreamer, Kind::kService), config, kSurroundings, "")),
            "streamer" + common("streamer") +
                " --stream-url wss://stream --rest-url https://api --stale-after 10000");
}

TEST(CommandLine, OfALeader) {
  Config config = mock_config();
  config.defaults.budget = Decimal::parse("100");
  config.defaults.profit_target = Decimal::parse("-0.0012").value();
  SymbolSettings ethereum;
  ethereum.chunks = 5;
  ethereum.standby = 2;
  ethereum.buy_down_interval = Decimal::parse("0.0025").value();
  ethereum.quantity = Decimal::parse("0.1");
  config.symbols.emplace("ETHUSDT", ethereum);
  EXPECT_EQ(
      joined(command_line(node("leader BTCUSDT", Kind::kLeader, "BTCUSDT"), config, kSurroundings,
                          "")),
      "leader" + common("leader BTCUSDT") +
          " --symbol BTCUSDT --chunks 1 --standby 0 --profit-target -0.0012 --buy-down-interval 0 --budget 100 "
          "--state-dir /state --fence-ms 2100 --max-restarts 3 --max-time 5000 --silence-limit "
          "5000");
  Node finishing = node("leader ETHUSDT", Kind::kLeader, "ETHUSDT");
  finishing.finishing = true;
  EXPECT_EQ(joined(command_line(finishing, config, kSurroundings, "")),
            "leader" + common("leader ETHUSDT") +
                " --symbol ETHUSDT --chunks 5 --standby 2 --finishing --profit-target 0 --buy-down-interval 0.0025 "
                "--quantity 0.1 "
                "--state-dir /state --fence-ms 2100 --max-restarts 3 --max-time 5000 "
                "--silence-limit 5000");
}

}  // namespace
}  // namespace naive::supervisor
