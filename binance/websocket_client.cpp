#include "binance/websocket_client.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/rand.h>
#include <wslay/wslay.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "binance/market_stream.h"
#include "binance/websocket_handshake.h"
#include "runtime/program.h"

namespace naive::binance {
namespace {

using runtime::EventLoop;

constexpr std::size_t kMaxHeadBytes = 16 * 1024;
constexpr int kReadsPerTurn = 16;

/// What an upgrade request needs of a URL.
struct Target {
  std::string host;  // with the port, unless it is the scheme's own
  std::string path;  // with the query
};

std::string url_part(CURLU* url, CURLUPart part) {
  char* value = nullptr;
  curl_url_get(url, part, &value, 0);
  std::string text = value != nullptr ? value : "";
  curl_free(value);
  return text;
}

Target target_of(const std::string& http_url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url{curl_url(), &curl_url_cleanup};
  curl_url_set(url.get(), CURLUPART_URL, http_url.c_str(), 0);
  Target target{.host = url_part(url.get(), CURLUPART_HOST),
                .path = url_part(url.get(), CURLUPART_PATH)};
  const auto port = url_part(url.get(), CURLUPART_PORT);
  const auto query = url_part(url.get(), CURLUPART_QUERY);
  if (!port.empty()) target.host += ':' + port;
  if (!query.empty()) target.path += '?' + query;
  return target;
}

/// libcurl 7.88 of Debian 12 knows neither ws nor wss; they are http and https until the upgrade.
std::string as_http(const std::string& url) { return "http" + url.substr(2); }

}  // namespace

struct WebSocketClient::Connection {
  enum class State { kConnecting, kUpgrading, kOpen };

  State state = State::kConnecting;
  CURL* easy = curl_easy_init();
  std::array<char, CURL_ERROR_SIZE> error{};
  std::string key = make_websocket_key();
  std::string request;  // what is left to send of the upgrade request
  std::string head;     // what has come of its answer
  wslay_event_context_ptr frames = nullptr;
  std::string text;  // of the message that is coming in
  bool in_control_frame = false;
  std::array<char, 64 * 1024> input;
  std::size_t input_begin = 0;
  std::size_t input_end = 0;
  std::optional<EventLoop::Interest> interest;
  runtime::Watch watch;
  std::string failure;  // why it is over; empty: it is not

  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    if (frames != nullptr) wslay_event_context_free(frames);
    curl_easy_cleanup(easy);
  }

  void fail(std::string reason) {
    if (failure.empty()) failure = std::move(reason);
  }
};

/// wslay's view of the connection. Messages are put together here and not in wslay, so that the
/// padding that the JSON parser needs is there without a copy.
struct WebSocketClient::FrameCallbacks {
  static ssize_t receive(wslay_event_context_ptr frames, uint8_t* to, size_t size, int,
                         void* self) {
    Connection& connection = *static_cast<WebSocketClient*>(self)->connection_;
    const size_t length = std::min(size, connection.input_end - connection.input_begin);
    if (length == 0) {
      wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
      return -1;
    }
    std::memcpy(to, connection.input.data() + connection.input_begin, length);
    connection.input_begin += length;
    return static_cast<ssize_t>(length);
  }

