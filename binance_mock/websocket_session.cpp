#include "binance_mock/websocket_session.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <string>

namespace naive::binance_mock {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPingInterval{20};
constexpr std::chrono::seconds kPongLimit{60};
constexpr std::size_t kMaxMessageBytes = 256 * 1024;

std::string milliseconds_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::to_string(std::chrono::floor<std::chrono::milliseconds>(now).count());
}

}  // namespace

/// Shared by the coroutines that read, write and ping: the last of them to end destroys it.
class WebSocketSession final : public Peer, public std::enable_shared_from_this<WebSocketSession> {
 public:
  WebSocketSession(beast::tcp_stream stream, WebSocketSessions sessions)
      : socket_(std::move(stream)),
        sessions_(std::move(sessions)),
        something_to_write_(socket_.get_executor()),
        next_ping_(socket_.get_executor()) {
    sessions_->insert(this);
  }
  ~WebSocketSession() override { sessions_->erase(this); }

  asio::awaitable<void> run(http::request<http::string_body> request, Service& service);

  void send(Text text) override;
  void close(CloseCode code, std::string_view reason) override;

 private:
  asio::awaitable<void> read();
  asio::awaitable<void> write([[maybe_unused]] std::shared_ptr<WebSocketSession> keeps_alive);
  asio::awaitable<void> ping([[maybe_unused]] std::shared_ptr<WebSocketSession> keeps_alive);
  void count_frame();
  void end();

  websocket::stream<beast::tcp_stream> socket_;
  WebSocketSessions sessions_;
  std::unique_ptr<SocketProtocol> protocol_;

  asio::steady_timer something_to_write_;  // never expires; cancelled when there is
  asio::steady_timer next_ping_;
  std::deque<Text> queue_;
  std::size_t queued_bytes_ = 0;
  websocket::close_reason close_reason_;
  std::deque<Clock::time_point> frames_;  // of the last second
  std::string last_ping_;
  Clock::time_point last_pong_ = Clock::now();
  bool closing_ = false;
  bool ended_ = false;
};

asio::awaitable<void> WebSocketSession::run(http::request<http::string_body> request,
                                            Service& service) {
  const std::string target{request.target().data(), request.target().size()};
  const auto question = target.find('?');
  protocol_ = service.open(target.substr(0, question),
                           question == std::string::npos ? "" : target.substr(question + 1), *this);
  beast::error_code error;
  if (!protocol_) {
    http::response<http::string_body> refusal{http::status::not_found, request.version()};
    refusal.keep_alive(false);
    refusal.prepare_payload();
    co_await http::async_write(socket_.next_layer(), refusal,
                               asio::redirect_error(asio::use_awaitable, error));
    co_return;
  }
  // The exchange's own rules about pings hold, not Beast's; only a handshake may not take for ever.
  websocket::stream_base::timeout timeout{};
  timeout.handshake_timeout = std::chrono::seconds{10};
  timeout.idle_timeout = websocket::stream_base::none();
  timeout.keep_alive_pings = false;
  socket_.set_option(timeout);
  socket_.read_message_max(kMaxMessageBytes);
  socket_.control_callback([this](websocket::frame_type kind, beast::string_view payload) {
    // A pong that nobody asked for keeps nothing alive.
    const bool answers = kind == websocket::frame_type::pong && payload == last_ping_;
    if (answers) last_pong_ = Clock::now();
    count_frame();
  });
  co_await socket_.async_accept(request, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return;

  asio::co_spawn(socket_.get_executor(), write(shared_from_this()), rethrow);
  asio::co_spawn(socket_.get_executor(), ping(shared_from_this()), rethrow);
  co_await read();
  end();
  // Not in end(), which may be called from inside of the protocol or while an event goes from one
  // to the next.
  protocol_.reset();
}

asio::awaitable<void> WebSocketSession::read() {
  beast::flat_buffer buffer;
  while (!ended_) {
    beast::error_code error;
    co_await socket_.async_read(buffer, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    count_frame();
    if (!closing_) {
      const auto data = buffer.cdata();
      protocol_->received({static_cast<const char*>(data.data()), data.size()});
    }
    buffer.consume(buffer.size());
  }
}

asio::awaitable<void> WebSocketSession::write(
    [[maybe_unused]] std::shared_ptr<WebSocketSession> keeps_alive) {
  beast::error_code error;
  while (!ended_) {
    if (queue_.empty() && closing_) {
      co_await socket_.async_close(close_reason_, asio::redirect_error(asio::use_awaitable, error));
      break;
    }
    if (queue_.empty()) {
      something_to_write_.expires_at(asio::steady_timer::time_point::max());
      co_await something_to_write_.async_wait(asio::redirect_error(asio::use_awaitable, error));
      continue;
    }
    const Text text = std::move(queue_.front());
    queue_.pop_front();
    queued_bytes_ -= text->size();
    socket_.text(true);
    co_await socket_.async_write(asio::buffer(*text),
                                 asio::redirect_error(asio::use_awaitable, error));
    if (error) break;
  }
  end();
}

asio::awaitable<void> WebSocketSession::ping(
    [[maybe_unused]] std::shared_ptr<WebSocketSession> keeps_alive) {
  beast::error_code error;
  for (;;) {
    next_ping_.expires_after(kPingInterval);
    co_await next_ping_.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (ended_ || Clock::now() - last_pong_ > kPongLimit) break;
    last_ping_ = milliseconds_now();
    co_await socket_.async_ping(websocket::ping_data{last_ping_.data(), last_ping_.size()},
                                asio::redirect_error(asio::use_awaitable, error));
    if (error) break;
  }
  end();
}

void WebSocketSession::send(Text text) {
  if (ended_ || closing_) return;
  queued_bytes_ += text->size();
  queue_.push_back(std::move(text));
  if (queued_bytes_ > kMaxQueuedBytes) {
    // It does not read; a close frame would only wait behind the rest.
    queue_.clear();
    queued_bytes_ = 0;
    return end();
  }
  something_to_write_.cancel();
}

void WebSocketSession::close(CloseCode code, std::string_view reason) {
  if (closing_ || ended_) return;
  closing_ = true;
  close_reason_ = websocket::close_reason{static_cast<websocket::close_code>(code),
                                          beast::string_view{reason.data(), reason.size()}};
  something_to_write_.cancel();
}

/// A strict rolling second: the sixth frame within one closes the connection.
void WebSocketSession::count_frame() {
  const std::size_t limit = protocol_->frames_per_second();
  if (limit == 0) return;
  const auto now = Clock::now();
  frames_.push_back(now);
  while (now - frames_.front() > std::chrono::seconds{1}) frames_.pop_front();
  if (frames_.size() > limit) close(CloseCode::kPolicyViolation, "Too many requests");
}

void WebSocketSession::end() {
  if (ended_) return;
  ended_ = true;
  beast::error_code error;
  beast::get_lowest_layer(socket_).socket().close(error);
  something_to_write_.cancel();
  next_ping_.cancel();
}

asio::awaitable<void> serve_websocket(beast::tcp_stream stream,
                                      http::request<http::string_body> request, Service& service,
                                      WebSocketSessions sessions) {
  const auto session = std::make_shared<WebSocketSession>(std::move(stream), std::move(sessions));
  co_await session->run(std::move(request), service);
}

void close_all(const WebSocketSessions& sessions) {
  for (WebSocketSession* session : *sessions) {
    session->close(CloseCode::kGoingAway, "Server shutdown");
  }
}

}  // namespace naive::binance_mock
