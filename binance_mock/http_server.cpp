#include "binance_mock/http_server.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <chrono>

#include "binance_mock/websocket_session.h"
#include "runtime/program.h"

namespace naive::binance_mock {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;

constexpr std::uint32_t kMaxHeaderBytes = 8 * 1024;
constexpr std::uint64_t kMaxBodyBytes = 64 * 1024;
/// A connection without a request for so long is closed.
constexpr std::chrono::seconds kIdleLimit{120};

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

HttpRequest to_request(const http::request<http::string_body>& message) {
  const std::string target = text(message.target());
  const auto question = target.find('?');
  return {.method = text(message.method_string()),
          .path = target.substr(0, question),
          .query = question == std::string::npos ? "" : target.substr(question + 1),
          .body = message.body(),
          .api_key = text(message["X-MBX-APIKEY"])};
}

http::response<http::string_body> to_message(HttpReply reply, bool keep_alive) {
  http::response<http::string_body> message;
  message.version(11);
  message.result(static_cast<unsigned>(reply.status));
  message.set(http::field::content_type, reply.content_type);
  for (const auto& [name, value] : reply.headers) message.set(name, value);
  message.keep_alive(keep_alive);
  message.body() = std::move(reply.body);
  message.prepare_payload();
  return message;
}

}  // namespace

struct HttpServer::Listener {
  Listener(asio::io_context& context, Service& behind)
      : loop(context), service(behind), acceptor(context) {}

  // `self` keeps the listener alive for as long as a coroutine of it is: they end with the
  // io_context, after its maker.
  static asio::awaitable<void> accept(std::shared_ptr<Listener> self);
  static asio::awaitable<void> serve(std::shared_ptr<Listener> self, tcp::socket socket);
  asio::awaitable<bool> answer(beast::tcp_stream& stream,
                               const http::request<http::string_body>& message);

  asio::io_context& loop;
  Service& service;
  tcp::acceptor acceptor;
  WebSocketSessions sessions = std::make_shared<WebSocketSessions::element_type>();
  std::size_t connections = 0;
};

asio::awaitable<void> HttpServer::Listener::accept(std::shared_ptr<Listener> self) {
  tcp::acceptor& acceptor = self->acceptor;
  while (acceptor.is_open()) {
    beast::error_code error;
    tcp::socket socket =
        co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (error) {
      // Out of descriptors, most likely: let some connections end first.
      asio::steady_timer pause(self->loop, std::chrono::milliseconds{100});
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
      continue;
    }
    if (self->connections >= kMaxConnections) continue;
    socket.set_option(tcp::no_delay{true}, error);
    asio::co_spawn(self->loop, serve(self, std::move(socket)), rethrow);
  }
}

asio::awaitable<void> HttpServer::Listener::serve(std::shared_ptr<Listener> self,
                                                  tcp::socket socket) {
  struct Count {
    explicit Count(std::size_t& number) : connections(number) { ++connections; }
    ~Count() { --connections; }
    std::size_t& connections;
  } const count{self->connections};

  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer;
  beast::error_code error;
  bool keep_alive = true;
  while (keep_alive) {
    http::request_parser<http::string_body> parser;
    parser.header_limit(kMaxHeaderBytes);
    parser.body_limit(kMaxBodyBytes);
    stream.expires_after(kIdleLimit);
    co_await http::async_read(stream, buffer, parser,
                              asio::redirect_error(asio::use_awaitable, error));
    if (error) break;
    stream.expires_never();
    if (beast::websocket::is_upgrade(parser.get())) {
      co_await serve_websocket(std::move(stream), parser.release(), self->service, self->sessions);
      co_return;
    }
    keep_alive = co_await self->answer(stream, parser.get());
  }
  stream.socket().shutdown(tcp::socket::shutdown_both, error);
}

/// False when the connection is to be closed.
asio::awaitable<bool> HttpServer::Listener::answer(
    beast::tcp_stream& stream, const http::request<http::string_body>& message) {
  const HttpRequest request = to_request(message);
  beast::error_code error;
  if (const auto hold = service.hold(request); hold > hold.zero()) {
    asio::steady_timer timer(loop, hold);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
  HttpReply reply = service.http(request);
  if (reply.delay > reply.delay.zero()) {
    asio::steady_timer delay(loop, reply.delay);
    co_await delay.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
  if (reply.delivery == Delivery::kDrop) co_return false;
  auto response = to_message(std::move(reply), message.keep_alive());
  co_await http::async_write(stream, response, asio::redirect_error(asio::use_awaitable, error));
  co_return !error && response.keep_alive();
}

HttpServer::HttpServer(asio::io_context& loop, const std::string& address, std::uint16_t port,
                       Service& service)
    : listener_(std::make_shared<Listener>(loop, service)) {
  beast::error_code error;
  const auto ip = asio::ip::make_address(address, error);
  if (error) {
    throw runtime::ConfigError(
        fmt::format("--bind '{}' is not an IP address; try 127.0.0.1", address));
  }
  const tcp::endpoint endpoint{ip, port};
  tcp::acceptor& acceptor = listener_->acceptor;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address{true}, error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    throw CannotListen(
        fmt::format("cannot listen on {}:{}: {}; stop what runs there, or choose another --port "
                    "(0: any free one)",
                    address, port, error.message()));
  }
  asio::co_spawn(loop, Listener::accept(listener_), rethrow);
}

HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const { return listener_->acceptor.local_endpoint().port(); }

std::string HttpServer::url() const {
  const auto endpoint = listener_->acceptor.local_endpoint();
  const std::string host = endpoint.address().to_string();
  return endpoint.address().is_v6() ? fmt::format("http://[{}]:{}", host, endpoint.port())
                                    : fmt::format("http://{}:{}", host, endpoint.port());
}

void HttpServer::stop() {
  beast::error_code error;
  listener_->acceptor.close(error);
  close_all(listener_->sessions);
}

}  // namespace naive::binance_mock
