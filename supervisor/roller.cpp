#include "supervisor/roller.h"

#include "runtime/log.h"

namespace naive::supervisor {
namespace {

Rollout::Purpose purpose(const v1::Rollout& status) {
  if (status.purpose() == v1::Rollout::UPGRADE) return Rollout::Purpose::kUpgrade;
  if (status.purpose() == v1::Rollout::REVERT) return Rollout::Purpose::kRevert;
  return Rollout::Purpose::kRestart;
}

}  // namespace

std::string title(const v1::Rollout& rollout) {
  if (rollout.purpose() == v1::Rollout::UPGRADE) return "upgrade to " + rollout.to();
  if (rollout.purpose() == v1::Rollout::REVERT) return "way back to " + rollout.to();
  return "rolling restart";
}

void Roller::prepare(v1::Rollout status) {
  status_ = std::move(status);
  status_.set_state(v1::Rollout::RUNNING);
  if (status_.purpose() != v1::Rollout::RESTART) list_places();
  tell(v1::Event::STARTED);
}

/// Of a way back, whatever this image has started: that runs the executables which are taken back.
void Roller::list_places() {
  status_.clear_names();
  const auto list = [&](const Node& node) {
    const bool back = status_.purpose() == v1::Rollout::REVERT;
    if (!back || !node.inherited) status_.add_names(node.name);
  };
  for (const Node& service : tree_.services()) list(service);
  for (const auto& [name, leader] : tree_.leaders()) list(leader);
}

void Roller::begin(const v1::Rollout& status) {
  status_ = status;
  if (!is_busy()) return;
  rollout_.emplace(purpose(status),
                   std::vector<std::string>{status.names().begin(), status.names().end()},
                   patience_);
}

bool Roller::go_on(TimePoint now) {
  if (!rollout_ || tree_.shutting_down()) return false;
  const std::string name = rollout_->current();
  switch (rollout_->look(place(name), now)) {
    case Rollout::Next::kWait:
      return false;
    case Rollout::Next::kRenew:
      tree_.renew(name, now);
      return true;
    case Rollout::Next::kPassed:
      status_.set_done(static_cast<std::uint32_t>(rollout_->passed()));
      log::info(title(status_), {{"done", status_.done()}, {"of", status_.names_size()}});
      return true;
    case Rollout::Next::kDone:
      end(v1::Rollout::DONE, std::string{status_.reason()});
      return false;
    case Rollout::Next::kFailed:
      fail_on_the_way(std::string{rollout_->failure()});
      return false;
  }
  return false;
}

std::optional<TimePoint> Roller::next_deadline() const {
  return rollout_ ? rollout_->deadline() : std::nullopt;
}

std::optional<Rollout::Place> Roller::place(const std::string& name) const {
  const Node* node = tree_.find(name);
  if (node == nullptr) return std::nullopt;
  return Rollout::Place{.state = node->life.state(),
                        .incarnation = node->life.incarnation(),
                        .settled = node->kind == Kind::kService || traders_.are_settled(name),
                        .reason = node->life.reason()};
}

/// An upgrade is taken back, if the executables of before are still there.
void Roller::fail_on_the_way(const std::string& reason) {
  const v1::Rollout failed = status_;
  const bool upgrade = failed.purpose() == v1::Rollout::UPGRADE;
  if (upgrade && failed.from() == failed.to()) {
    return fail(
        reason +
        "; the executables were replaced in place, so there is no way back: put others there and "
        "upgrade again");
  }
  fail(reason);
  if (!upgrade) return;
  v1::Rollout back;
  back.set_purpose(v1::Rollout::REVERT);
  back.set_reason(reason);
  back.set_from(failed.to());
  back.set_to(failed.from());
  prepare(std::move(back));
}

void Roller::end(v1::Rollout::State state, const std::string& reason) {
  status_.set_state(state);
  status_.set_reason(reason);
  rollout_.reset();
  tell(state == v1::Rollout::DONE ? v1::Event::READY : v1::Event::HALTED);
}

/// As a transition of something that is no process.
void Roller::tell(v1::Event::What what) {
  const std::string name = title(status_);
  const std::string why = status_.reason().empty() ? "" : " - reason " + status_.reason();
  if (what == v1::Event::HALTED) {
    log::error(name + " has stopped" + why,
               {{"done", status_.done()}, {"of", status_.names_size()}});
  } else {
    log::info(name + (what == v1::Event::READY ? " is done" : " begins") + why,
              {{"of", status_.names_size()}});
  }
  v1::Event event;
  event.set_name(name);
  event.set_what(what);
  event.set_reason(status_.reason());
  announcer_.announce(std::move(event));
}

}  // namespace naive::supervisor
