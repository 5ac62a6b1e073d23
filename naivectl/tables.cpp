#include "naivectl/tables.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "naivectl/layout.h"
#include "proto/names.h"

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

/// One line of the tree, whatever kind of process it is about.
struct Place {
  std::string name;  // with the branch that leads to it
  std::int32_t pid;
  std::uint32_t incarnation;  // 0: not told
  std::uint32_t restarts;
  std::string state;
  std::int64_t started;
  const google::protobuf::RepeatedPtrField<v1::DeathCount>& deaths;
  const v1::TraderStatus* trader = nullptr;
};

Place service_place(const v1::ServiceStatus& service, std::string_view branch) {
  return {.name = fmt::format("{}{}", branch, service.name()),
          .pid = service.pid(),
          .incarnation = 0,
          .restarts = service.restarts(),
          .state = with_reason(service.state(),
                               service.reason().empty() ? service.endpoint() : service.reason()),
          .started = service.started(),
          .deaths = service.deaths()};
}

Place leader_place(const v1::SymbolStatus& symbol, std::string_view branch) {
  const v1::ProcessStatus& leader = symbol.leader();
  return {.name = fmt::format("{}leader {}", branch, symbol.symbol()),
          .pid = leader.pid(),
          .incarnation = leader.incarnation(),
          .restarts = leader.restarts(),
          .state = with_reason(symbol.state(), symbol.reason()),
          .started = leader.started(),
          .deaths = leader.deaths()};
}

Place trader_place(const v1::SymbolStatus& symbol, const v1::TraderStatus& trader,
                   std::string_view branch) {
  const auto name = wire::trader_name(symbol.symbol(), trader.standby(), trader.slot());
  return {.name = fmt::format("{}{}", branch, name),
          .pid = trader.pid(),
          .incarnation = trader.incarnation(),
          .restarts = trader.restarts(),
          .state = with_reason(trader.state(), trader.reason()),
          .started = trader.started(),
          .deaths = trader.deaths(),
          .trader = &trader};
}

std::vector<Place> places(const v1::SystemStatus& status) {
  std::vector<Place> all;
  const int last_service = status.symbols().empty() ? status.services_size() - 1 : -1;
  for (int i = 0; i < status.services_size(); ++i) {
    all.push_back(service_place(status.services(i), i == last_service ? "└─ " : "├─ "));
  }
  for (int i = 0; i < status.symbols_size(); ++i) {
    const v1::SymbolStatus& symbol = status.symbols(i);
    const bool last = i + 1 == status.symbols_size();
    all.push_back(leader_place(symbol, last ? "└─ " : "├─ "));
    for (int j = 0; j < symbol.traders_size(); ++j) {
      const std::string_view above = last ? "   " : "│  ";
      const std::string_view branch = j + 1 == symbol.traders_size() ? "└─ " : "├─ ";
      all.push_back(trader_place(symbol, symbol.traders(j), fmt::format("{}{}", above, branch)));
    }
  }
  return all;
}

std::string utc(std::int64_t microseconds) {
  const std::chrono::sys_time<std::chrono::microseconds> time{
      std::chrono::microseconds{microseconds}};
  return fmt::format("{:%Y-%m-%dT%H:%M:}{:%S}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)),
                     time.time_since_epoch());
}

/// The two largest units: "3d 4h", "2h 5m", "5m 12s", "12s". Nothing that clocks may do makes it negative.
std::string duration(std::int64_t microseconds) {
  const std::int64_t seconds = std::max<std::int64_t>(microseconds, 0) / 1'000'000;
  constexpr std::int64_t kMinute = 60, kHour = 60 * kMinute, kDay = 24 * kHour;
  if (seconds >= kDay) return fmt::format("{}d {}h", seconds / kDay, seconds % kDay / kHour);
  if (seconds >= kHour) return fmt::format("{}h {}m", seconds / kHour, seconds % kHour / kMinute);
  if (seconds >= kMinute) return fmt::format("{}m {}s", seconds / kMinute, seconds % kMinute);
  return fmt::format("{}s", seconds);
}

/// "killed by SIGKILL 3, exited 70 1"
std::string counted(const google::protobuf::RepeatedPtrField<v1::DeathCount>& deaths) {
  std::string text;
  for (const v1::DeathCount& death : deaths) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", death.reason(), death.count());
  }
  return text.empty() ? "-" : text;
}

}  // namespace

std::string status_table(const v1::SystemStatus& status) {
  std::vector<Row> rows{
      {"PROCESS", "PID", "INCARNATION", "RESTARTS", "STATE", "CYCLE", "PHASE", "BUY", "SELL"}};
  for (const Place& place : places(status)) {
    Row row{place.name, or_dash(place.pid), or_dash(place.incarnation),
            std::to_string(place.restarts), place.state};
    if (const v1::TraderStatus* trader = place.trader) {
      row.insert(row.end(), {or_dash(trader->cycle()), trader->phase(),
                             order(trader->has_buy_order(), trader->buy_order()),
                             order(trader->has_sell_order(), trader->sell_order())});
    }
    rows.push_back(std::move(row));
  }
  return table(rows);
}

std::string tree_table(const v1::SystemStatus& status, std::int64_t now) {
  std::vector<Row> rows{{"PROCESS", "PID", "STATE", "UPTIME", "RESTARTS", "DEATHS"}};
  for (const Place& place : places(status)) {
    rows.push_back({place.name, or_dash(place.pid), place.state,
                    place.started == 0 ? "-" : duration(now - place.started),
                    std::to_string(place.restarts), counted(place.deaths)});
  }
  return table(rows);
}

std::string crash_table(const v1::Crash& crash, std::int64_t now) {
  std::vector<Row> rows{
      {"NAME", crash.name()},
      {"DIED", fmt::format("{}, {} ago", utc(crash.time()), duration(now - crash.time()))},
      {"REASON", crash.reason()},
      {"PID", or_dash(crash.pid())},
      {"INCARNATION", std::to_string(crash.incarnation())}};
  if (crash.cycle() != 0) {
    rows.push_back(
        {"STORED", fmt::format("cycle {}, revision {}", crash.cycle(), crash.revision())});
  }
  rows.push_back({"LAST WORDS", crash.last_words().empty() ? "none" : ""});
  std::string text = table(rows);
  for (const std::string& line : crash.last_words()) text += "  " + line + '\n';
  return text;
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
  std::string line = fmt::format("{} #{} {} {} pid={} incarnation={}", utc(event.time()),
                                 event.sequence(), event.name(), v1::Event::What_Name(event.what()),
                                 event.pid(), event.incarnation());
  if (!event.reason().empty()) line += " reason=" + event.reason();
  return line + '\n';
}

}  // namespace naive::naivectl
