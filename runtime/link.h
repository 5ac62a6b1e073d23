#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/bus.h"
#include "runtime/event_loop.h"

namespace naive::runtime {

/// How often a child says that it lives when it has nothing else to say; its parent gives up after several of these.
inline constexpr std::chrono::milliseconds kHeartbeatInterval{1000};

/// Messages that one socket may bring in one turn of the loop.
inline constexpr int kDrainLimit = 256;

/// Who a child is on a link: its name and its incarnation, `trader BTCUSDT/0#3`. The incarnation is part of the ZeroMQ
/// identity, so what a dead one left in the pipes cannot be taken for its successor's, nor the other way round.
struct LinkAddress {
  std::string name;
  std::uint32_t incarnation = 0;

  std::string to_string() const;
  static std::optional<LinkAddress> parse(std::string_view identity);
};

/// The child's end of the link to its parent: a DEALER. Messages are opaque bytes here.
class ParentLink {
 public:
  using Receive = std::function<void(std::string_view message)>;

  ParentLink(Bus& bus, const std::filesystem::path& socket, const LinkAddress& self);

  bool send(std::string_view message);
  /// Receives what is there, at most kDrainLimit messages.
  void drain(const Receive& receive);
  Socket& socket() noexcept { return socket_; }

 private:
  Socket socket_;
  Frames frames_;
};

/// The parent's end: a ROUTER that its children connect to.
class ChildrenLink {
 public:
  using Receive = std::function<void(const std::string& identity, std::string_view message)>;

  ChildrenLink(Bus& bus, const std::filesystem::path& socket);

  /// False when that child is not there (any more).
  bool send(std::string_view identity, std::string_view message);
  void drain(const Receive& receive);
  Socket& socket() noexcept { return socket_; }

 private:
  Socket socket_;
  Frames frames_;
};

}  // namespace naive::runtime
