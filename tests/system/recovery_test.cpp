// Processes die; orders do not. Each test names the row of the failure table that it proves.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <naive/v1/gateway.pb.h>
#include <signal.h>

#include <cctype>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>
#include <zmq.hpp>

#include "tests/support/system.h"

namespace naive::test {
namespace {

constexpr const char* kXrp = "[symbols.XRPUSDT]\n";

/// Kills the trader and waits until its successor has its state and trades on. Checks what every
/// recovery has in common.
void kill_trader(System& system, const std::string& symbol) {
  const auto before = system.trader(symbol);
  ASSERT_GT(before.pid(), 0);
  ::kill(before.pid(), SIGKILL);
  system.until("the next incarnation runs", [&] {
    const auto now = system.trader(symbol);
    return now.incarnation() == before.incarnation() + 1 && now.state() == "running";
  });
  const auto after = system.trader(symbol);
  EXPECT_NE(after.pid(), before.pid());
  EXPECT_EQ(after.cycle(), before.cycle());
  EXPECT_GE(after.revision(), before.revision());
  EXPECT_FALSE(is_alive(before.pid()));
}

/// The exchange has exactly these orders, each id once.
void expect_orders(System& system, const std::vector<std::string>& ids) {
  std::vector<std::string> there;
  for (const auto& order : system.exchange().ledger().orders)
    there.push_back(order.client_order_id);
  // Two traders place in any order.
  EXPECT_THAT(there, testing::UnorderedElementsAreArray(ids)) << system.log();
}

/// Completes the cycle at hand from BUY_OPEN, and checks that it was one buy and one sale.
void complete_cycle(System& system) {
  const Exchange& exchange = system.exchange();
  system.until_phase("XRPUSDT", "BUY_OPEN");
  exchange.step("XRPUSDT", "0.4307");
  system.until_phase("XRPUSDT", "SELL_OPEN");
  exchange.step("XRPUSDT", "0.4319");
  system.until("the cycle is finished", [&] { return system.trader("XRPUSDT").cycle() == 2; });
  expect_orders(system, {"n1-XRPUSDT-0-1-B1", "n1-XRPUSDT-0-1-S1"});
}

/// What the gateway answers to a question about an order.
v1::GatewayReply query(const System& system, const std::string& symbol, const std::string& id) {
  zmq::context_t context;
  zmq::socket_t socket{context, zmq::socket_type::dealer};
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::rcvtimeo,
             static_cast<int>(std::chrono::milliseconds{kDeadline}.count()));
  socket.connect("ipc://" + (system.run_directory() / "gateway").string());
  v1::GatewayRequest request;
  request.set_request_id(1);
  request.mutable_query()->set_symbol(symbol);
  request.mutable_query()->set_client_order_id(id);
  socket.send(zmq::buffer(request.SerializeAsString()));
  zmq::message_t answer;
  v1::GatewayReply reply;
  if (socket.recv(answer)) reply.ParseFromArray(answer.data(), static_cast<int>(answer.size()));
  return reply;
}

// A fence is judged by the time of the question: an order may come into being while its answer is on its way.
TEST(Gateway, SaysNotFoundAsOfWhenItAsked) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  const auto at_once = query(system, "XRPUSDT", "n1-XRPUSDT-9-1-B1");
  ASSERT_TRUE(at_once.has_not_found());
  system.exchange().inject(
      R"([{"action": "delay", "method": "GET", "path": "/api/v3/order", "milliseconds": 1000}])");
  const auto late = query(system, "XRPUSDT", "n1-XRPUSDT-9-1-B1");
  ASSERT_TRUE(late.has_not_found());
  system.exchange().inject("[]");
  const auto next = query(system, "XRPUSDT", "n1-XRPUSDT-9-1-B1");
  ASSERT_TRUE(next.has_not_found());
  EXPECT_GE(late.exchange_time(), at_once.exchange_time());
  constexpr std::int64_t kSecond = 1'000'000;
  EXPECT_GE(next.exchange_time(), late.exchange_time() + kSecond);
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Kills a service and waits for the next one.
void until_another_runs(const System& system, pid_t before) {
  system.until("another trader runs", [&] {
    const auto trader = system.trader("XRPUSDT");
    return trader.pid() != before && trader.state() == "running";
  });
}

void renew(const System& system, const std::string& service) {
  const pid_t before = system.service(service);
  ::kill(before, SIGKILL);
  system.until(service + " runs again", [&] {
    const pid_t now = system.service(service);
    return now != 0 && now != before;
  });
}

/// Of an exchange that takes it out of trading while an order is open, and puts it back.
class SymbolIsSuspended : public testing::Test {
 protected:
  SymbolIsSuspended() {
    list("TRADING");
    system_.emplace(kXrp, "", System::Setup{.exchange_info = info_});
    system_->until_running("XRPUSDT");
    system_->exchange().step("XRPUSDT", "0.43183");
    system_->until_phase("XRPUSDT", "BUY_OPEN");
  }

