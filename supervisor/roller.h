#pragma once

#include <naive/v1/control.pb.h>

#include <optional>
#include <string>
#include <vector>

#include "supervisor/announcer.h"
#include "supervisor/rollout.h"
#include "supervisor/snapshot.h"
#include "supervisor/tree.h"

namespace naive::supervisor {

/// The rolling restart or upgrade that is under way, and what became of the last one: shows the
/// Rollout what tree and board know, lets the tree do what it wants, and tells the world.
class Roller {
 public:
  Roller(Tree& tree, const TraderBoard& traders, Announcer& announcer,
         std::chrono::milliseconds patience)
      : tree_(tree), traders_(traders), announcer_(announcer), patience_(patience) {}

  /// Prepared or under way.
  bool is_busy() const { return status_.state() == v1::Rollout::RUNNING; }
  /// `status`: what, from where to where and, of a rolling restart, which; nothing has been done of it. Not while busy.
  void prepare(v1::Rollout status);
  /// To be called before the image that goes on with it takes over: what has been started meanwhile is renewed, too.
  void list_places();
  /// What was prepared, be it by the image before this one. Of what is over already it only knows.
  void begin(const v1::Rollout& status);
  /// An upgrade that waits for its check, or a way back that waits for the image that can go it.
  bool is_prepared(v1::Rollout::Purpose purpose) const {
    return is_busy() && !rollout_ && status_.purpose() == purpose;
  }
  /// It ends here.
  void fail(const std::string& reason) { end(v1::Rollout::FAILED, reason); }
  /// The next step, if it is time for one. True: perform what the tree wants, and call again.
  bool go_on(TimePoint now);
  std::optional<TimePoint> next_deadline() const;

  /// Of the one that is under way or the last one; without a state before the first.
  const v1::Rollout& status() const { return status_; }

 private:
  std::optional<Rollout::Place> place(const std::string& name) const;
  void end(v1::Rollout::State state, const std::string& reason);
  void fail_on_the_way(const std::string& reason);
  void tell(v1::Event::What what);

  Tree& tree_;
  const TraderBoard& traders_;
  Announcer& announcer_;
  std::chrono::milliseconds patience_;
  std::optional<Rollout> rollout_;
  v1::Rollout status_;
};

/// "upgrade to /opt/naive-2"
std::string title(const v1::Rollout& rollout);

}  // namespace naive::supervisor
