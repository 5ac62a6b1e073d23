#include "leader/traders.h"

#include <fmt/format.h>
#include <unistd.h>

#include "proto/names.h"
#include "runtime/directories.h"
#include "runtime/wall_clock.h"

namespace naive::leader {

std::string trader_name(std::string_view symbol, const Place& place) {
  return wire::trader_name(symbol, place.kind == Place::Kind::kStandby, place.number);
}

Traders::Traders(runtime::Bus& bus, const runtime::ChildOptions& leader, const std::string& symbol)
    : leader_(leader),
      symbol_(symbol),
      executable_(runtime::executable_directory() / "trader"),
      link_(bus, runtime::Sockets{leader.run_directory}.leader(symbol)) {}

std::optional<std::string> Traders::start(const Place& place) {
  const std::string name = trader_name(symbol_, place);
  runtime::Command command{
      .executable = executable_,
      .arguments = {"--symbol", symbol_, "--name", name, "--incarnation",
                    std::to_string(place.incarnation), "--parent", std::to_string(::getpid()),
                    "--run-dir", leader_.run_directory.string(), "--log-format", leader_.log_format,
                    "--log-level", leader_.log_level}};
  if (place.kind == Place::Kind::kSlot) {
    command.arguments.insert(command.arguments.end(), {"--slot", std::to_string(place.number)});
  }
  auto child = runtime::spawn(command);
  if (!child) {
    return fmt::format("cannot start '{}': {}", executable_.string(), child.error().message());
  }
  const pid_t pid = child->pid();
  const runtime::LinkAddress address{.name = name, .incarnation = place.incarnation};
  processes_.insert_or_assign(pid, Process{.place = place,
                                           .identity = address.to_string(),
                                           .started = runtime::microseconds_since_epoch(),
                                           .child = std::move(*child)});
  return std::nullopt;
}

void Traders::move(const Place& standby, const Place& slot) {
  for (auto& [pid, process] : processes_) {
    if (process.place == standby) process.place = slot;
  }
}

void Traders::forget(const Place& place) {
  std::erase_if(processes_, [&](const auto& entry) { return entry.second.place == place; });
}

const Traders::Process* Traders::find(const Place& place) const {
  for (const auto& [pid, process] : processes_) {
    if (process.place == place) return &process;
  }
  return nullptr;
}

const Traders::Process* Traders::find(std::string_view identity) const {
  for (const auto& [pid, process] : processes_) {
    if (process.identity == identity) return &process;
  }
  return nullptr;
}

const Traders::Process* Traders::find(pid_t pid) const {
  const auto found = processes_.find(pid);
  return found != processes_.end() ? &found->second : nullptr;
}

pid_t Traders::pid_of(const Place& place) const {
  const Process* process = find(place);
  return process != nullptr ? process->child.pid() : 0;
}

bool Traders::has_ended(const Place& place) const {
  const Process* process = find(place);
  return process == nullptr || process->child.has_ended();
}

bool Traders::signal(const Place& place, int number) {
  for (auto& [pid, process] : processes_) {
    if (process.place == place) return process.child.signal(number);
  }
  return false;
}

void Traders::send(const Place& place, std::string_view message) {
  if (const Process* process = find(place)) link_.send(process->identity, message);
}

void Traders::answer(const std::string& identity, std::string_view message) {
  link_.send(identity, message);
}

}  // namespace naive::leader
