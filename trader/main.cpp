// Welcome to the trader: one slot of one symbol, one cycle of buying and selling, then it exits.
//
// It owns nothing that outlives it: its state is kept by its leader, its orders by the exchange. A
// leader starts it and tells it where the slot stands (`leader-<SYMBOL>`); it hears trades from the
// streamer (`feed`) and its orders' fates from the gateway (`orders`), and asks the gateway to
// place them (`gateway`). It never talks to the network and never sees the key. It may die at any
// instruction: the leader starts the next incarnation with the last stored state, which asks the
// exchange what became of the current order before it does anything else. No signal is handled for
// that reason.
#include <CLI/CLI.hpp>

#include "runtime/child_options.h"
#include "runtime/directories.h"
#include "runtime/program.h"
#include "trader/trader.h"

int main(int argc, char** argv) {
  CLI::App app{"Trades one slot of one symbol. Started by a leader."};
  naive::runtime::ChildOptions options;
  options.declare(app);
  naive::trader::Identity identity;
  app.add_option("--symbol", identity.symbol, "Symbol, e.g. BTCUSDT")->required();
  auto* slot = app.add_option("--slot", identity.slot, "Number of the slot; none: stands by");
  if (const int status = naive::runtime::parse_command_line(app, argc, argv); status >= 0) {
    return status;
  }
  options.apply("trader");
  identity.link = {.name = options.name, .incarnation = options.incarnation};
  if (*slot) identity.incarnation = options.incarnation;
  return naive::runtime::run_main([&] {
    return naive::trader::Trader{identity, {options.run_directory}}.run();
  });
}
