#pragma once

#include <functional>
#include <optional>
#include <string>

#include "runtime/link.h"

namespace naive::v1 {
class ChildMessage;
class SupervisorMessage;
}  // namespace naive::v1

namespace naive::runtime {

struct ChildOptions;

/// A service's or a leader's end of the link to the supervisor: says hello, ready, failed and, from
/// time to time, that it lives. Silent when the process was started by hand. Needs no EventLoop, so
/// that a process with another loop can use it: watch socket() (or its fd()), call drain(), call
/// heartbeat() every kHeartbeatInterval. A supervisor that has become another image of itself and
/// asks who is there is told again by drain().
class SupervisorLink {
 public:
  /// Says hello.
  SupervisorLink(Bus& bus, const ChildOptions& options);

  /// `endpoint`: where the process can be reached from outside, if it can.
  void ready(const std::string& endpoint = "");
  /// Cannot start; exit afterwards, with 78 or, if it may pass, 75. `code` is a word of the
  /// control protocol. Waits up to a second until the supervisor has heard it, which is what nobody
  /// else in this system may do.
  /// True when it has, and so has told the user.
  bool failed(const std::string& code, const std::string& message);
  void heartbeat();
  /// Any other message; name and incarnation are filled in.
  void send(v1::ChildMessage message);

  /// Is given everything, Reintroduce too: for what the child itself has told before.
  using Receive = std::function<void(const v1::SupervisorMessage& message)>;
  void drain(const Receive& receive);
  Socket& socket() noexcept { return link_.socket(); }

 private:
  void hello();

  LinkAddress self_;
  std::optional<std::string> ready_endpoint_;  // once it is ready
  bool supervised_;
  ParentLink link_;
};

}  // namespace naive::runtime
