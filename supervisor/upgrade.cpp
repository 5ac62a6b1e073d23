#include "supervisor/upgrade.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <system_error>
#include <utility>

#include "runtime/memory_file.h"
#include "runtime/sync_point.h"

namespace naive::supervisor {
namespace {

namespace fs = std::filesystem;

/// The first executable that is not there; nothing when all are.
std::string missing_executable(const fs::path& directory, const v1::Handover& memory) {
  std::vector<std::string> names{"supervisor", "leader", "trader"};
  for (const v1::Place& service : memory.services()) names.push_back(service.name());
  for (const std::string& name : names) {
    const fs::path file = directory / name;
    std::error_code unreadable;
    if (!fs::is_regular_file(file, unreadable) || ::access(file.c_str(), X_OK) != 0) return file;
  }
  return "";
}

v1::Rollout rollout(const fs::path& from, const fs::path& to) {
  v1::Rollout rollout;
  rollout.set_purpose(v1::Rollout::UPGRADE);
  rollout.set_from(from);
  rollout.set_to(to);
  return rollout;
}

}  // namespace

void Upgrade::begin(const Client& client, const std::string& directory, v1::Handover memory,
                    TimePoint now) {
  std::error_code unknown;
  fs::path to = directory;
  if (directory.empty()) {
    to = surroundings_.bin_directory;
  } else if (!to.is_absolute()) {
    return control_.reply(
        client, error_reply("bad_request", "'" + directory + "' does not begin with '/'"));
  } else if (const fs::path real = fs::canonical(to, unknown); !unknown) {
    to = real;  // a link that is turned later, as `current` often is, does not turn us
  }
  const std::string missing = missing_executable(to, memory);
  if (!missing.empty()) {
    return control_.reply(
        client, error_reply("not_found", fmt::format("'{}' is not an executable file", missing)));
  }
  client_ = client;
  roller_.prepare(rollout(surroundings_.bin_directory, to));
  *memory.mutable_rollout() = roller_.status();
  memory.set_bin_directory(to);
  try {
    start_check(memory, now);
  } catch (const std::system_error& error) {
    refuse(error.what());
  }
}

void Upgrade::start_check(const v1::Handover& memory, TimePoint now) {
  const runtime::UniqueFd input = runtime::memory_file(memory.SerializeAsString());
  errors_ = runtime::memory_file("");
  runtime::Command command{.executable = fs::path{memory.bin_directory()} / "supervisor",
                           .arguments = surroundings_.arguments,
                           .input = input.get(),
                           .errors = errors_.get()};
  command.arguments.insert(command.arguments.end(), {"--check", "--resume-from=0"});
  check_ = fmt::format("upgrade check {}", ++checks_);
  if (const auto pid = children_.spawn(check_, checks_, command); !pid) {
    return refuse(pid.error());
  }
  deadline_ = now + kPatience;
  runtime::sync_point({"supervisor", "upgrade", "checking"});
}

void Upgrade::on_end(const Children::Death& death) {
  if (death.name != check_ || !std::exchange(deadline_, std::nullopt)) return;
  if (!death.reason.exited_with(0)) {
    const std::string words = last_words();
    return refuse(words.empty() ? "its supervisor " + death.reason.to_string() : words);
  }
  errors_ = {};
  due_ = true;
  v1::ControlReply reply;
  reply.set_ok(true);
  control_.reply(client_, reply);
}

void Upgrade::tick(TimePoint now) {
  if (!deadline_ || now < *deadline_) return;
  deadline_.reset();
  children_.signal(check_, SIGKILL);
  refuse(fmt::format("its supervisor has not said yes within {} ms", kPatience.count()));
}

void Upgrade::give_up() {
  due_ = false;
  if (!std::exchange(deadline_, std::nullopt)) return;
  children_.signal(check_, SIGKILL);
  refuse("the supervisor is stopping");
}

void Upgrade::refuse(const std::string& reason) {
  errors_ = {};
  control_.reply(client_, error_reply("refused", reason + "; nothing has changed"));
  roller_.fail(reason);
}

/// The last line that the check has written; whatever it is, it has to fit into a reply.
std::string Upgrade::last_words() const {
  std::string text = runtime::read_memory(errors_.get());
  text.erase(text.find_last_not_of('\n') + 1);
  text.erase(0, text.rfind('\n') + 1);
  std::ranges::replace_if(
      text, [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

}  // namespace naive::supervisor
