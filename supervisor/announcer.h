#pragma once

#include <naive/v1/events.pb.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "runtime/bus.h"
#include "supervisor/node.h"

namespace naive::supervisor {

/// Tells the world what happens: a log line for people, a numbered Event on the `events` socket for
/// programs.
class Announcer {
 public:
  Announcer(runtime::Bus& bus, const std::filesystem::path& socket);

  /// Number of the last event. Numbers go on from there in the next image of this process.
  std::uint64_t last() const { return sequence_; }
  void resume(std::uint64_t last) { sequence_ = last; }

  void announce(const Transition& transition);
  /// A leader's word about one of its traders, numbered like ours; the leader has logged it.
  void announce(const std::string& leader, v1::Event event);
  /// The leader died and its traders with it, which it cannot tell any more.
  void announce_deaths_below(const std::string& leader);
  /// Of something that is no process.
  void announce(v1::Event event);
  /// A trader that was announced by an earlier image of this process.
  void remember(const std::string& leader, const v1::Event& trader) {
    alive_[leader][trader.name()] = trader;
  }

 private:
  using Events = std::map<std::string, v1::Event>;

  runtime::Socket socket_;
  std::uint64_t sequence_ = 0;
  std::map<std::string, Events>
      alive_;  // by leader: the last word about each trader that was not of its end
};

/// The line about a transition, without the tail of fields: "gateway died - reason killed by
/// SIGKILL".
std::string sentence(const Transition& transition);

}  // namespace naive::supervisor
