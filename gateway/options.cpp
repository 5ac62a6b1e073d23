#include "gateway/options.h"

#include <CLI/CLI.hpp>

#include "binance/curl_multi.h"

namespace naive::gateway {
namespace {

void declare_milliseconds(CLI::App& app, const std::string& name, std::chrono::milliseconds& value,
                          const std::string& what, const CLI::Range& range) {
  app.add_option_function<std::int64_t>(
         name, [&value](std::int64_t count) { value = std::chrono::milliseconds{count}; }, what)
      ->check(range)
      ->type_name("MS")
      ->default_str(std::to_string(value.count()));
}

}  // namespace

void Options::declare(CLI::App& app) {
  child.declare(app);
  app.add_option("--rest-url", exchange.rest_url, "https://api.binance.com")->required();
  app.add_option("--ws-api-url", ws_api_url, "wss://ws-api.binance.com/ws-api/v3")->required();
  app.add_option("--key-file", key_file, "TOML with api_key and secret_key, mode 0600")->required();
  declare_milliseconds(app, "--recv-window", exchange.recv_window,
                       "How long a signed request is valid", CLI::Range(1, 60'000));
  declare_milliseconds(app, "--request-timeout", exchange.request_timeout,
                       "How long an answer is waited for", CLI::Range(100, 60'000));
}

void Options::check() const {
  binance::require_url("--rest-url", exchange.rest_url, "http", "https");
  binance::require_url("--ws-api-url", ws_api_url, "ws", "wss");
}

}  // namespace naive::gateway