  void suspend() {
    publish("BREAK");
    system_->until_log_says("XRPUSDT is suspended");
  }
  void resume() { publish("TRADING"); }

  TemporaryDirectory directory_;
  std::optional<System> system_;

 private:
  void publish(const std::string& status) {
    list(status);
    renew(*system_, "binance_mock");
    renew(*system_, "gateway");
  }
  void list(const std::string& status) const {
    std::string text = text_of(std::filesystem::path{NAIVE_TEST_DATA} / "exchangeInfo.json");
    const std::string entry = R"("symbol":"XRPUSDT","status":")";
    text.replace(text.find(entry) + entry.size(), std::string{"TRADING"}.size(), status);
    std::ofstream{info_} << text;
  }

  std::filesystem::path info_ = directory_.path() / "exchangeInfo.json";
};

TEST_F(SymbolIsSuspended, AndTradesOnAfterwards) {
  const auto before = system_->trader("XRPUSDT");
  suspend();
  resume();
  complete_cycle(*system_);
  EXPECT_EQ(system_->trader("XRPUSDT").restarts(), before.restarts());
}

TEST_F(SymbolIsSuspended, AndANewLeaderWatchesItsOrders) {
  suspend();
  const auto before = system_->trader("XRPUSDT");
  ::kill(system_->symbol("XRPUSDT").leader().pid(), SIGKILL);
  until_another_runs(*system_, before.pid());
  system_->until_phase("XRPUSDT", "BUY_OPEN");
  resume();
  complete_cycle(*system_);
}

TEST(TraderDies, AwaitingAPrice) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  kill_trader(system, "XRPUSDT");
  expect_orders(system, {});
  // It runs, and may still be asking what became of the order that its predecessor might have placed.
  system.until("it has bought", [&] {
    system.exchange().step("XRPUSDT", "0.43183");
    return !system.exchange().ledger().orders.empty();
  });
  complete_cycle(system);
}

/// The exchange takes the next order at once, and a second for its answer; the order stream says nothing of it.
void delay_answer(System& system, std::string_view side) {
  system.exchange().inject(fmt::format(
      R"([{{"action": "delay", "method": "POST", "side": "{0}", "milliseconds": 1000}},
          {{"action": "drop_event", "side": "{0}", "execution_type": "NEW"}}])",
      side));
}

/// The exchange has the order, its answer is on the way, and whoever waits for it dies.
TEST(TraderDies, WithItsBuyRequestOnTheWay) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  delay_answer(system, "BUY");
  system.exchange().step("XRPUSDT", "0.43183");
  system.until("the exchange has the order",
               [&] { return system.exchange().ledger().orders.size() == 1; });
  EXPECT_EQ(system.trader("XRPUSDT").phase(), "AWAITING_PRICE") << "nothing of it is stored";
  kill_trader(system, "XRPUSDT");
  system.exchange().step("XRPUSDT", "0.5");
  complete_cycle(system);
}

TEST(TraderDies, WithItsSellRequestOnTheWay) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  delay_answer(system, "SELL");
  system.exchange().step("XRPUSDT", "0.43183");
  system.until_phase("XRPUSDT", "BUY_OPEN");
  system.exchange().step("XRPUSDT", "0.4307");
  system.until("the exchange has the order",
               [&] { return system.exchange().ledger().orders.size() == 2; });
  system.until_phase("XRPUSDT", "SELLING");
  kill_trader(system, "XRPUSDT");
  system.until_phase("XRPUSDT", "SELL_OPEN");
  system.exchange().step("XRPUSDT", "0.4319");
  system.until("the cycle is finished", [&] { return system.trader("XRPUSDT").cycle() == 2; });
  expect_orders(system, {"n1-XRPUSDT-0-1-B1", "n1-XRPUSDT-0-1-S1"});
}

TEST(TraderDies, WithItsBuyOrderOpen) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  system.exchange().step("XRPUSDT", "0.43183");
  system.until_phase("XRPUSDT", "BUY_OPEN");
  kill_trader(system, "XRPUSDT");
  const auto trader = system.trader("XRPUSDT");
  EXPECT_EQ(trader.buy_order().client_order_id(), "n1-XRPUSDT-0-1-B1");
  EXPECT_EQ(trader.phase(), "BUY_OPEN");
  expect_orders(system, {"n1-XRPUSDT-0-1-B1"});
  complete_cycle(system);
}

