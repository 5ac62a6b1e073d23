#pragma once

#include <naive/v1/control.pb.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "supervisor/tree.h"

namespace naive::supervisor {

/// What leaders last said about their traders, so that nobody who asks has to wait for a leader.
class TraderBoard {
 public:
  /// Supersedes all that this leader said before.
  void update(const std::string& leader, const v1::SymbolStatus& status);
  /// The leader died, and its traders with it.
  void leader_died(const std::string& leader);
  void forget(const std::string& leader);

  /// nullptr: it has not said anything.
  const v1::SymbolStatus* find(std::string_view leader) const;
  /// This leader's process has spoken, and none of its traders is on its way up or down.
  bool are_settled(std::string_view leader) const;

  const std::map<std::string, v1::SymbolStatus, std::less<>>& all() const { return by_leader_; }

  /// A trader's place: "trader BTCUSDT/0", or a standby's: "trader BTCUSDT/standby-0".
  struct Slot {
    std::string leader;
    std::uint32_t slot;
    bool standby;
  };
  std::optional<Slot> find_trader(std::string_view name) const;
  std::optional<Slot> find_trader(pid_t pid) const;

 private:
  using Matches = std::function<bool(const v1::SymbolStatus&, const v1::TraderStatus&)>;

  std::optional<Slot> find_if(const Matches& matches) const;

  std::map<std::string, v1::SymbolStatus, std::less<>> by_leader_;
  std::set<std::string, std::less<>> outdated_;  // leaders whose process has not spoken yet
};

v1::SystemStatus system_status(const Tree& tree, const TraderBoard& traders);
/// In start order; each leader is followed by its traders.
v1::Children which_children(const Tree& tree, const TraderBoard& traders);
/// "3 of 3 services and 1 of 2 symbols run"
std::string summary(const Tree& tree);
v1::Counts count_children(const Tree& tree, const TraderBoard& traders);

}  // namespace naive::supervisor
