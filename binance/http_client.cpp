#include "binance/http_client.h"

#include <curl/curl.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "runtime/check.h"

namespace naive::binance {
namespace {

std::optional<std::int64_t> header_number(std::string_view line, std::string_view name) {
  if (line.size() <= name.size() || line[name.size()] != ':') return std::nullopt;
  if (::strncasecmp(line.data(), name.data(), name.size()) != 0) return std::nullopt;
  auto text = line.substr(name.size() + 1);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  std::int64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  return result.ec == std::errc{} ? std::optional{value} : std::nullopt;
}

}  // namespace

struct HttpClient::Transfer {
  CURL* easy = curl_easy_init();
  curl_slist* headers = nullptr;
  HttpRequest request;
  Done done;
  std::size_t form_given = 0;
  HttpResponse response;
  std::array<char, CURL_ERROR_SIZE> error{};

  Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() {
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
  }

  /// Hands out the form once and never again. When a kept connection was closed before the first
  /// byte of an answer, libcurl repeats the request on a new one (Curl_retry_request), a POST too,
  /// and an order would be placed twice. With this function, and no seek function beside it, a
  /// repetition finds no body and fails.
  static size_t give_form(char* to, size_t size, size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::string& form = transfer.request.form;
    if (transfer.form_given == form.size()) return CURL_READFUNC_ABORT;
    const size_t length = form.copy(to, size * count, transfer.form_given);
    transfer.form_given += length;
    return length;
  }

  static size_t take_header(char* from, size_t size, size_t count, void* self) {
    HttpResponse& response = static_cast<Transfer*>(self)->response;
    const std::string_view line{from, size * count};
    if (const auto seconds = header_number(line, "retry-after")) {
      response.retry_after =
          std::chrono::seconds{std::clamp<std::int64_t>(*seconds, 0, 7 * 86'400)};
    }
    if (const auto weight = header_number(line, "x-mbx-used-weight-1m")) {
      response.used_weight = weight;
    }
    return size * count;
  }

  static size_t take_body(char* from, size_t size, size_t count, void* self) {
    std::string& body = static_cast<Transfer*>(self)->response.body;
    if (body.size() + size * count > kMaxBodyBytes) return 0;  // ends the transfer
    body.append(from, size * count);
    return size * count;
  }

  void add_header(const std::string& header) {
    headers = curl_slist_append(headers, header.c_str());
  }

  void set_method() {
    switch (request.method) {
      case HttpRequest::Method::kGet:
        break;
      case HttpRequest::Method::kDelete:
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "DELETE");
        break;
      case HttpRequest::Method::kPost:
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(request.form.size()));
        curl_easy_setopt(easy, CURLOPT_READFUNCTION, &give_form);
        curl_easy_setopt(easy, CURLOPT_READDATA, this);
        add_header("Expect:");  // do not ask before sending the body
        break;
    }
  }

  void set_up(const std::string& base_url, const Limits& limits) {
    set_common_options(easy, base_url + request.path, limits.connect, error.data());
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.total.count()));
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    set_method();
    for (const std::string& header : request.headers) add_header(header);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  }

  TransportError::Reach reach() const {
    long sent = 0;
    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
    const bool post = request.method == HttpRequest::Method::kPost;
    const bool left = post ? form_given > 0 : sent > 0;
    return left ? TransportError::Reach::kMaybeSent : TransportError::Reach::kNotSent;
  }

  HttpResult result(CURLcode code) {
    if (code == CURLE_OK) {
      long status = 0;
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      response.status = static_cast<int>(status);
      return std::move(response);
    }
    const char* const reason = error[0] != '\0' ? error.data() : curl_easy_strerror(code);
    return std::unexpected(TransportError{.reach = reach(), .reason = reason});
  }
};

HttpClient::HttpClient(runtime::EventLoop& loop, std::string base_url, Limits limits)
    : base_url_(std::move(base_url)), limits_(limits), multi_(loop) {
  while (base_url_.ends_with('/')) base_url_.pop_back();
}

HttpClient::~HttpClient() {
  for (const auto& [easy, transfer] : transfers_) multi_.remove(easy);
}

void HttpClient::send(HttpRequest request, Done done) {
  auto transfer = std::make_unique<Transfer>();
  NAIVE_CHECK(transfer->easy != nullptr);
  transfer->request = std::move(request);
  transfer->done = std::move(done);
  transfer->set_up(base_url_, limits_);
  void* const easy = transfer->easy;
  transfers_.emplace(easy, std::move(transfer));
  multi_.add(easy, [this, easy](int code) { finish(easy, code); });
}

void HttpClient::finish(void* easy, int curl_code) {
  auto transfer = std::move(transfers_.extract(easy).mapped());
  multi_.remove(easy);
  transfer->done(transfer->result(static_cast<CURLcode>(curl_code)));
}

}  // namespace naive::binance
