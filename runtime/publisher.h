#pragma once

#include <cstddef>
#include <deque>
#include <filesystem>
#include <functional>
#include <string_view>

#include "runtime/bus.h"
#include "runtime/event_loop.h"

namespace naive::runtime {

/// Publishes to the subscribers of many keys on several XPUB sockets, the parts, of which each has its share of the keys.
/// ZeroMQ walks through all that is subscribed to on a socket whenever a subscriber dies; on one alone that takes one or two
/// milliseconds with a thousand subscribers, in the middle of a restart.
class Publisher {
 public:
  static constexpr std::size_t kParts = 8;
  /// Is told which part has news of its subscribers, to drain them and to answer there.
  using Readable = std::function<void(Socket& part)>;

  Publisher(Bus& bus, EventLoop& loop, const Readable& readable);

  /// `path`-0, `path`-1 and so on. Throws StartError.
  void bind(const std::filesystem::path& path);
  /// To the subscribers on the part of `key`. What does not fit into a subscriber's queue is dropped.
  void send(std::string_view key, std::string_view topic, std::string_view message);

 private:
  struct Part {
    Socket socket;
    Watch watch;
  };
  std::deque<Part> parts_;  // the loop knows where they are
};

/// To which socket the subscribers of `key` connect, of a publisher bound to `path`. The same in every version, for they
/// may be of different ones during an upgrade.
std::filesystem::path part_of(const std::filesystem::path& path, std::string_view key);

}  // namespace naive::runtime