TEST(TraderDies, WithItsSellOrderOpen) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  system.exchange().step("XRPUSDT", "0.43183");
  system.until_phase("XRPUSDT", "BUY_OPEN");
  system.exchange().step("XRPUSDT", "0.4307");
  system.until_phase("XRPUSDT", "SELL_OPEN");
  kill_trader(system, "XRPUSDT");
  EXPECT_EQ(system.trader("XRPUSDT").sell_order().client_order_id(), "n1-XRPUSDT-0-1-S1");
  expect_orders(system, {"n1-XRPUSDT-0-1-B1", "n1-XRPUSDT-0-1-S1"});
  system.exchange().step("XRPUSDT", "0.4319");
  system.until("the cycle is finished", [&] { return system.trader("XRPUSDT").cycle() == 2; });
  expect_orders(system, {"n1-XRPUSDT-0-1-B1", "n1-XRPUSDT-0-1-S1"});
}

/// The order is filled while nobody is there to hear it: the trader is stopped, so that it cannot;
/// then it is killed.
TEST(TraderDies, BeforeItHearsOfItsFill) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  system.exchange().step("XRPUSDT", "0.43183");
  system.until_phase("XRPUSDT", "BUY_OPEN");
  ::kill(system.trader("XRPUSDT").pid(), SIGSTOP);
  system.exchange().step("XRPUSDT", "0.4307");
  kill_trader(system, "XRPUSDT");
  system.until_phase("XRPUSDT", "SELL_OPEN");
  expect_orders(system, {"n1-XRPUSDT-0-1-B1", "n1-XRPUSDT-0-1-S1"});
}

TEST(TraderDies, WithExitZeroAFreshCycleStartsInTheSameSlot) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  const auto before = system.trader("XRPUSDT");
  system.exchange().step("XRPUSDT", "0.43183");
  complete_cycle(system);
  system.until_running("XRPUSDT");
  const auto after = system.trader("XRPUSDT");
  EXPECT_EQ(after.slot(), before.slot());
  EXPECT_EQ(after.cycle(), before.cycle() + 1);
  EXPECT_EQ(after.incarnation(), before.incarnation() + 1);
  EXPECT_EQ(after.phase(), "AWAITING_PRICE");
  EXPECT_EQ(after.restarts(), 0U);
  EXPECT_FALSE(after.has_buy_order());
}

TEST(TraderHangs, IsKilledAndReplaced) {
  System system{kXrp, "[supervision]\nsilence_limit = 2000\n"};
  system.until_running("XRPUSDT");
  const auto before = system.trader("XRPUSDT");
  ::kill(before.pid(), SIGSTOP);
  system.until("the next incarnation runs", [&] {
    const auto now = system.trader("XRPUSDT");
    return now.incarnation() == before.incarnation() + 1 && now.state() == "running";
  });
  EXPECT_FALSE(is_alive(before.pid()));
}

TEST(Symbols, DoNotNoticeEachOthersDeaths) {
  System system{"[symbols.XRPUSDT]\n[symbols.BTCUSDT]\nchunks = 2\n"};
  system.until_running("XRPUSDT");
  system.until_running("BTCUSDT", 0);
  system.until_running("BTCUSDT", 1);
  const auto btc = system.symbol("BTCUSDT");
  kill_trader(system, "XRPUSDT");
  EXPECT_EQ(system.symbol("BTCUSDT").SerializeAsString(), btc.SerializeAsString());
}

TEST(LeaderDies, ItsTradersGoWithItAndOneNewSetComes) {
  System system{"[symbols.XRPUSDT]\nchunks = 2\n"};
  system.until_running("XRPUSDT", 0);
  system.until_running("XRPUSDT", 1);
  system.exchange().step("XRPUSDT", "0.43183");
  system.until("both have bought", [&] { return system.exchange().ledger().orders.size() == 2; });
  system.until("both know", [&] {
    return system.trader("XRPUSDT", 0).phase() == "BUY_OPEN" &&
           system.trader("XRPUSDT", 1).phase() == "BUY_OPEN";
  });
  const auto before = system.symbol("XRPUSDT");

  ::kill(before.leader().pid(), SIGKILL);
  const auto killed = std::chrono::steady_clock::now();
  system.until("the old traders are gone", [&] {
    return !is_alive(before.traders(0).pid()) && !is_alive(before.traders(1).pid());
  });
  EXPECT_LT(std::chrono::steady_clock::now() - killed, std::chrono::seconds{1});

  system.until("a new leader has new traders", [&] {
    const auto now = system.symbol("XRPUSDT");
    return now.leader().incarnation() == before.leader().incarnation() + 1 &&
           now.traders_size() == 2 && now.traders(0).state() == "running" &&
           now.traders(1).state() == "running";
  });
  const auto after = system.symbol("XRPUSDT");
  EXPECT_EQ(after.leader().restarts(), 1U);
  for (const int slot : {0, 1}) {
    EXPECT_GT(after.traders(slot).incarnation(), before.traders(slot).incarnation());
    EXPECT_EQ(after.traders(slot).cycle(), before.traders(slot).cycle());
    EXPECT_EQ(after.traders(slot).buy_order().client_order_id(),
              before.traders(slot).buy_order().client_order_id());
  }
  expect_orders(system, {"n1-XRPUSDT-0-1-B1", "n1-XRPUSDT-1-1-B1"});
}

