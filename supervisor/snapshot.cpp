#include "supervisor/snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "proto/names.h"
#include "runtime/last_crashes.h"

namespace naive::supervisor {
namespace {

/// The state of a symbol is its leader's, in more detail where a user wants to know it.
std::string symbol_state(const Node& leader) {
  const bool running = leader.life.state() == supervision::State::kRunning;
  if (running && leader.finishing) return "finishing";
  return std::string{to_string(leader.life.state())};
}

v1::SymbolStatus symbol_status(const Node& leader, const TraderBoard& board) {
  v1::SymbolStatus status;
  if (const auto* known = board.find(leader.name)) {
    *status.mutable_traders() = known->traders();
    status.set_reason(known->reason());
  }
  status.set_symbol(leader.symbol);
  status.set_state(symbol_state(leader));
  if (!leader.life.reason().empty()) status.set_reason(leader.life.reason());
  status.mutable_leader()->set_pid(leader.pid);
  status.mutable_leader()->set_incarnation(leader.life.incarnation());
  status.mutable_leader()->set_restarts(leader.life.restarts());
  status.mutable_leader()->set_started(leader.pid != 0 ? leader.started : 0);
  runtime::write(leader.life.deaths(), *status.mutable_leader()->mutable_deaths());
  return status;
}

void add_child(v1::Children& children, std::string name, int pid, std::string state) {
  v1::Child& child = *children.add_children();
  child.set_name(std::move(name));
  child.set_pid(pid);
  child.set_state(std::move(state));
}

}  // namespace

void TraderBoard::update(const std::string& leader, const v1::SymbolStatus& status) {
  by_leader_[leader] = status;
  outdated_.erase(leader);
}

void TraderBoard::forget(const std::string& leader) {
  by_leader_.erase(leader);
  outdated_.erase(leader);
}

void TraderBoard::leader_died(const std::string& leader) {
  const auto found = by_leader_.find(leader);
  if (found == by_leader_.end()) return;
  outdated_.insert(leader);
  found->second.clear_reason();
  for (v1::TraderStatus& trader : *found->second.mutable_traders()) {
    trader.set_pid(0);
    trader.set_started(0);
    trader.set_state(std::string{to_string(supervision::State::kStopped)});
  }
}

const v1::SymbolStatus* TraderBoard::find(std::string_view leader) const {
  const auto found = by_leader_.find(leader);
  return found != by_leader_.end() ? &found->second : nullptr;
}

bool TraderBoard::are_settled(std::string_view leader) const {
  const v1::SymbolStatus* status = find(leader);
  if (status == nullptr || outdated_.contains(leader)) return false;
  return std::ranges::none_of(status->traders(), [](const v1::TraderStatus& trader) {
    return !trader.standby() && (trader.state() == to_string(supervision::State::kStarting) ||
                                 trader.state() == to_string(supervision::State::kStopping));
  });
}

std::optional<TraderBoard::Slot> TraderBoard::find_trader(std::string_view name) const {
  return find_if([&](const v1::SymbolStatus& status, const v1::TraderStatus& trader) {
    return wire::trader_name(status.symbol(), trader.standby(), trader.slot()) == name;
  });
}

std::optional<TraderBoard::Slot> TraderBoard::find_trader(pid_t pid) const {
  return find_if(
      [&](const v1::SymbolStatus&, const v1::TraderStatus& trader) { return trader.pid() == pid; });
}

std::optional<TraderBoard::Slot> TraderBoard::find_if(const Matches& matches) const {
  for (const auto& [leader, status] : by_leader_) {
    for (const v1::TraderStatus& trader : status.traders()) {
      if (!matches(status, trader)) continue;
      return Slot{.leader = leader, .slot = trader.slot(), .standby = trader.standby()};
    }
  }
  return std::nullopt;
}

v1::SystemStatus system_status(const Tree& tree, const TraderBoard& traders) {
  v1::SystemStatus system;
  for (const auto& [name, leader] : tree.leaders()) {
    *system.add_symbols() = symbol_status(leader, traders);
  }
  for (const Node& service : tree.services()) {
    v1::ServiceStatus& status = *system.add_services();
    status.set_name(service.name);
    status.set_pid(service.pid);
    status.set_state(std::string{to_string(service.life.state())});
    status.set_restarts(service.life.restarts());
    status.set_endpoint(service.endpoint);
    status.set_reason(service.life.reason());
    status.set_started(service.pid != 0 ? service.started : 0);
    runtime::write(service.life.deaths(), *status.mutable_deaths());
  }
  return system;
}

v1::Children which_children(const Tree& tree, const TraderBoard& traders) {
  v1::Children children;
  for (const Node& service : tree.services()) {
    add_child(children, service.name, service.pid, std::string{to_string(service.life.state())});
  }
  for (const auto& [name, leader] : tree.leaders()) {
    add_child(children, name, leader.pid, symbol_state(leader));
    const auto* status = traders.find(name);
    if (status == nullptr) continue;
    for (const v1::TraderStatus& trader : status->traders()) {
      add_child(children, wire::trader_name(leader.symbol, trader.standby(), trader.slot()),
                trader.pid(), trader.state());
    }
  }
  return children;
}

std::string summary(const Tree& tree) {
  const auto running = [](const Node& node) {
    return node.life.state() == supervision::State::kRunning;
  };
  const auto& leaders = tree.leaders();
  return fmt::format("{} of {} services and {} of {} symbols run",
                     std::ranges::count_if(tree.services(), running), tree.services().size(),
                     std::ranges::count_if(leaders | std::views::values, running), leaders.size());
}

v1::Counts count_children(const Tree& tree, const TraderBoard& traders) {
  v1::Counts counts;
  const v1::Children all = which_children(tree, traders);
  for (const v1::Child& child : all.children()) {
    counts.set_specs(counts.specs() + 1);
    if (child.pid() != 0) counts.set_active(counts.active() + 1);
    if (child.name().starts_with("leader ")) {
      counts.set_supervisors(counts.supervisors() + 1);
    } else {
      counts.set_workers(counts.workers() + 1);
    }
  }
  return counts;
}

}  // namespace naive::supervisor
