// kill -9 at every step of an order's path. A process is held at the step (runtime/sync_point.h); then it is killed
// there, or one of those that it works with is, or everything.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <future>
#include <tuple>

#include "tests/support/audit.h"
#include "tests/support/system.h"

namespace naive::test {
namespace {

constexpr const char* kSymbol = "XRPUSDT";

/// The part of a cycle that is begun by one price.
enum class Leg { kBuy, kSell, kFinish };

struct Step {
  Leg leg;
  std::string sync_point;
  /// When the point is passed more than once in this leg: arm it only when this one is reached.
  std::string after;
};

void PrintTo(const Step& step, std::ostream* out) { *out << step.sync_point; }

/// In the order in which an order comes by.
const std::vector<Step> kSteps{
    {Leg::kBuy, "trader.TradeSeen.AWAITING_PRICE", ""},  // the order is not computed yet
    {Leg::kBuy, "trader.before.Place.BUYING", ""},
    {Leg::kBuy, "trader.after.Place.BUYING", ""},
    {Leg::kBuy, "gateway.before.Post", ""},
    {Leg::kBuy, "gateway.signed.Post", ""},
    {Leg::kBuy, "gateway.after.Post", ""},      // handed to the HTTP client
    {Leg::kBuy, "exchange.before.commit", ""},  // its bytes have arrived, nothing is executed
    {Leg::kBuy, "exchange.after.commit", ""},   // executed, nobody is told
    {Leg::kBuy, "exchange.before.answer", ""},
    {Leg::kBuy, "gateway.answered.Post", ""},
    {Leg::kBuy, "gateway.before.Reply", ""},
    {Leg::kBuy, "gateway.after.Reply", ""},
    {Leg::kBuy, "trader.Accepted.BUYING", ""},
    {Leg::kBuy, "trader.before.Save.BUY_OPEN", ""},
    {Leg::kBuy, "trader.after.Save.BUY_OPEN", ""},
    {Leg::kBuy, "leader.before.Store", ""},
    {Leg::kBuy, "leader.after.Store", ""},  // committed
    {Leg::kBuy, "leader.before.Acknowledge", ""},
    {Leg::kBuy, "leader.after.Acknowledge", ""},
    {Leg::kBuy, "trader.Stored.BUY_OPEN", ""},

    {Leg::kSell, "exchange.before.commit", ""},  // of the fill
    {Leg::kSell, "exchange.after.commit", ""},
    {Leg::kSell, "gateway.before.Publish", ""},
    {Leg::kSell, "gateway.after.Publish", ""},
    {Leg::kSell, "trader.OrderUpdated.BUY_OPEN", ""},
    {Leg::kSell, "trader.before.Save.SELLING", ""},
    {Leg::kSell, "trader.after.Save.SELLING", ""},
    {Leg::kSell, "leader.before.Store", ""},
    {Leg::kSell, "leader.after.Store", ""},
    {Leg::kSell, "leader.after.Acknowledge", ""},
    {Leg::kSell, "trader.Stored.SELLING", ""},
    {Leg::kSell, "trader.before.Place.SELLING", ""},
    {Leg::kSell, "trader.after.Place.SELLING", ""},
    {Leg::kSell, "gateway.before.Post", ""},
    {Leg::kSell, "gateway.signed.Post", ""},
    {Leg::kSell, "gateway.after.Post", ""},
    {Leg::kSell, "exchange.before.commit", "gateway.after.Post"},
    {Leg::kSell, "exchange.after.commit", "gateway.after.Post"},
    {Leg::kSell, "exchange.before.answer", ""},
    {Leg::kSell, "gateway.answered.Post", ""},
    {Leg::kSell, "gateway.before.Reply", ""},
    {Leg::kSell, "gateway.after.Reply", ""},
    {Leg::kSell, "trader.Accepted.SELLING", ""},
    {Leg::kSell, "trader.before.Save.SELL_OPEN", ""},
    {Leg::kSell, "trader.after.Save.SELL_OPEN", ""},
    {Leg::kSell, "leader.before.Store", "trader.before.Save.SELL_OPEN"},
    {Leg::kSell, "leader.after.Store", "trader.before.Save.SELL_OPEN"},
    {Leg::kSell, "leader.after.Acknowledge", "trader.before.Save.SELL_OPEN"},
    {Leg::kSell, "trader.Stored.SELL_OPEN", ""},

    {Leg::kFinish, "exchange.before.commit", ""},
    {Leg::kFinish, "exchange.after.commit", ""},
    {Leg::kFinish, "gateway.before.Publish", ""},
    {Leg::kFinish, "gateway.after.Publish", ""},
    {Leg::kFinish, "trader.OrderUpdated.SELL_OPEN", ""},
    {Leg::kFinish, "trader.before.Save.FINISHED", ""},
    {Leg::kFinish, "trader.after.Save.FINISHED", ""},
    {Leg::kFinish, "leader.before.Store", ""},  // the cycle's end goes into the books
    {Leg::kFinish, "leader.after.Store", ""},
    {Leg::kFinish, "leader.before.Acknowledge", ""},
    {Leg::kFinish, "leader.after.Acknowledge", ""},
    {Leg::kFinish, "trader.Stored.FINISHED", ""},
    {Leg::kFinish, "trader.before.Exit.FINISHED", ""},
    {Leg::kFinish, "trader.after.Exit.FINISHED", ""},
    {Leg::kFinish, "leader.before.Store", "trader.after.Exit.FINISHED"},  // the next cycle's start
    {Leg::kFinish, "leader.after.Store", "trader.after.Exit.FINISHED"},
    {Leg::kFinish, "leader.before.StartProcess", ""},
    {Leg::kFinish, "leader.after.StartProcess", ""},
    {Leg::kFinish, "leader.before.Assign", ""},
    {Leg::kFinish, "leader.after.Assign", ""},
    {Leg::kFinish, "trader.Started.AWAITING_PRICE", ""},
};

using Case = std::tuple<Step, std::string, bool>;  // where, whom, and whether a trader stands by

class KilledAt : public testing::TestWithParam<Case> {
 protected:
  KilledAt() {
    system.until_running(kSymbol);
    // The order that they come in would be left to chance: the answer of the exchange first.
    system.exchange().inject(R"([{"action": "drop_event", "execution_type": "NEW", "times": 0}])");
  }

