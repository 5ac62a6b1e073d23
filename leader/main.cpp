// Welcome to the leader: one symbol, its traders, and what they know.
//
// It owns the symbol's store and the socket `leader-<SYMBOL>`; the supervisor starts it, and it
// starts one trader a slot. A trader's state update counts once it is committed here and
// acknowledged. When a trader dies this process starts the next one with the stored state; when one
// finishes its cycle, with a fresh state. If the leader itself dies, its traders die with it (the
// kernel sees to that) and the supervisor starts another, which finds every slot in the store.
#include <CLI/CLI.hpp>

#include "leader/leader.h"
#include "market/formulas.h"
#include "runtime/log.h"
#include "runtime/program.h"

namespace {

using naive::runtime::ConfigError;

/// A decimal option's value; market::Decimal has no operator>> on purpose.
template <class Value>
Value parse(const std::string& option, const std::string& text) {
  const auto value = naive::market::Decimal::parse(text);
  if (!value) throw ConfigError(option + ": '" + text + "' is not a decimal number, e.g. 0.01");
  return Value{*value};
}

}  // namespace

int main(int argc, char** argv) {
  naive::leader::Options options;
  std::string profit_target, buy_down_interval, budget = "0", quantity = "0";
  std::int64_t fence = options.fence.count();
  std::int64_t max_time = options.restarts.max_time.count();
  std::int64_t silence_limit = options.silence_limit.count();

  CLI::App app{"Trades one symbol through trader processes. Started by the supervisor."};
  options.child.declare(app);
  app.add_option("--symbol", options.symbol, "Symbol, e.g. BTCUSDT")->required();
  app.add_option("--chunks", options.chunks, "Number of slots")->check(CLI::Range(1, 1000));
  app.add_option("--standby", options.standby, "Traders that wait to take a slot over")
      ->check(CLI::Range(0, 100));
  app.add_option("--profit-target", profit_target, "0.01 is one per cent")->required();
  app.add_option("--buy-down-interval", buy_down_interval, "0.01 is one per cent")->required();
  app.add_flag("--finishing", options.finishing, "Complete running cycles, begin no new ones");
  auto* amount = app.add_option_group("amount", "What each cycle trades with");
  amount->add_option("--budget", budget, "Quote asset, shared by all slots");
  amount->add_option("--quantity", quantity, "Base asset, of each slot");
  amount->require_option(1);
  app.add_option("--state-dir", options.state_directory, "Directory of the store")->required();
  app.add_option("--fence-ms", fence, "How long the exchange may still execute a lost request");
  app.add_option("--max-restarts", options.restarts.max_restarts,
                 "Crashes of a slot within --max-time");
  app.add_option("--max-time", max_time, "Milliseconds");
  app.add_option("--silence-limit", silence_limit, "Milliseconds without a sign of life");
  if (const int status = naive::runtime::parse_command_line(app, argc, argv); status >= 0) {
    return status;
  }
  options.child.apply("leader");
  return naive::runtime::run_main([&] {
    using naive::market::Decimal;
    options.fence = std::chrono::milliseconds{fence};
    options.restarts.max_time = std::chrono::milliseconds{max_time};
    options.silence_limit = std::chrono::milliseconds{silence_limit};
    options.settings = {
        .profit_target = parse<Decimal>("--profit-target", profit_target),
        .buy_down_interval = parse<Decimal>("--buy-down-interval", buy_down_interval),
        .budget = naive::market::budget_share(parse<naive::market::Money>("--budget", budget),
                                              options.chunks),
        .quantity = parse<naive::market::Quantity>("--quantity", quantity)};
    return naive::leader::Leader{options}.run();
  });
}
