#include "supervisor/children.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <naive/v1/supervision.pb.h>
#include <unistd.h>

#include <csignal>
#include <iterator>
#include <sstream>
#include <utility>

#include "runtime/log.h"
#include "runtime/memory_file.h"

namespace naive::supervisor {
namespace {

/// proc(5), /proc/pid/task/tid/children. All are the main thread's, for it alone spawns, and orphans are given to a process's first
/// thread. It stays open, so that strays are found when no descriptor is free.
runtime::UniqueFd open_children_file() {
  const std::string path = fmt::format("/proc/self/task/{}/children", ::getpid());
  return runtime::UniqueFd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
}

}  // namespace

Children::Children(runtime::Bus& bus, const std::filesystem::path& socket)
    : link_(bus, socket), children_file_(open_children_file()) {
  for (const pid_t pid : direct_children()) strangers_.insert(pid);
}

/// Our direct children as the kernel knows them.
std::vector<pid_t> Children::direct_children() const {
  std::string text;
  runtime::read_all(children_file_.get(), text);
  std::istringstream pids{text};
  return {std::istream_iterator<pid_t>{pids}, {}};
}

Children::Running* Children::find(const std::string& name) {
  for (auto& [pid, running] : running_) {
    if (running.name == name) return &running;
  }
  return nullptr;
}

std::expected<pid_t, std::string> Children::spawn(const std::string& name,
                                                  std::uint32_t incarnation,
                                                  const runtime::Command& command) {
  auto child = runtime::spawn(command);
  if (!child) {
    return std::unexpected{fmt::format("cannot execute '{}': {}", command.executable.string(),
                                       child.error().message())};
  }
  const pid_t pid = child->pid();
  const runtime::LinkAddress address{.name = name, .incarnation = incarnation};
  running_.insert_or_assign(
      pid, Running{.name = name, .identity = address.to_string(), .process = std::move(*child)});
  return pid;
}

void Children::adopt(const std::string& name, std::uint32_t incarnation, pid_t pid) {
  const runtime::LinkAddress address{.name = name, .incarnation = incarnation};
  running_.insert_or_assign(pid, Running{.name = name,
                                         .identity = address.to_string(),
                                         .process = runtime::Child::adopt(pid),
                                         .introduced = false});
}

bool Children::ask_for_introductions() {
  v1::SupervisorMessage message;
  message.mutable_reintroduce();
  const std::string bytes = message.SerializeAsString();
  bool all = true;
  for (auto& [pid, running] : running_) {
    running.introduced = running.introduced || link_.send(running.identity, bytes);
    all = all && running.introduced;
  }
  return all;
}

void Children::signal(const std::string& name, int number) {
  if (Running* running = find(name)) running->process.signal(number);
}

bool Children::send(const std::string& name, const v1::SupervisorMessage& message) {
  const Running* running = find(name);
  return running != nullptr && link_.send(running->identity, message.SerializeAsString());
}

std::vector<Children::Death> Children::reap(runtime::TimePoint now) {
  runtime::reap([&](const runtime::Death& death) {
    if (const auto child = running_.extract(death.pid)) {
      const runtime::Child& process = child.mapped().process;
      deaths_.push_back({.name = child.mapped().name,
                         .reason = runtime::explain(death.reason, process, oom_kills_),
                         .last_words = process.last_words()});
    } else {
      strays_.erase(death.pid);
      strangers_.erase(death.pid);
      log::debug("Reaped a stray process", {{"pid", death.pid}});
    }
  });
  if (!deaths_.empty()) kill_strays();
  if (strays_hold(now)) return {};
  return std::exchange(deaths_, {});
}

/// A killed process runs no more code, but may stay for long when a disk or a file system hangs. Nobody is to wait for that.
bool Children::strays_hold(runtime::TimePoint now) {
  constexpr std::chrono::milliseconds kPatience{1000};
  if (strays_.empty()) {
    held_since_.reset();
    return false;
  }
  if (!held_since_) held_since_ = now;
  return now - *held_since_ < kPatience;
}

// The signal cannot hit a wrong process: a child of ours keeps its pid until we reap it.
void Children::kill_strays() {
  for (const pid_t pid : direct_children()) {
    if (running_.contains(pid) || strangers_.contains(pid) || !strays_.insert(pid).second) continue;
    ::kill(pid, SIGKILL);
    log::debug("Killed a stray process", {{"pid", pid}});
  }
}

void Children::drain(const Receive& receive) {
  link_.drain([&](const std::string& identity, std::string_view bytes) {
    v1::ChildMessage message;
    const bool readable = message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    const runtime::LinkAddress sender{.name = message.name(), .incarnation = message.incarnation()};
    if (readable && identity == sender.to_string()) {
      receive(message);
    } else {
      log::warn("Ignored a message that is not from a child", {{"bytes", bytes.size()}});
    }
  });
}

}  // namespace naive::supervisor
