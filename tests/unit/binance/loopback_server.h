#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/event_loop.h"
#include "runtime/unique_fd.h"

namespace naive::test {

/// A real TCP server on 127.0.0.1 in the test's own loop, that says exactly what the test wants
/// said.
class LoopbackServer {
 public:
  /// One accepted connection.
  class Peer {
   public:
    Peer(runtime::EventLoop& loop, runtime::UniqueFd fd, std::size_t number,
         std::function<void(Peer&)> on_data);

    std::size_t number() const { return number_; }  // 0, 1, ... in the order of their coming
    std::string received;                           // the test may consume it
    bool peer_closed = false;
    void send(std::string_view bytes);
    void close();

   private:
    void read();

    runtime::UniqueFd fd_;
    std::size_t number_;
    std::function<void(Peer&)> on_data_;
    runtime::Watch watch_;
  };

  /// `on_data` is called with a peer whose `received` has grown, or that has closed.
  LoopbackServer(runtime::EventLoop& loop, std::function<void(Peer&)> on_data);

  /// "127.0.0.1:41234"
  std::string address() const;
  const std::vector<std::unique_ptr<Peer>>& peers() const { return peers_; }

 private:
  void accept();

  runtime::EventLoop& loop_;
  std::function<void(Peer&)> on_data_;
  runtime::UniqueFd listener_;
  runtime::Watch watch_;
  std::vector<std::unique_ptr<Peer>> peers_;
};

/// "HTTP/1.1 429 ..." with its length. `headers`: whole lines, each with its end.
std::string http_answer(int status, std::string_view body, std::string_view headers = "");

/// The first whole request in `received`, taken out of it.
std::optional<std::string> take_http_request(std::string& received);

/// Turns the loop until `done` says so. False: it has not within `limit`.
bool run_until(runtime::EventLoop& loop, const std::function<bool()>& done,
               std::chrono::milliseconds limit = std::chrono::seconds{5});

}  // namespace naive::test