  static ssize_t send(wslay_event_context_ptr frames, const uint8_t* data, size_t size, int,
                      void* self) {
    Connection& connection = *static_cast<WebSocketClient*>(self)->connection_;
    size_t sent = 0;
    const CURLcode code = curl_easy_send(connection.easy, data, size, &sent);
    if (code == CURLE_OK) return static_cast<ssize_t>(sent);
    wslay_event_set_error(frames,
                          code == CURLE_AGAIN ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
  }

  static int make_mask(wslay_event_context_ptr, uint8_t* to, size_t size, void*) {
    return RAND_bytes(to, static_cast<int>(size)) == 1 ? 0 : -1;
  }

  static void begin_frame(wslay_event_context_ptr, const wslay_event_on_frame_recv_start_arg* frame,
                          void* self) {
    Connection& connection = *static_cast<WebSocketClient*>(self)->connection_;
    connection.in_control_frame = wslay_is_ctrl_frame(frame->opcode);
    const bool first = frame->opcode != WSLAY_CONTINUATION_FRAME;
    if (first && !connection.in_control_frame) connection.text.clear();
  }

  static void add_chunk(wslay_event_context_ptr, const wslay_event_on_frame_recv_chunk_arg* chunk,
                        void* self) {
    Connection& connection = *static_cast<WebSocketClient*>(self)->connection_;
    if (connection.in_control_frame || !connection.failure.empty()) return;
    if (connection.text.size() + chunk->data_length > kMaxMessageBytes) {
      connection.fail("the server sent a message that is too large");
      return;
    }
    connection.text.append(reinterpret_cast<const char*>(chunk->data), chunk->data_length);
  }

  static void end_message(wslay_event_context_ptr, const wslay_event_on_msg_recv_arg* message,
                          void* self) {
    auto& client = *static_cast<WebSocketClient*>(self);
    Connection& connection = *client.connection_;
    if (message->opcode == WSLAY_CONNECTION_CLOSE) {
      connection.fail(fmt::format("the server closed with code {}", message->status_code));
    }
    if (message->opcode != WSLAY_TEXT_FRAME || !connection.failure.empty()) return;
    if (client.drop_requested_) return;
    connection.text.reserve(connection.text.size() + kTextPadding);
    client.events_.message(connection.text);
  }

  static constexpr wslay_event_callbacks kTable{.recv_callback = &receive,
                                                .send_callback = &send,
                                                .genmask_callback = &make_mask,
                                                .on_frame_recv_start_callback = &begin_frame,
                                                .on_frame_recv_chunk_callback = &add_chunk,
                                                .on_frame_recv_end_callback = nullptr,
                                                .on_msg_recv_callback = &end_message};
};

WebSocketClient::WebSocketClient(EventLoop& loop, std::string url, Events events)
    : loop_(loop),
      url_(std::move(url)),
      events_(std::move(events)),
      multi_(loop),
      deadline_(loop,
                [this] {
                  connection_->fail("no connection within five seconds");
                  settle();
                }),
      resume_(loop, [this] { ready(); }) {}

WebSocketClient::~WebSocketClient() {
  NAIVE_CHECK(!busy_);
  drop();
}

void WebSocketClient::connect() {
  NAIVE_CHECK(!busy_);
  drop();
  connection_ = std::make_unique<Connection>();
  NAIVE_CHECK(connection_->easy != nullptr);
  const auto http_url = as_http(url_);
  const auto target = target_of(http_url);
  connection_->request = upgrade_request(target.host, target.path, connection_->key);
  set_common_options(connection_->easy, http_url, kConnectLimit, connection_->error.data());
  curl_easy_setopt(connection_->easy, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(connection_->easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
  last_heard_ = loop_.now();
  deadline_.set_after(kConnectLimit);
  multi_.add(connection_->easy, [this](int code) { connected(code); });
}

void WebSocketClient::drop() {
  if (!connection_) return;
  if (busy_) {
    drop_requested_ = true;
    return;
  }
  deadline_.cancel();
  resume_.cancel();
  connection_->watch = {};  // before its descriptor is closed
  multi_.remove(connection_->easy);
  connection_.reset();
  drop_requested_ = false;
}

bool WebSocketClient::is_open() const {
  return connection_ && connection_->state == Connection::State::kOpen && !drop_requested_;
}

bool WebSocketClient::send(std::string_view text) {
  if (!is_open()) return false;
  if (wslay_event_get_queued_msg_count(connection_->frames) >= kMaxQueuedMessages) return false;
  const wslay_event_msg message{.opcode = WSLAY_TEXT_FRAME,
                                .msg = reinterpret_cast<const uint8_t*>(text.data()),
                                .msg_length = text.size()};
  if (wslay_event_queue_msg(connection_->frames, &message) != 0) return false;
  if (busy_) return true;  // ready() flushes
  flush();
  if (!connection_->failure.empty()) resume_.set_after({});  // told from the loop, not from here
  return true;
}

void WebSocketClient::connected(int curl_code) {
  if (curl_code != CURLE_OK) {
    const bool told = connection_->error[0] != '\0';
    connection_->fail(told ? connection_->error.data()
                           : curl_easy_strerror(static_cast<CURLcode>(curl_code)));
    settle();
    return;
  }
  connection_->state = Connection::State::kUpgrading;
  flush();
  settle();
}

void WebSocketClient::ready() {
  busy_ = true;
  if (connection_->failure.empty()) read_some();
  if (!drop_requested_) flush();
  busy_ = false;
  settle();
}

/// TLS may hold decrypted bytes that no descriptor tells of, so this reads until there is no more,
/// or goes on next turn.
void WebSocketClient::read_some() {
  for (int i = 0; i < kReadsPerTurn; ++i) {
    size_t size = 0;
    const CURLcode code = curl_easy_recv(connection_->easy, connection_->input.data(),
                                         connection_->input.size(), &size);
    if (code == CURLE_AGAIN) return;
    if (code != CURLE_OK) return connection_->fail(curl_easy_strerror(code));
    if (size == 0) return connection_->fail("the server closed the connection");
    last_heard_ = loop_.now();
    take(size);
    if (!connection_->failure.empty() || drop_requested_) return;
  }
  resume_.set_after({});
}

void WebSocketClient::take(std::size_t size) {
  connection_->input_begin = 0;
  connection_->input_end = size;
  if (connection_->state == Connection::State::kUpgrading) upgrade();
  if (connection_->state == Connection::State::kOpen) read_frames();
}

void WebSocketClient::upgrade() {
  Connection& connection = *connection_;
  constexpr std::string_view kEnd = "\r\n\r\n";
  const auto before = connection.head.size();
  connection.head.append(connection.input.data(), connection.input_end);
  const auto end = connection.head.find(kEnd);
  if (end == std::string::npos) {
    if (connection.head.size() > kMaxHeadBytes) connection.fail("the server's answer has no end");
    return;
  }
  connection.input_begin = end + kEnd.size() - before;  // frames may have come with the answer
  connection.head.resize(end + kEnd.size());
  if (const auto checked = check_upgrade_response(connection.head, connection.key); !checked) {
    return connection.fail(checked.error());
  }
  NAIVE_CHECK(wslay_event_context_client_init(&connection.frames, &FrameCallbacks::kTable, this) ==
              0);
  wslay_event_config_set_no_buffering(connection.frames, 1);
  wslay_event_config_set_max_recv_msg_length(connection.frames, kMaxMessageBytes);
  connection.state = Connection::State::kOpen;
  deadline_.cancel();
  events_.opened();
}

void WebSocketClient::read_frames() {
  if (wslay_event_recv(connection_->frames) != 0 ||
      !wslay_event_get_read_enabled(connection_->frames)) {
    connection_->fail("the server broke the WebSocket protocol");
  }
}

void WebSocketClient::flush() {
  if (connection_->state == Connection::State::kUpgrading) flush_request();
  if (connection_->state == Connection::State::kOpen) flush_frames();
  watch_socket();
}

void WebSocketClient::flush_request() {
  std::string& request = connection_->request;
  while (!request.empty()) {
    size_t sent = 0;
    const CURLcode code = curl_easy_send(connection_->easy, request.data(), request.size(), &sent);
    if (code == CURLE_AGAIN) return;
    if (code != CURLE_OK) return connection_->fail(curl_easy_strerror(code));
    request.erase(0, sent);
  }
}

void WebSocketClient::flush_frames() {
  if (wslay_event_send(connection_->frames) != 0) connection_->fail("the connection broke");
}

void WebSocketClient::watch_socket() {
  Connection& connection = *connection_;
  if (connection.state == Connection::State::kConnecting) return;
  const bool writing = !connection.request.empty() ||
                       (connection.frames != nullptr && wslay_event_want_write(connection.frames));
  const auto interest = writing ? EventLoop::kReadWrite : EventLoop::kRead;
  if (connection.interest == interest) return;
  curl_socket_t fd = CURL_SOCKET_BAD;
  curl_easy_getinfo(connection.easy, CURLINFO_ACTIVESOCKET, &fd);
  if (fd == CURL_SOCKET_BAD) return connection.fail("the connection is gone");
  connection.interest = interest;
  connection.watch = runtime::Watch{loop_, fd, EventLoop::Order::kMessages, interest,
                                    [this](EventLoop::Interest) { ready(); }};
}

/// The only place where a connection ends by itself: outside of all of its callbacks.
void WebSocketClient::settle() {
  if (drop_requested_) return drop();
  if (connection_->failure.empty()) return;
  const std::string reason = std::move(connection_->failure);
  drop();
  events_.closed(reason);
}

}  // namespace naive::binance
