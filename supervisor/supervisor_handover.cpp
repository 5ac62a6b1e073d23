// How one image of the supervisor leaves, and how the next one goes on.
#include <naive/v1/supervision.pb.h>

#include "proto/names.h"
#include "runtime/log.h"
#include "supervisor/handover.h"
#include "supervisor/supervisor.h"

namespace naive::supervisor {
namespace {

/// An adopted child connects within a millisecond of our binding the socket, unless it is suspended.
constexpr std::chrono::milliseconds kAskAgain{5};

}  // namespace

bool Supervisor::must_hand_over() const {
  const bool busy = !todo_.empty() || tree_.has_spawns() || !children_.is_settled();
  if (tree_.shutting_down() || busy) return false;
  return upgrade_.is_due() || roller_.is_prepared(v1::Rollout::REVERT);
}

/// Whoever still waits for an answer would wait in vain.
v1::Handover Supervisor::hand_over() {
  const std::string code = "busy";
  const std::string message = "the supervisor is becoming another version of itself; ask again";
  waiting_.give_up(code, message);
  control_.drain([&](const Client& client, const v1::ControlRequest&) {
    control_.reply(client, error_reply(code, message));
  });
  roller_.list_places();
  return memory();
}

v1::Handover Supervisor::memory() const {
  v1::Handover memory;
  write(tree_.memory(), memory);
  memory.mutable_traders()->insert(traders_.all().begin(), traders_.all().end());
  commands_.write(memory);
  memory.set_mock_endpoint(mock_endpoint_);
  memory.set_last_event(announcer_.last());
  for (const auto& [name, crash] : crashes_.all()) *memory.add_crashes() = crash;
  memory.mutable_strangers()->Add(children_.strangers().begin(), children_.strangers().end());
  *memory.mutable_rollout() = roller_.status();
  memory.set_bin_directory(roller_.status().to());
  return memory;
}

void Supervisor::resume(const v1::Handover& memory) {
  tree_.resume(read_tree(memory), loop_.now());
  for (const auto& [leader, status] : memory.traders()) {
    traders_.update(leader, status);
    for (const v1::TraderStatus& trader : status.traders()) {
      if (trader.pid() == 0) continue;
      v1::Event event;
      event.set_name(wire::trader_name(status.symbol(), trader.standby(), trader.slot()));
      event.set_slot(trader.slot());
      event.set_incarnation(trader.incarnation());
      event.set_pid(trader.pid());
      announcer_.remember(leader, event);
    }
  }
  commands_.resume(memory);
  mock_endpoint_ = memory.mock_endpoint();
  announcer_.resume(memory.last_event());
  for (const v1::Crash& crash : memory.crashes()) crashes_.resume(crash);
  children_.set_strangers({memory.strangers().begin(), memory.strangers().end()});
  const auto adopt = [this](const Node& node) {
    if (node.pid != 0) children_.adopt(node.name, node.life.incarnation(), node.pid);
  };
  for (const Node& service : tree_.services()) adopt(service);
  for (const auto& [name, leader] : tree_.leaders()) adopt(leader);
  log::info("Supervisor goes on", {{"bin_dir", surroundings_.bin_directory.string()}});
  roller_.begin(memory.rollout());
  ask_for_introductions();
}

void Supervisor::ask_for_introductions() {
  if (!children_.ask_for_introductions()) introduction_timer_.set_after(kAskAgain);
}

/// One that runs already introduces itself again, and may have missed what it was told last.
void Supervisor::on_hello(const Node& node) {
  if (node.life.state() != supervision::State::kRunning) return;
  if (node.finishing) perform(TellToFinish{node.name});
  if (node.name == kStreamer) commands_.repeat_streams();
}

}  // namespace naive::supervisor
