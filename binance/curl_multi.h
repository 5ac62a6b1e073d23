#pragma once

#include <functional>
#include <map>
#include <memory>

#include "runtime/event_loop.h"

namespace naive::binance {

/// libcurl's transfers inside our own event loop: its sockets become watches, its timeout a timer.
/// Nothing here blocks.
///
/// An `easy` handle is a CURL*. It must be removed before it is cleaned up, and before this goes.
class CurlMulti {
 public:
  /// Told once, with libcurl's code, when the transfer has ended. May add and remove transfers,
  /// this one included.
  using Done = std::function<void(int curl_code)>;

  explicit CurlMulti(runtime::EventLoop& loop);
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;
  ~CurlMulti();

  void add(void* easy, Done done);
  /// Ends the transfer, if it still runs, without telling.
  void remove(void* easy);

 private:
  struct Callbacks;

  void watch(int fd, int what);
  void advance(int fd, int events);
  void tell_finished();

  runtime::EventLoop& loop_;
  void* multi_;
  std::map<int, runtime::Watch> watches_;
  runtime::Timer timer_;
  std::map<void*, Done> transfers_;
};

/// Settings that every connection of ours has: no signals, no way around a proxy except to this
/// machine itself.
void set_common_options(void* easy, const std::string& url, std::chrono::milliseconds connect_limit,
                        char* error_buffer);

/// Throws runtime::ConfigError unless `url` begins with one of the two schemes: ("--rest-url", url,
/// "http", "https").
void require_url(const std::string& option, const std::string& url, const std::string& plain,
                 const std::string& secure);

}  // namespace naive::binance
