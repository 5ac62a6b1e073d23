#include "binance/websocket_client.h"

#include <curl/curl.h>

#include <array>
#include <optional>

#include "binance/websocket_frames.h"
#include "binance/websocket_handshake.h"
#include "runtime/check.h"

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
  std::array<char, 64 * 1024> input;
  std::unique_ptr<WebSocketFrames> frames;  // once upgraded
  std::optional<EventLoop::Interest> interest;
  runtime::Watch watch;
  std::string failure;  // why it is over; empty: it is not

  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { curl_easy_cleanup(easy); }

  void fail(std::string reason) {
    if (failure.empty()) failure = std::move(reason);
  }

  /// As WebSocketFrames::Events::write.
  std::ptrdiff_t write(std::string_view bytes) {
    size_t sent = 0;
    const CURLcode code = curl_easy_send(easy, bytes.data(), bytes.size(), &sent);
    if (code == CURLE_OK) return static_cast<std::ptrdiff_t>(sent);
    if (code == CURLE_AGAIN) return 0;
    fail(curl_easy_strerror(code));
    return -1;
  }
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
    if (connection_->frames) connection_->frames->mute();
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
  if (!is_open() || !connection_->frames->queue(text)) return false;
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
    take({connection_->input.data(), size});
    if (!connection_->failure.empty() || drop_requested_) return;
  }
  resume_.set_after({});
}

void WebSocketClient::take(std::string_view bytes) {
  if (connection_->state == Connection::State::kUpgrading) bytes = upgrade(bytes);
  if (bytes.empty() || connection_->state != Connection::State::kOpen) return;
  connection_->frames->receive(bytes);
  connection_->fail(connection_->frames->failure());
}

/// Returns what has come behind the server's answer: frames.
std::string_view WebSocketClient::upgrade(std::string_view bytes) {
  Connection& connection = *connection_;
  constexpr std::string_view kEnd = "\r\n\r\n";
  const auto before = connection.head.size();
  connection.head.append(bytes);
  const auto end = connection.head.find(kEnd);
  if (end == std::string::npos) {
    if (connection.head.size() > kMaxHeadBytes) connection.fail("the server's answer has no end");
    return {};
  }
  connection.head.resize(end + kEnd.size());
  if (const auto checked = check_upgrade_response(connection.head, connection.key); !checked) {
    connection.fail(checked.error());
    return {};
  }
  open();
  return bytes.substr(connection.head.size() - before);
}

void WebSocketClient::open() {
  connection_->frames = std::make_unique<WebSocketFrames>(WebSocketFrames::Events{
      .message = [this](std::string_view text) { events_.message(text); },
      .write = [this](std::string_view bytes) { return connection_->write(bytes); }});
  connection_->state = Connection::State::kOpen;
  deadline_.cancel();
  events_.opened();
}

void WebSocketClient::flush() {
  std::string& request = connection_->request;
  while (!request.empty() && connection_->state == Connection::State::kUpgrading) {
    const auto written = connection_->write(request);
    if (written <= 0) break;
    request.erase(0, static_cast<std::size_t>(written));
  }
  if (connection_->frames) {
    connection_->frames->flush();
    connection_->fail(connection_->frames->failure());
  }
  watch_socket();
}

void WebSocketClient::watch_socket() {
  Connection& connection = *connection_;
  if (connection.state == Connection::State::kConnecting) return;
  const bool writing =
      !connection.request.empty() || (connection.frames && connection.frames->wants_write());
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
