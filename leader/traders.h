#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "leader/reserve.h"
#include "runtime/child_options.h"
#include "runtime/link.h"
#include "runtime/process.h"

namespace naive::leader {

/// What a trader process is there for: a slot, or to stand by. With its incarnation it is never anybody else's.
struct Place {
  enum class Kind { kSlot, kStandby };
  Kind kind;
  std::uint32_t number;
  std::uint32_t incarnation;

  friend bool operator==(const Place&, const Place&) = default;
};

inline Place place_of(const Reserve::Member& member) {
  return {Place::Kind::kStandby, member.number, member.incarnation};
}
/// Of a standby's place.
inline Reserve::Member member_at(const Place& place) { return {place.number, place.incarnation}; }

std::string trader_name(std::string_view symbol, const Place& place);

/// The trader processes of one symbol and the link to them.
class Traders {
 public:
  Traders(runtime::Bus& bus, const runtime::ChildOptions& leader, const std::string& symbol);

  struct Process {
    Place place;
    std::string identity;  // on the link: it keeps the one that it was started with
    std::int64_t started;  // microseconds since the Unix epoch
    runtime::Child child;
  };

  /// Why it cannot be started, if it cannot.
  std::optional<std::string> start(const Place& place);
  /// The standby has a slot now.
  void move(const Place& standby, const Place& slot);
  /// It has been reaped, and its death dealt with.
  void forget(const Place& place);

  const Process* find(const Place& place) const;
  const Process* find(std::string_view identity) const;
  const Process* find(pid_t pid) const;
  /// 0: none.
  pid_t pid_of(const Place& place) const;

  /// It has died, and may not have been reaped yet.
  bool has_ended(const Place& place) const;
  /// False when there is no such process.
  bool signal(const Place& place, int number);
  /// One that is gone does not need it any more: its successor will ask.
  void send(const Place& place, std::string_view message);
  void answer(const std::string& identity, std::string_view message);
  void drain(const runtime::ChildrenLink::Receive& receive) { link_.drain(receive); }
  runtime::Socket& socket() noexcept { return link_.socket(); }

 private:
  const runtime::ChildOptions& leader_;
  std::string symbol_;
  std::filesystem::path executable_;
  runtime::ChildrenLink link_;
  std::map<pid_t, Process> processes_;
};

}  // namespace naive::leader
