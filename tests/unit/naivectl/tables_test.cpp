#include "naivectl/tables.h"

#include <gtest/gtest.h>

#include "naivectl/commands.h"

namespace naive::naivectl {
namespace {

v1::SystemStatus example() {
  v1::SystemStatus status;
  v1::ServiceStatus& gateway = *status.add_services();
  gateway.set_name("gateway");
  gateway.set_pid(11);
  gateway.set_state("running");
  gateway.set_restarts(2);
  v1::SymbolStatus& symbol = *status.add_symbols();
  symbol.set_symbol("BTCUSDT");
  symbol.set_state("running");
  symbol.mutable_leader()->set_pid(12);
  symbol.mutable_leader()->set_incarnation(1);
  v1::TraderStatus& trader = *symbol.add_traders();
  trader.set_pid(13);
  trader.set_incarnation(4);
  trader.set_state("running");
  trader.set_cycle(7);
  trader.set_phase("BUY_OPEN");
  v1::OrderView& buy = *trader.mutable_buy_order();
  buy.set_status("NEW");
  buy.set_price("61700.01000000");
  buy.set_quantity("0.00032000");
  buy.set_executed_quantity("0.00000000");
  v1::TraderStatus& halted = *symbol.add_traders();
  halted.set_slot(1);
  halted.set_state("halted");
  halted.set_reason("the key may not trade");
  v1::SymbolStatus& failed = *status.add_symbols();
  failed.set_symbol("ETHUSDT");
  failed.set_state("quarantined");
  failed.set_reason("killed by SIGSEGV");
  return status;
}

TEST(StatusTable, IsTheTree) {
  EXPECT_EQ(
      status_table(example()),
      "PROCESS                 PID  INCARNATION  RESTARTS  STATE                            CYCLE  "
      "PHASE     "
      "BUY                       SELL\n"
      "├─ gateway              11   -            2         running\n"
      "├─ leader BTCUSDT       12   1            0         running\n"
      "│  ├─ trader BTCUSDT/0  13   4            0         running                          7      "
      "BUY_OPEN  "
      "NEW 0/0.00032 @ 61700.01  -\n"
      "│  └─ trader BTCUSDT/1  -    -            0         halted (the key may not trade)   -      "
      "          "
      "-                         -\n"
      "└─ leader ETHUSDT       -    -            0         quarantined (killed by SIGSEGV)\n");
}

TEST(StatusTable, OfNothingIsItsHead) {
  EXPECT_EQ(status_table({}),
            "PROCESS  PID  INCARNATION  RESTARTS  STATE  CYCLE  PHASE  BUY  SELL\n");
}

TEST(TreeTable, IsAboutProcesses) {
  v1::SystemStatus status = example();
  const std::int64_t now = 1'767'323'045'678'901;
  const auto ago = [&](std::int64_t seconds) { return now - seconds * 1'000'000; };
  status.mutable_services(0)->set_started(ago(3 * 86'400 + 4 * 3600 + 59));
  v1::SymbolStatus& symbol = *status.mutable_symbols(0);
  symbol.mutable_leader()->set_started(ago(3600 + 60));
  symbol.mutable_traders(0)->set_started(ago(-5));  // the clock was set back
  symbol.mutable_traders(0)->set_restarts(4);
  for (const auto& [reason, count] : {std::pair{"killed by SIGKILL", 3u}, {"exited 70", 1u}}) {
    v1::DeathCount& death = *symbol.mutable_traders(0)->add_deaths();
    death.set_reason(reason);
    death.set_count(count);
  }
  EXPECT_EQ(
      tree_table(status, now),
      "PROCESS                 PID  STATE                            UPTIME  RESTARTS  DEATHS\n"
      "├─ gateway              11   running                          3d 4h   2         -\n"
      "├─ leader BTCUSDT       12   running                          1h 1m   0         -\n"
      "│  ├─ trader BTCUSDT/0  13   running                          0s      4         "
      "killed by SIGKILL 3, exited 70 1\n"
      "│  └─ trader BTCUSDT/1  -    halted (the key may not trade)   -       0         -\n"
      "└─ leader ETHUSDT       -    quarantined (killed by SIGSEGV)  -       0         -\n");
}

TEST(CrashTable, SaysWhenOfWhatAndWhatItHadSaid) {
  v1::Crash crash;
  crash.set_name("trader BTCUSDT/0");
  crash.set_incarnation(3);
  crash.set_pid(4711);
  crash.set_time(1'767'323'045'678'901);
  crash.set_reason("killed by SIGSEGV - core dumped");
  crash.set_cycle(12);
  crash.set_revision(4);
  crash.add_last_words("… info trader[4711] Placing BUY order");
  EXPECT_EQ(crash_table(crash, crash.time() + 72'000'000),
            "NAME         trader BTCUSDT/0\n"
            "DIED         2026-01-02T03:04:05.678901Z, 1m 12s ago\n"
            "REASON       killed by SIGSEGV - core dumped\n"
            "PID          4711\n"
            "INCARNATION  3\n"
            "STORED       cycle 12, revision 4\n"
            "LAST WORDS\n"
            "  … info trader[4711] Placing BUY order\n");
}

TEST(CrashTable, OfAServiceThatCouldNotBeStarted) {
  v1::Crash crash;
  crash.set_name("gateway");
  crash.set_incarnation(3);
  crash.set_reason("cannot execute '/x/gateway': No such file or directory");
  EXPECT_EQ(crash_table(crash, 0),
            "NAME         gateway\n"
            "DIED         1970-01-01T00:00:00.000000Z, 0s ago\n"
            "REASON       cannot execute '/x/gateway': No such file or directory\n"
            "PID          -\n"
            "INCARNATION  3\n"
            "LAST WORDS   none\n");
}

TEST(ChildrenTable, OneALine) {
  v1::Children children;
  v1::Child& child = *children.add_children();
  child.set_name("gateway");
  child.set_state("backoff");
  EXPECT_EQ(children_table(children), "NAME     PID  STATE\ngateway  -    backoff\n");
}

TEST(EventLine, SaysWhenWhoAndWhat) {
  v1::Event event;
  event.set_sequence(17);
  event.set_time(1'767'323'045'678'901);
  event.set_name("trader BTCUSDT/0");
  event.set_what(v1::Event::DIED);
  event.set_pid(4711);
  event.set_incarnation(3);
  event.set_reason("killed by SIGKILL");
  EXPECT_EQ(event_line(event),
            "2026-01-02T03:04:05.678901Z #17 trader BTCUSDT/0 DIED pid=4711 incarnation=3 "
            "reason=killed by SIGKILL\n");
}

TEST(Show, ShortAnswersForShortQuestions) {
  v1::ControlReply reply;
  reply.set_ok(true);
  EXPECT_EQ(show(reply, View::kTrading, 0), "ok\n");
  reply.mutable_started()->set_pid(5);
  EXPECT_EQ(show(reply, View::kTrading, 0), "started, pid 5\n");
  reply.mutable_counts()->set_specs(3);
  EXPECT_EQ(show(reply, View::kTrading, 0), "specs 3, active 0, supervisors 0, workers 0\n");
}

}  // namespace
}  // namespace naive::naivectl
