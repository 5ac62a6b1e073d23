#include "naivectl/tables.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <vector>

#include "naivectl/layout.h"

namespace naive::naivectl {
namespace {

std::string or_dash(auto number) { return number == 0 ? "-" : fmt::format("{}", number); }

/// "FILLED 0.00032/0.00032 @ 61700.01"
std::string order(bool exists, const v1::OrderView& view) {
  if (!exists) return "-";
  return fmt::format("{} {}/{} @ {}", view.status().empty() ? "?" : view.status(),
                     short_amount(view.executed_quantity()), short_amount(view.quantity()),
                     short_amount(view.price()));
}

std::string with_reason(const std::string& state, const std::string& reason) {
  return reason.empty() ? state : fmt::format("{} ({})", state, reason);
}

Row service_row(const v1::ServiceStatus& service, std::string_view branch) {
  return {fmt::format("{}{}", branch, service.name()), or_dash(service.pid()), "-",
          std::to_string(service.restarts()),
          with_reason(service.state(),
                      service.reason().empty() ? service.endpoint() : service.reason())};
}

Row leader_row(const v1::SymbolStatus& symbol, std::string_view branch) {
  const v1::ProcessStatus& leader = symbol.leader();
  return {fmt::format("{}leader {}", branch, symbol.symbol()), or_dash(leader.pid()),
          or_dash(leader.incarnation()), std::to_string(leader.restarts()),
          with_reason(symbol.state(), symbol.reason())};
}

Row trader_row(const v1::SymbolStatus& symbol, const v1::TraderStatus& trader,
               std::string_view branch) {
  return {fmt::format("{}trader {}/{}{}", branch, symbol.symbol(),
                      trader.standby() ? "standby-" : "", trader.slot()),
          or_dash(trader.pid()),
          or_dash(trader.incarnation()),
          std::to_string(trader.restarts()),
          with_reason(trader.state(), trader.reason()),
          or_dash(trader.cycle()),
          trader.phase(),
          order(trader.has_buy_order(), trader.buy_order()),
          order(trader.has_sell_order(), trader.sell_order())};
}

}  // namespace

std::string status_table(const v1::SystemStatus& status) {
  std::vector<Row> rows{
      {"PROCESS", "PID", "INCARNATION", "RESTARTS", "STATE", "CYCLE", "PHASE", "BUY", "SELL"}};
  const int last_service = status.symbols().empty() ? status.services_size() - 1 : -1;
  for (int i = 0; i < status.services_size(); ++i) {
    rows.push_back(service_row(status.services(i), i == last_service ? "└─ " : "├─ "));
  }
  for (int i = 0; i < status.symbols_size(); ++i) {
    const v1::SymbolStatus& symbol = status.symbols(i);
    const bool last = i + 1 == status.symbols_size();
    rows.push_back(leader_row(symbol, last ? "└─ " : "├─ "));
    for (int j = 0; j < symbol.traders_size(); ++j) {
      const std::string_view above = last ? "   " : "│  ";
      const std::string_view branch = j + 1 == symbol.traders_size() ? "└─ " : "├─ ";
      rows.push_back(trader_row(symbol, symbol.traders(j), fmt::format("{}{}", above, branch)));
    }
  }
  return table(rows);
}

std::string children_table(const v1::Children& children) {
  std::vector<Row> rows{{"NAME", "PID", "STATE"}};
  for (const v1::Child& child : children.children()) {
    rows.push_back({child.name(), or_dash(child.pid()), child.state()});
  }
  return table(rows);
}

std::string counts_line(const v1::Counts& counts) {
  return fmt::format("specs {}, active {}, supervisors {}, workers {}\n", counts.specs(),
                     counts.active(), counts.supervisors(), counts.workers());
}

std::string event_line(const v1::Event& event) {
  const std::chrono::sys_time<std::chrono::microseconds> time{
      std::chrono::microseconds{event.time()}};
  std::string line =
      fmt::format("{:%Y-%m-%dT%H:%M:}{:%S}Z #{} {} {} pid={} incarnation={}",
                  fmt::gmtime(std::chrono::system_clock::to_time_t(time)), time.time_since_epoch(),
                  event.sequence(), event.name(), v1::Event::What_Name(event.what()), event.pid(),
                  event.incarnation());
  if (!event.reason().empty()) line += " reason=" + event.reason();
  return line + '\n';
}

}  // namespace naive::naivectl
