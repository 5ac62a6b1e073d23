#pragma once

#include <naive/v1/control.pb.h>

#include <chrono>
#include <expected>
#include <filesystem>
#include <functional>
#include <string>

#include "runtime/bus.h"

namespace naive::supervisor {

/// Whom to answer, and how: in the form in which was asked.
struct Client {
  std::string identity;
  bool delimited = false;  // asked by a REQ socket: an empty frame in front
  bool json = false;
};

/// The request in a payload, or what is wrong with it.
std::expected<v1::ControlRequest, std::string> parse_request(const std::string& payload);

/// The `control` socket: takes requests in either framing and either form, and answers garbage
/// itself.
class ControlSocket {
 public:
  /// How long the last answers may hold up our end.
  static constexpr std::chrono::milliseconds kLinger{200};

  ControlSocket(runtime::Bus& bus, const std::filesystem::path& socket);

  using Receive = std::function<void(const Client& client, const v1::ControlRequest& request)>;
  void drain(const Receive& receive);
  void reply(const Client& client, const v1::ControlReply& reply);
  runtime::Socket& socket() noexcept { return socket_; }

 private:
  runtime::Socket socket_;
  runtime::Frames frames_;
};

/// A reply that says no.
v1::ControlReply error_reply(const std::string& code, const std::string& message, int pid = 0);

}  // namespace naive::supervisor
