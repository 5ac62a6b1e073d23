#include "binance/websocket_frames.h"

#include <fmt/format.h>
#include <openssl/rand.h>
#include <wslay/wslay.h>

#include <algorithm>
#include <utility>

#include "binance/market_stream.h"
#include "runtime/check.h"

namespace naive::binance {

struct WebSocketFrames::Codec {
  wslay_event_context_ptr context = nullptr;
  ~Codec() { wslay_event_context_free(context); }
};

/// wslay's view of us. Messages are put together here and not in wslay, so that the padding that the JSON parser needs is
/// there without a copy.
struct WebSocketFrames::Callbacks {
  static ssize_t receive(wslay_event_context_ptr context, uint8_t* to, size_t size, int,
                         void* self) {
    auto& input = static_cast<WebSocketFrames*>(self)->input_;
    if (input.empty()) {
      wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
      return -1;
    }
    const size_t length = input.copy(reinterpret_cast<char*>(to), size);
    input.remove_prefix(length);
    return static_cast<ssize_t>(length);
  }

  static ssize_t send(wslay_event_context_ptr context, const uint8_t* data, size_t size, int,
                      void* self) {
    const auto& write = static_cast<WebSocketFrames*>(self)->events_.write;
    const auto written = write({reinterpret_cast<const char*>(data), size});
    if (written > 0) return written;
    wslay_event_set_error(context,
                          written == 0 ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
  }

  static int make_mask(wslay_event_context_ptr, uint8_t* to, size_t size, void*) {
    return RAND_bytes(to, static_cast<int>(size)) == 1 ? 0 : -1;
  }

  static void begin_frame(wslay_event_context_ptr, const wslay_event_on_frame_recv_start_arg* frame,
                          void* self) {
    auto& frames = *static_cast<WebSocketFrames*>(self);
    frames.in_control_frame_ = wslay_is_ctrl_frame(frame->opcode);
    const bool first = frame->opcode != WSLAY_CONTINUATION_FRAME;
    if (first && !frames.in_control_frame_) frames.text_.clear();
  }

  static void add_chunk(wslay_event_context_ptr, const wslay_event_on_frame_recv_chunk_arg* chunk,
                        void* self) {
    auto& frames = *static_cast<WebSocketFrames*>(self);
    if (frames.in_control_frame_ || !frames.failure_.empty()) return;
    if (frames.text_.size() + chunk->data_length > kMaxMessageBytes) {
      return frames.fail("the server sent a message that is too large");
    }
    frames.text_.append(reinterpret_cast<const char*>(chunk->data), chunk->data_length);
  }

  static void end_message(wslay_event_context_ptr, const wslay_event_on_msg_recv_arg* message,
                          void* self) {
    auto& frames = *static_cast<WebSocketFrames*>(self);
    if (message->opcode == WSLAY_CONNECTION_CLOSE) {
      frames.fail(fmt::format("the server closed with code {}", message->status_code));
    }
    const bool text = message->opcode == WSLAY_TEXT_FRAME;
    if (!text || frames.muted_ || !frames.failure_.empty()) return;
    frames.text_.reserve(frames.text_.size() + kTextPadding);
    frames.events_.message(frames.text_);
  }

  static constexpr wslay_event_callbacks kTable{.recv_callback = &receive,
                                                .send_callback = &send,
                                                .genmask_callback = &make_mask,
                                                .on_frame_recv_start_callback = &begin_frame,
                                                .on_frame_recv_chunk_callback = &add_chunk,
                                                .on_frame_recv_end_callback = nullptr,
                                                .on_msg_recv_callback = &end_message};
};

WebSocketFrames::WebSocketFrames(Events events)
    : events_(std::move(events)), codec_(std::make_unique<Codec>()) {
  NAIVE_CHECK(wslay_event_context_client_init(&codec_->context, &Callbacks::kTable, this) == 0);
  wslay_event_config_set_no_buffering(codec_->context, 1);
  wslay_event_config_set_max_recv_msg_length(codec_->context, kMaxMessageBytes);
}

WebSocketFrames::~WebSocketFrames() = default;

void WebSocketFrames::receive(std::string_view bytes) {
  input_ = bytes;
  if (wslay_event_recv(codec_->context) != 0 || !wslay_event_get_read_enabled(codec_->context)) {
    fail("the server broke the WebSocket protocol");
  }
  input_ = {};
}

bool WebSocketFrames::queue(std::string_view text) {
  if (wslay_event_get_queued_msg_count(codec_->context) >= kMaxQueuedMessages) return false;
  const wslay_event_msg message{.opcode = WSLAY_TEXT_FRAME,
                                .msg = reinterpret_cast<const uint8_t*>(text.data()),
                                .msg_length = text.size()};
  return wslay_event_queue_msg(codec_->context, &message) == 0;
}

void WebSocketFrames::flush() {
  if (wslay_event_send(codec_->context) != 0) fail("the connection broke");
}

bool WebSocketFrames::wants_write() const { return wslay_event_want_write(codec_->context) != 0; }

void WebSocketFrames::fail(std::string reason) {
  if (failure_.empty()) failure_ = std::move(reason);
}

}  // namespace naive::binance