/// Killed, or told to end by somebody who is not its supervisor.
struct FinishingLeadersEnd {
  int signal;
  bool hears;  // that it is to finish, before it is told to end
};

class FinishingLeaderDies : public testing::TestWithParam<FinishingLeadersEnd> {};

TEST_P(FinishingLeaderDies, ItsCyclesAreCompletedAndNoneIsBegun) {
  System system{"[symbols.XRPUSDT]\nchunks = 2\n"};
  system.until_running("XRPUSDT", 0);
  system.until_running("XRPUSDT", 1);
  const auto until_both_are = [&](const std::string& phase) {
    system.until("both are " + phase, [&] {
      return system.trader("XRPUSDT", 0).phase() == phase &&
             system.trader("XRPUSDT", 1).phase() == phase;
    });
  };
  system.exchange().step("XRPUSDT", "0.43183");
  until_both_are("BUY_OPEN");
  const auto before = system.symbol("XRPUSDT");
  const pid_t leader = before.leader().pid();
  if (!GetParam().hears) ::kill(leader, SIGSTOP);
  v1::ControlRequest shutdown;
  shutdown.mutable_shutdown_trading()->set_symbol("XRPUSDT");
  const std::jthread command{[&] { EXPECT_TRUE(system.ask(shutdown).ok()); }};
  system.until("it finishes", [&] { return system.symbol("XRPUSDT").state() == "finishing"; });

  ::kill(leader, GetParam().signal);
  if (!GetParam().hears) ::kill(leader, SIGCONT);
  system.until("a new leader has new traders", [&] {
    const auto now = system.symbol("XRPUSDT");
    return now.leader().incarnation() == before.leader().incarnation() + 1 &&
           now.traders_size() == 2 && now.traders(0).state() == "running" &&
           now.traders(1).state() == "running";
  });
  until_both_are("BUY_OPEN");
  system.exchange().step("XRPUSDT", "0.4307");
  until_both_are("SELL_OPEN");
  system.exchange().step("XRPUSDT", "0.4319");
  system.until("it has finished", [&] { return system.status().symbols().empty(); });
  expect_orders(
      system, {"n1-XRPUSDT-0-1-B1", "n1-XRPUSDT-0-1-S1", "n1-XRPUSDT-1-1-B1", "n1-XRPUSDT-1-1-S1"});
}

INSTANTIATE_TEST_SUITE_P(Either, FinishingLeaderDies,
                         testing::Values(FinishingLeadersEnd{.signal = SIGKILL, .hears = true},
                                         FinishingLeadersEnd{.signal = SIGTERM, .hears = true},
                                         FinishingLeadersEnd{.signal = SIGTERM, .hears = false}),
                         [](const auto& end) {
                           return fmt::format("Signal{}{}", end.param.signal,
                                              end.param.hears ? "" : "BeforeItHears");
                         });

TEST(SupervisorDies, EverythingGoesAndTheNextStartGoesOn) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  EXPECT_TRUE(system.start_trading("BTCUSDT").ok());
  system.until_running("BTCUSDT");
  system.exchange().step("XRPUSDT", "0.43183");
  system.until_phase("XRPUSDT", "BUY_OPEN");
  const auto before = system.trader("XRPUSDT");

  const auto killed = std::chrono::steady_clock::now();
  EXPECT_EQ(system.stop(SIGKILL), -SIGKILL);
  system.until("nothing is left", [&] { return system.left_behind().empty(); });
  EXPECT_LT(std::chrono::steady_clock::now() - killed, std::chrono::seconds{1});
  system.start();
  system.until_running("BTCUSDT");  // was on, though no configuration says so
  system.until_running("XRPUSDT");
  const auto after = system.trader("XRPUSDT");
  EXPECT_EQ(after.cycle(), before.cycle());
  EXPECT_GT(after.incarnation(), before.incarnation());
  EXPECT_EQ(after.phase(), "BUY_OPEN");
  expect_orders(system, {"n1-XRPUSDT-0-1-B1"});
  complete_cycle(system);
}