  /// Up to where the leg begins.
  void prepare(Leg leg) {
    if (leg == Leg::kBuy) return;
    system.exchange().step(kSymbol, "0.43183");
    system.until_phase(kSymbol, "BUY_OPEN");
    if (leg == Leg::kSell) return;
    system.exchange().step(kSymbol, "0.4307");
    system.until_phase(kSymbol, "SELL_OPEN");
  }

  void kill(const std::string& victim, pid_t held) {
    if (victim == "everything") {
      system.stop(SIGKILL);
      system.until("nothing is left", [this] { return system.left_behind().empty(); });
      return system.start();
    }
    const pid_t pid = victim == "itself"   ? held
                      : victim == "trader" ? system.trader(kSymbol).pid()
                      : victim == "leader" ? system.symbol(kSymbol).leader().pid()
                                           : system.service(victim);
    // None when the trader has just ended.
    if (pid != 0) ::kill(pid, SIGKILL);
    if (pid != held) ::kill(held, SIGCONT);
  }

  /// Prices go up and down until so many cycles are complete.
  void trade_until_cycle(std::uint64_t cycle) {
    system.until(fmt::format("cycle {} begins", cycle), [&] {
      const auto trader = system.trader(kSymbol);
      if (trader.cycle() >= cycle) return true;
      try_step(trader.phase() == "BUY_OPEN"    ? trader.buy_order().price()
               : trader.phase() == "SELL_OPEN" ? trader.sell_order().price()
                                               : "0.43183");
      return false;
    });
  }

  void try_step(const std::string& price) {
    try {
      system.exchange().step(kSymbol, price);
    } catch (const std::runtime_error&) {
      // It is dead at the moment, or dies of this step.
    }
  }

  System system{fmt::format("[symbols.{}]\nstandby = {}\n", kSymbol,
                            std::get<bool>(GetParam()) ? 1 : 0)};
};

TEST_P(KilledAt, NoOrderIsLostOrPlacedTwiceAndTradingGoesOn) {
  const auto& [step, victim, standby] = GetParam();
  prepare(step.leg);
  system.arm(step.after.empty() ? step.sync_point : step.after);
  const auto price = step.leg == Leg::kBuy    ? "0.43183"
                     : step.leg == Leg::kSell ? "0.4307"
                                              : "0.4319";
  // Not from here, because an exchange that is held does not answer.
  auto trigger = std::async(std::launch::async, [&] { try_step(price); });
  if (!step.after.empty()) {
    const pid_t held = system.until_stopped_at(step.after);
    system.arm(step.sync_point);
    ::kill(held, SIGCONT);
  }
  const pid_t held = system.until_stopped_at(step.sync_point);
  kill(victim, held);
  trigger.wait();

  trade_until_cycle(3);
  system.stop_trading(kSymbol);
  const Ledger ledger = system.exchange().ledger();
  const Audit result = audit(ledger, system.state_directory());
  EXPECT_TRUE(result.is_clean()) << result.to_string() << system.log();
  EXPECT_EQ(result.cycles, 2U);
  for (const int cycle : {1, 2}) {
    const auto filled = std::ranges::count_if(ledger.orders, [&](const LedgerOrder& order) {
      return order.status == "FILLED" &&
             order.client_order_id.starts_with(fmt::format("n1-XRPUSDT-0-{}-", cycle));
    });
    EXPECT_EQ(filled, 2) << "cycle " << cycle;
  }
}

std::string name_of(const testing::TestParamInfo<Case>& parameters) {
  const auto& [step, victim, standby] = parameters.param;
  std::string name = step.leg == Leg::kBuy ? "Buy_" : step.leg == Leg::kSell ? "Sell_" : "Finish_";
  if (!step.after.empty()) name += step.after + "_then_";
  name += fmt::format("{}_kills_{}{}", step.sync_point, victim, standby ? "_with_standby" : "");
  std::ranges::replace(name, '.', '_');
  return name;
}

const std::vector<std::string> kOthers{"trader", "leader", "gateway", "binance_mock", "everything"};

/// Every step kills itself, and one of the others, taking turns.
std::vector<Case> every_step() {
  std::vector<Case> cases;
  for (std::size_t i = 0; i < kSteps.size(); ++i) {
    const bool even = i % 2 == 0;
    cases.emplace_back(kSteps[i], "itself", even);
    cases.emplace_back(kSteps[i], kOthers[i % kOthers.size()], !even);
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(EveryStep, KilledAt, testing::ValuesIn(every_step()), name_of);
/// The whole matrix, which takes minutes: label campaign.
INSTANTIATE_TEST_SUITE_P(Campaign, KilledAt,
                         testing::Combine(testing::ValuesIn(kSteps), testing::ValuesIn(kOthers),
                                          testing::Bool()),
                         name_of);

}  // namespace
}  // namespace naive::test
