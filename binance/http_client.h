#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "binance/curl_multi.h"

namespace naive::binance {

struct HttpRequest {
  enum class Method { kGet, kPost, kDelete };
  Method method = Method::kGet;
  std::string path;                  // "/api/v3/order", with its query for GET and DELETE
  std::string form;                  // POST: the body
  std::vector<std::string> headers;  // "Name: value"
};

struct HttpResponse {
  int status = 0;
  std::string body;
  std::optional<std::chrono::seconds> retry_after;
  std::optional<std::int64_t> used_weight;  // of this minute, as the exchange counts it
};

/// There is no response, or not all of it.
struct TransportError {
  enum class Reach {
    kNotSent,    // the peer cannot have got the request: no connection, or a POST whose body never
                 // left
    kMaybeSent,  // it may have got it, and may have acted on it
  };
  Reach reach = Reach::kMaybeSent;
  std::string reason;
};

using HttpResult = std::expected<HttpResponse, TransportError>;

/// Asks one server over kept-alive connections; any number of requests at a time, in no order. A
/// POST is sent at most once, whatever happens to its connection; GET and DELETE may be sent again
/// when a kept connection turns out to be closed. Redirections are not followed.
class HttpClient {
 public:
  struct Limits {
    std::chrono::milliseconds connect{3000};
    std::chrono::milliseconds total{10'000};
  };
  static constexpr std::size_t kMaxBodyBytes =
      64 * 1024 * 1024;  // exchangeInfo of all symbols is about 16 MiB

  using Done = std::function<void(HttpResult)>;

  /// `base_url`: "https://api.binance.com".
  HttpClient(runtime::EventLoop& loop, std::string base_url, Limits limits);
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  /// Drops what is under way without telling.
  ~HttpClient();

  /// `done` is called exactly once, later, from the loop.
  void send(HttpRequest request, Done done);

 private:
  struct Transfer;

  void finish(void* easy, int curl_code);

  std::string base_url_;
  Limits limits_;
  CurlMulti multi_;
  std::map<void*, std::unique_ptr<Transfer>> transfers_;
};

}  // namespace naive::binance