TEST(GatewayDies, OpenOrdersAreReconciledWithItsSuccessor) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  system.exchange().step("XRPUSDT", "0.43183");
  system.until_phase("XRPUSDT", "BUY_OPEN");
  const pid_t gateway = system.service("gateway");
  ::kill(gateway, SIGSTOP);
  system.exchange().step("XRPUSDT", "0.4307");  // nobody hears of the fill
  ::kill(gateway, SIGKILL);
  system.until_phase("XRPUSDT", "SELL_OPEN");
  EXPECT_NE(system.service("gateway"), gateway);
  EXPECT_EQ(system.trader("XRPUSDT").restarts(), 0U);
  expect_orders(system, {"n1-XRPUSDT-0-1-B1", "n1-XRPUSDT-0-1-S1"});
}

TEST(StreamerDies, PricesComeBackByThemselves) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  const pid_t streamer = system.service("streamer");
  ::kill(streamer, SIGKILL);
  system.until("its successor listens", [&] {
    const pid_t now = system.service("streamer");
    return now != 0 && now != streamer && system.exchange().subscribers("xrpusdt@trade") == 1;
  });
  system.until("a trade arrives", [&] {
    system.exchange().step("XRPUSDT", "0.43183");
    return !system.exchange().ledger().orders.empty();
  });
  EXPECT_EQ(system.trader("XRPUSDT").restarts(), 0U);
}

/// What the exchange does to a request, in words of /_mock/faults.
class ExchangeFails : public testing::TestWithParam<const char*> {};

/// Every kind of trouble, once for the buy and once for the sell order: each is placed exactly once and the cycle completes.
TEST_P(ExchangeFails, EveryOrderIsPlacedOnce) {
  System system{kXrp};
  system.until_running("XRPUSDT");
  system.exchange().inject(fmt::format(
      R"([{{"method": "POST", "side": "BUY", {0}}}, {{"method": "POST", "side": "SELL", {0}}}])",
      GetParam()));
  system.until("the buy order is open", [&] {
    // A price that is far from filling anything; some troubles mean that the first one buys nothing.
    system.exchange().step("XRPUSDT", "0.43183");
    return system.trader("XRPUSDT").phase() == "BUY_OPEN";
  });
  complete_cycle(system);
}

INSTANTIATE_TEST_SUITE_P(
    Faults, ExchangeFails,
    testing::Values(R"("action": "drop_before")", R"("action": "drop_after")",
                    R"("action": "late", "milliseconds": 300)",
                    R"("action": "status", "status": 500)", R"("action": "status", "status": 502)",
                    R"("action": "status", "status": 503)", R"("action": "status", "status": 504)",
                    R"("action": "unavailable")", R"("action": "timeout")",
                    R"("action": "rate_limit", "retry_after": 1)", R"("action": "timestamp")"),
    [](const auto& fault) {
      std::string name;
      for (const char c : std::string{fault.param}) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) name += c;
      }
      return name;
    });

/// Updates of orders are a hint: twice, late, out of order or never, the cycle is the same.
TEST(OrderStreamFails, CyclesCompleteAllTheSame) {
  for (const char* action : {"drop_event", "duplicate_event", "reorder_event", "delay_event"}) {
    System system{kXrp};
    system.until_running("XRPUSDT");
    system.exchange().inject(
        fmt::format(R"([{{"action": "{}", "times": 0, "milliseconds": 100}}])", action));
    system.exchange().step("XRPUSDT", "0.43183");
    system.until_phase("XRPUSDT", "BUY_OPEN");
    system.until("the buy order's fill is known", [&] {
      system.exchange().step("XRPUSDT", "0.4307");
      return system.trader("XRPUSDT").phase() == "SELL_OPEN";
    });
    system.until("the cycle is finished", [&] {
      system.exchange().step("XRPUSDT", "0.4319");
      return system.trader("XRPUSDT").cycle() == 2;
    });
    // The last step may have begun the next cycle already.
    std::vector<std::string> of_the_first;
    for (const auto& order : system.exchange().ledger().orders) {
      if (order.client_order_id.starts_with("n1-XRPUSDT-0-1-")) {
        of_the_first.push_back(order.client_order_id);
      }
    }
    EXPECT_THAT(of_the_first, testing::ElementsAre("n1-XRPUSDT-0-1-B1", "n1-XRPUSDT-0-1-S1"));
  }
}

}  // namespace
}  // namespace naive::test
