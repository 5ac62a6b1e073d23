// Welcome to the streamer: public market data.
//
// It holds one connection to the exchange's market streams and publishes their trades on the socket
// `feed`, a topic a symbol. The supervisor starts it; traders subscribe, and the first subscriber
// of a symbol makes this process subscribe upstream. When it dies the supervisor starts another,
// the traders' sockets connect to it by themselves and their subscriptions arrive with them. Prices
// are hints here: nobody loses an order because a trade was missed.
#include <CLI/CLI.hpp>
#include <csignal>

#include "binance/curl_multi.h"
#include "runtime/program.h"
#include "streamer/streamer.h"

int main(int argc, char** argv) {
  naive::streamer::Options options;
  CLI::App app{"Publishes the exchange's trades to traders. Started by the supervisor."};
  options.child.declare(app);
  app.add_option("--stream-url", options.stream_url, "wss://stream.binance.com:9443")->required();
  app.add_option("--rest-url", options.rest_url,
                 "https://api.binance.com, for what the streams do not bring")
      ->required();
  std::int64_t stale_after = options.stale_after.count();
  app.add_option(
         "--stale-after", stale_after,
         "After so many milliseconds without a trade the exchange is asked whether there was one")
      ->check(CLI::Range(100, 3'600'000))
      ->capture_default_str();
  if (const int status = naive::runtime::parse_command_line(app, argc, argv); status >= 0) {
    return status;
  }
  options.stale_after = std::chrono::milliseconds{stale_after};
  options.child.apply("streamer");
  return naive::runtime::run_main([&] {
    naive::runtime::SignalFd signals{SIGTERM, SIGINT, SIGHUP};
    naive::runtime::Bus bus;
    naive::runtime::SupervisorLink supervisor{bus, options.child};
    try {
      naive::binance::require_url("--stream-url", options.stream_url, "ws", "wss");
      naive::binance::require_url("--rest-url", options.rest_url, "http", "https");
      naive::streamer::Streamer{options, signals, bus, supervisor}.run();
    } catch (const naive::runtime::ConfigError& error) {
      if (supervisor.failed("config", error.what())) return static_cast<int>(error.status());
      throw;
    }
    return static_cast<int>(naive::runtime::kExitOk);
  });
}
