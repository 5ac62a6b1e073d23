// Welcome to binance_mock, a local exchange that speaks Binance's own wire protocol.
//
// This process owns one account's balances, orders and executions, and the public trades of every
// symbol it lists: replayed from recorded tapes, walked at random, or made one by one through
// /_mock/step. It listens on one TCP port for REST
// (/api/v3), market streams (/ws, /stream), the WebSocket API with the user data stream
// (/ws-api/v3) and its own control plane (/_mock). The supervisor starts it when the configuration
// says exchange = "mock" and knows its address from its ready message; the gateway and the streamer
// talk to it exactly as they would to Binance. It also runs by hand, for anybody's bot.
//
// When it dies, connections break and clients reconnect, as they would to Binance. With --book no order and no execution
// is lost with it, whatever killed it: each is on disk before anybody hears of it.
#include <CLI/CLI.hpp>

#include "binance_mock/options.h"
#include "binance_mock/process.h"
#include "runtime/child_options.h"
#include "runtime/program.h"

int main(int argc, char** argv) {
  using namespace naive;
  CLI::App app{"A local exchange that speaks Binance's wire protocol"};
  runtime::ChildOptions child;
  binance_mock::Options options;
  child.declare(app);
  options.declare(app);
  if (const int status = runtime::parse_command_line(app, argc, argv); status >= 0) return status;
  return runtime::run_main([&] {
    child.apply("binance_mock");
    return binance_mock::run(options, child);
  });
}
