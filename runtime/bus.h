#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace zmq {
class context_t;
class socket_t;
}  // namespace zmq

namespace naive::runtime {

using Frames = std::vector<std::string>;

/// ZeroMQ's context: one a process, made after the signals are blocked and destroyed after the last socket.
class Bus {
 public:
  Bus();
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;
  ~Bus();

 private:
  friend class Socket;
  std::unique_ptr<zmq::context_t> context_;
};

/// A ZeroMQ socket with this system's habits: never blocks, does not linger, reconnects within 1 to 32 ms, has a
/// bounded queue. A message that is sent is not one that arrived, not even when its sender dies right after.
class Socket {
 public:
  enum class Kind { kDealer, kRouter, kPub, kSub, kXPub };
  /// Messages queued per peer before sends fail (DEALER, ROUTER), or are dropped (PUB).
  static constexpr int kQueueLimit = 10'000;
  /// Larger frames make the peer lose its connection.
  static constexpr std::int64_t kMaxFrameBytes = 4 * 1024 * 1024;

  /// `linger`: how long closing may take at most, to hand what is queued to peers that listen.
  Socket(Bus& bus, Kind kind, std::chrono::milliseconds linger = {});
  Socket(Socket&&) noexcept;
  Socket& operator=(Socket&&) noexcept;
  ~Socket();

  /// The name by which a ROUTER knows this DEALER. Before connect().
  void set_identity(std::string_view identity);
  /// Binds ipc://`path`, replacing a stale socket file. Throws std::runtime_error that names the path.
  void bind(const std::filesystem::path& path);
  /// Never fails for want of a peer: it is connected to when it comes.
  void connect(const std::filesystem::path& path);
  /// SUB: everything that begins with `prefix`; topics end in a delimiter, so that BTC does not get BTCUSDT's.
  void subscribe(std::string_view prefix);

  /// False when the queue is full or, for a ROUTER, the peer is gone.
  bool send(std::span<const std::string_view> frames);
  bool send(std::initializer_list<std::string_view> frames) {
    return send(std::span{frames.begin(), frames.size()});
  }
  /// The next whole message into `frames`; false when there is none.
  bool receive(Frames& frames);

  void* handle() noexcept;
  /// ZMQ_FD, for foreign loops. Edge-triggered: on every wake-up, and after every send, drain with receive().
  int fd() const;

 private:
  std::unique_ptr<zmq::socket_t> socket_;
};

}  // namespace naive::runtime
