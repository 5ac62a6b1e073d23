#include "supervisor/command_lines.h"

#include <utility>

namespace naive::supervisor {
namespace {

using Arguments = std::vector<std::string>;

void add(Arguments& arguments, const std::string& option, std::string value) {
  arguments.push_back(option);
  arguments.push_back(std::move(value));
}

std::string milliseconds(std::chrono::milliseconds time) { return std::to_string(time.count()); }

/// The mock keeps its port through its restarts, so that its clients find it again.
std::string mock_port(const MockSettings& mock, const std::string& endpoint) {
  const auto colon = endpoint.rfind(':');
  return colon == std::string::npos ? std::to_string(mock.port) : endpoint.substr(colon + 1);
}

std::string websocket_url(const std::string& http_url) {
  const auto scheme = http_url.find("://");
  return scheme == std::string::npos ? "" : "ws" + http_url.substr(scheme);
}

void add_mock(Arguments& arguments, const MockSettings& mock, const Surroundings& surroundings,
              const std::string& endpoint) {
  add(arguments, "--port", mock_port(mock, endpoint));
  for (const auto& file : mock.exchange_info) add(arguments, "--exchange-info", file);
  if (mock.prices) add(arguments, "--prices", *mock.prices);
  for (const auto& file : mock.tapes) add(arguments, "--tape", file);
  add(arguments, "--pace", mock.pace);
  add(arguments, "--fill", mock.fill);
  add(arguments, "--seed", std::to_string(mock.seed));
  add(arguments, "--key-file", surroundings.key_file);
  add(arguments, "--book", surroundings.state_directory / "mock-book");
  for (const auto& [asset, amount] : mock.balances) {
    add(arguments, "--balance", asset + '=' + amount.to_short_string());
  }
}

void add_leader(Arguments& arguments, const Node& node, const Config& config,
                const Surroundings& surroundings) {
  // For what the two clocks may differ by: the one that set the fence, and a later gateway's that finds it passed.
  constexpr std::chrono::milliseconds kFenceMargin{1000};
  const SymbolSettings& settings = config.settings_of(node.symbol);
  add(arguments, "--symbol", node.symbol);
  add(arguments, "--chunks", std::to_string(settings.chunks));
  add(arguments, "--standby", std::to_string(settings.standby));
  if (node.finishing) arguments.emplace_back("--finishing");
  add(arguments, "--profit-target", settings.profit_target.to_short_string());
  add(arguments, "--buy-down-interval", settings.buy_down_interval.to_short_string());
  if (settings.budget) add(arguments, "--budget", settings.budget->to_short_string());
  if (settings.quantity) add(arguments, "--quantity", settings.quantity->to_short_string());
  add(arguments, "--state-dir", surroundings.state_directory);
  add(arguments, "--fence-ms",
      milliseconds(config.exchange.recv_window + config.exchange.engine_timeout + kFenceMargin));
  add(arguments, "--max-restarts", std::to_string(config.supervision.restarts.max_restarts));
  add(arguments, "--max-time", milliseconds(config.supervision.restarts.max_time));
  add(arguments, "--silence-limit", milliseconds(config.supervision.silence_limit));
}

}  // namespace

std::vector<std::string> services(const Config& config) {
  if (config.exchange.kind == ExchangeKind::kMock) return {kMock, kGateway, kStreamer};
  return {kGateway, kStreamer};
}

CommandLine command_line(const Node& node, const Config& config, const Surroundings& surroundings,
                         const std::string& mock_endpoint) {
  CommandLine command{.program = node.kind == Kind::kLeader ? "leader" : node.name,
                      .arguments = {}};
  Arguments& arguments = command.arguments;
  add(arguments, "--name", node.name);
  add(arguments, "--incarnation", std::to_string(node.life.incarnation()));
  add(arguments, "--parent", std::to_string(surroundings.pid));
  add(arguments, "--run-dir", surroundings.run_directory);
  add(arguments, "--log-format", surroundings.log_format);
  add(arguments, "--log-level", surroundings.log_level);

  const ExchangeSettings& exchange = config.exchange;
  const bool mock = exchange.kind == ExchangeKind::kMock;
  const std::string rest_url = mock ? mock_endpoint : exchange.rest_url;
  if (node.kind == Kind::kLeader) {
    add_leader(arguments, node, config, surroundings);
  } else if (node.name == kMock) {
    add_mock(arguments, exchange.mock, surroundings, mock_endpoint);
  } else if (node.name == kGateway) {
    add(arguments, "--rest-url", rest_url);
    add(arguments, "--ws-api-url",
        mock ? websocket_url(mock_endpoint) + "/ws-api/v3" : exchange.ws_api_url);
    add(arguments, "--key-file", surroundings.key_file);
    add(arguments, "--recv-window", milliseconds(exchange.recv_window));
  } else if (node.name == kStreamer) {
    add(arguments, "--stream-url", mock ? websocket_url(mock_endpoint) : exchange.stream_url);
    add(arguments, "--rest-url", rest_url);
    add(arguments, "--stale-after", milliseconds(config.supervision.stale_after));
  }
  return command;
}

}  // namespace naive::supervisor
