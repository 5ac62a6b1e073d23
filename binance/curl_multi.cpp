#include "binance/curl_multi.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <csignal>
#include <memory>

#include "runtime/check.h"
#include "runtime/program.h"

namespace naive::binance {
namespace {

using runtime::EventLoop;

void initialize_curl_once() {
  static const bool done = [] {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    // OpenSSL writes with write(2): a peer that closed would end us instead of giving an error.
    std::signal(SIGPIPE, SIG_IGN);
    return true;
  }();
  static_cast<void>(done);
}

std::string host_of(const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parts{curl_url(), &curl_url_cleanup};
  char* host = nullptr;
  curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME);
  curl_url_get(parts.get(), CURLUPART_HOST, &host, 0);
  std::string result = host != nullptr ? host : "";
  curl_free(host);
  return result;
}

bool is_this_machine(const std::string& host) {
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

}  // namespace

struct CurlMulti::Callbacks {
  static int socket(CURL*, curl_socket_t fd, int what, void* self, void*) {
    static_cast<CurlMulti*>(self)->watch(fd, what);
    return 0;
  }
  static int timer(CURLM*, long milliseconds, void* self) {
    runtime::Timer& timer = static_cast<CurlMulti*>(self)->timer_;
    if (milliseconds < 0) {
      timer.cancel();
    } else {
      timer.set_after(std::chrono::milliseconds{milliseconds});
    }
    return 0;
  }
};

CurlMulti::CurlMulti(EventLoop& loop)
    : loop_(loop),
      multi_((initialize_curl_once(), curl_multi_init())),
      timer_(loop, [this] { advance(CURL_SOCKET_TIMEOUT, 0); }) {
  NAIVE_CHECK(multi_ != nullptr);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Callbacks::socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Callbacks::timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
}

CurlMulti::~CurlMulti() {
  // Idle connections are closed here, and say so through the socket function: watches_ must still
  // be there.
  curl_multi_cleanup(multi_);
}

void CurlMulti::add(void* easy, Done done) {
  transfers_.emplace(easy, std::move(done));
  NAIVE_CHECK(curl_multi_add_handle(multi_, easy) == CURLM_OK);
}

void CurlMulti::remove(void* easy) {
  transfers_.erase(easy);
  curl_multi_remove_handle(multi_, easy);
}

void CurlMulti::watch(int fd, int what) {
  watches_.erase(fd);
  if (what == CURL_POLL_REMOVE) return;
  const auto interest = what == CURL_POLL_IN    ? EventLoop::kRead
                        : what == CURL_POLL_OUT ? EventLoop::kWrite
                                                : EventLoop::kReadWrite;
  watches_.emplace(fd, runtime::Watch{loop_, fd, EventLoop::Order::kMessages, interest,
                                      [this, fd](EventLoop::Interest ready) {
                                        int events = 0;
                                        if ((ready & EventLoop::kRead) != 0)
                                          events |= CURL_CSELECT_IN;
                                        if ((ready & EventLoop::kWrite) != 0)
                                          events |= CURL_CSELECT_OUT;
                                        advance(fd, events);
                                      }});
}

void CurlMulti::advance(int fd, int events) {
  int running = 0;
  curl_multi_socket_action(multi_, fd, events, &running);
  tell_finished();
}

void CurlMulti::tell_finished() {
  int remaining = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &remaining)) {
    if (message->msg != CURLMSG_DONE) continue;
    const int code = message->data.result;
    // The message does not outlive what `done` may do to its transfer.
    if (auto transfer = transfers_.extract(message->easy_handle)) transfer.mapped()(code);
  }
}

void set_common_options(void* easy, const std::string& url, std::chrono::milliseconds connect_limit,
                        char* error_buffer) {
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  // One request at a time on a connection, and an upgrade that a WebSocket needs.
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect_limit.count()));
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_buffer);
  // Proxies from the environment lead out of here, never to the mock exchange on this machine.
  if (is_this_machine(host_of(url))) curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

void require_url(const std::string& option, const std::string& url, const std::string& plain,
                 const std::string& secure) {
  const bool scheme = url.starts_with(plain + "://") || url.starts_with(secure + "://");
  if (scheme && !host_of(url).empty()) return;
  throw runtime::ConfigError(
      fmt::format("{} must be a URL like {}://127.0.0.1:8080 or {}://api.example.com, not '{}'",
                  option, plain, secure, url));
}

}  // namespace naive::binance
