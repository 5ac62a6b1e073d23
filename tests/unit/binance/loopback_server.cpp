#include "tests/unit/binance/loopback_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <system_error>

namespace naive::test {

using runtime::EventLoop;

LoopbackServer::Peer::Peer(EventLoop& loop, runtime::UniqueFd fd, std::size_t number,
                           std::function<void(Peer&)> on_data)
    : fd_(std::move(fd)),
      number_(number),
      on_data_(std::move(on_data)),
      watch_(loop, fd_.get(), EventLoop::Order::kMessages, EventLoop::kRead,
             [this](EventLoop::Interest) { read(); }) {}

void LoopbackServer::Peer::read() {
  std::array<char, 4096> buffer{};
  const ssize_t size = ::read(fd_.get(), buffer.data(), buffer.size());
  if (size > 0) received.append(buffer.data(), static_cast<std::size_t>(size));
  if (size <= 0) {
    peer_closed = true;
    watch_ = {};
  }
  on_data_(*this);
}

void LoopbackServer::Peer::send(std::string_view bytes) {
  // Small enough for the socket's buffer.
  if (::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(bytes.size())) {
    throw std::system_error(errno, std::generic_category(), "send");
  }
}

void LoopbackServer::Peer::close() {
  watch_ = {};
  fd_ = {};
}

LoopbackServer::LoopbackServer(EventLoop& loop, std::function<void(Peer&)> on_data)
    : loop_(loop),
      on_data_(std::move(on_data)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0 ||
      ::listen(listener_.get(), 16) != 0) {
    throw std::system_error(errno, std::generic_category(), "listen");
  }
  watch_ = runtime::Watch{loop, listener_.get(), EventLoop::Order::kMessages, EventLoop::kRead,
                          [this](EventLoop::Interest) { accept(); }};
}

std::string LoopbackServer::address() const {
  sockaddr_in own{};
  socklen_t size = sizeof own;
  ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&own), &size);
  return fmt::format("127.0.0.1:{}", ntohs(own.sin_port));
}

void LoopbackServer::accept() {
  runtime::UniqueFd fd{::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
  if (!fd) return;
  peers_.push_back(std::make_unique<Peer>(loop_, std::move(fd), peers_.size(), on_data_));
}

std::string http_answer(int status, std::string_view body, std::string_view headers) {
  return fmt::format("HTTP/1.1 {} Whatever\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(),
                     headers, body);
}

std::optional<std::string> take_http_request(std::string& received) {
  const auto head_end = received.find("\r\n\r\n");
  if (head_end == std::string::npos) return std::nullopt;
  std::size_t length = 0;
  constexpr std::string_view kLength = "Content-Length: ";
  if (const auto at = received.find(kLength); at < head_end) {
    std::from_chars(received.data() + at + kLength.size(), received.data() + head_end, length);
  }
  const auto whole = head_end + 4 + length;
  if (received.size() < whole) return std::nullopt;
  std::string request = received.substr(0, whole);
  received.erase(0, whole);
  return request;
}

bool run_until(EventLoop& loop, const std::function<bool()>& done,
               std::chrono::milliseconds limit) {
  const auto deadline = runtime::Clock::now() + limit;
  while (!done()) {
    if (runtime::Clock::now() >= deadline) return false;
    loop.run_once(std::chrono::milliseconds{20});
  }
  return true;
}

}  // namespace naive::test
