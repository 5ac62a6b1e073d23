#include "runtime/bus.h"

#include <fmt/format.h>

#include <system_error>
#include <zmq.hpp>

#include "runtime/program.h"

namespace naive::runtime {
namespace {

zmq::socket_type zmq_type(Socket::Kind kind) {
  switch (kind) {
    case Socket::Kind::kDealer:
      return zmq::socket_type::dealer;
    case Socket::Kind::kRouter:
      return zmq::socket_type::router;
    case Socket::Kind::kPub:
      return zmq::socket_type::pub;
    case Socket::Kind::kSub:
      return zmq::socket_type::sub;
    case Socket::Kind::kXPub:
      return zmq::socket_type::xpub;
  }
  return zmq::socket_type::dealer;
}

std::string endpoint(const std::filesystem::path& path) { return "ipc://" + path.string(); }

bool receive_frame(zmq::socket_t& socket, zmq::message_t& frame) {
  for (;;) {
    try {
      return socket.recv(frame, zmq::recv_flags::dontwait).has_value();
    } catch (const zmq::error_t& error) {
      if (error.num() != EINTR) throw;
    }
  }
}

}  // namespace

Bus::Bus() : context_(std::make_unique<zmq::context_t>(1)) {}
Bus::~Bus() = default;

Socket::Socket(Bus& bus, Kind kind, std::chrono::milliseconds linger)
    : socket_(std::make_unique<zmq::socket_t>(*bus.context_, zmq_type(kind))) {
  socket_->set(zmq::sockopt::linger, static_cast<int>(linger.count()));
  socket_->set(zmq::sockopt::sndhwm, kQueueLimit);
  socket_->set(zmq::sockopt::rcvhwm, kQueueLimit);
  socket_->set(zmq::sockopt::maxmsgsize, kMaxFrameBytes);
  // The default of 100 ms and up would be most of the time that a restarted peer is missed; and a peer that is away
  // for long is not to be looked for a thousand times a second.
  socket_->set(zmq::sockopt::reconnect_ivl, 1);
  socket_->set(zmq::sockopt::reconnect_ivl_max, 32);
  if (kind == Kind::kRouter) {
    socket_->set(zmq::sockopt::router_mandatory, true);
    socket_->set(zmq::sockopt::router_handover, true);
  }
  // Every subscription is passed up, repeated ones too: each new subscriber gets its welcome.
  if (kind == Kind::kXPub) socket_->set(zmq::sockopt::xpub_verbose, true);
}

Socket::Socket(Socket&&) noexcept = default;
Socket& Socket::operator=(Socket&&) noexcept = default;
Socket::~Socket() = default;

void Socket::set_identity(std::string_view identity) {
  socket_->set(zmq::sockopt::routing_id, identity);
}

void Socket::bind(const std::filesystem::path& path) {
  try {
    socket_->bind(endpoint(path));  // libzmq unlinks a stale file itself
  } catch (const zmq::error_t& error) {
    throw StartError(kExitCannotCreate,
                     fmt::format("cannot make the socket '{}': {} (a socket's path may have 107 "
                                 "characters at most; choose another place with --run-dir)",
                                 path.string(), error.what()));
  }
}

void Socket::connect(const std::filesystem::path& path) { socket_->connect(endpoint(path)); }

void Socket::subscribe(std::string_view prefix) { socket_->set(zmq::sockopt::subscribe, prefix); }

bool Socket::send(std::span<const std::string_view> frames) {
  try {
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const auto more = i + 1 < frames.size() ? zmq::send_flags::sndmore : zmq::send_flags::none;
      // Within a multi-part message only the first frame can be refused.
      if (!socket_->send(zmq::buffer(frames[i]), more | zmq::send_flags::dontwait)) return false;
    }
    return true;
  } catch (const zmq::error_t& error) {
    if (error.num() == EHOSTUNREACH || error.num() == EINTR) return false;
    throw;
  }
}

bool Socket::receive(Frames& frames) {
  frames.clear();
  zmq::message_t frame;
  do {
    if (!receive_frame(*socket_, frame)) return false;
    frames.emplace_back(frame.data<char>(), frame.size());
  } while (frame.more());
  return true;
}

void* Socket::handle() noexcept { return socket_->handle(); }

int Socket::fd() const { return static_cast<int>(socket_->get(zmq::sockopt::fd)); }

}  // namespace naive::runtime
