#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace naive::binance {

/// The client's side of RFC 6455 behind the handshake: bytes of a connection into messages, and back. Answers pings.
class WebSocketFrames {
 public:
  struct Events {
    /// A whole text message, with kTextPadding readable bytes behind it.
    std::function<void(std::string_view text)> message;
    /// Writes to the connection: how many bytes it took, 0 when it takes none now, -1 when it is broken.
    std::function<std::ptrdiff_t(std::string_view bytes)> write;
  };
  static constexpr std::size_t kMaxMessageBytes = 1024 * 1024;
  static constexpr std::size_t kMaxQueuedMessages = 64;  // to be sent

  explicit WebSocketFrames(Events events);
  ~WebSocketFrames();

  /// Bytes that have come. Messages are told from within; not after mute().
  void receive(std::string_view bytes);
  /// Nobody listens any more.
  void mute() { muted_ = true; }
  /// False when too much is queued already.
  bool queue(std::string_view text);
  /// Sends what is queued, as far as the connection takes it.
  void flush();
  bool wants_write() const;

  /// Why there is nothing more to come; empty: there is.
  const std::string& failure() const { return failure_; }

 private:
  struct Codec;
  struct Callbacks;

  void fail(std::string reason);

  Events events_;
  std::unique_ptr<Codec> codec_;
  std::string_view input_;  // what wslay has not taken yet
  std::string text_;        // of the message that is coming in
  bool in_control_frame_ = false;
  bool muted_ = false;
  std::string failure_;
};

}  // namespace naive::binance
