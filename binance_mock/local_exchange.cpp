#include "binance_mock/local_exchange.h"

#include <fmt/format.h>

#include "binance_mock/api_socket.h"
#include "binance_mock/json_writer.h"
#include "binance_mock/market_socket.h"
#include "binance_mock/wire_time.h"
#include "runtime/log.h"
#include "runtime/sync_point.h"

namespace naive::binance_mock {
namespace {

constexpr std::string_view kRestPrefix = "/api/v3/";
constexpr std::string_view kControlPrefix = "/_mock";

HttpReply not_found() {
  HttpReply reply;
  reply.status = 404;
  reply.content_type = "text/html";
  reply.body = "<html><body><h2>404 Not found</h2></body></html>";
  return reply;
}

std::string error_body(const ApiError& error) {
  JsonWriter json;
  json.begin_object().member("code", error.code).member("msg", error.message).end_object();
  return json.take();
}

bool places_order(const Api::Endpoint& endpoint) {
  return endpoint.method == "POST" && endpoint.path == "order";
}

std::string_view streams_of_query(std::string_view query) {
  constexpr std::string_view kName = "streams=";
  while (!query.empty()) {
    const auto end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (pair.starts_with(kName)) return pair.substr(kName.size());
  }
  return "";
}

}  // namespace

LocalExchange::LocalExchange(Venue& venue, Api& api, ControlPlane& control, Now now)
    : venue_(venue), api_(api), control_(control), now_(std::move(now)) {}

HttpReply LocalExchange::http(const HttpRequest& request) {
  if (request.path.starts_with(kControlPrefix)) return control_.http(request, now_());
  if (request.path.starts_with(kRestPrefix)) return rest(request);
  return not_found();
}

HttpReply LocalExchange::rest(const HttpRequest& request) {
  const std::string_view path = std::string_view{request.path}.substr(kRestPrefix.size());
  const Api::Endpoint* endpoint = Api::find_rest(request.method, path);
  if (endpoint == nullptr) return not_found();

  const auto now = now_();
  const bool takes_body = request.method != "GET";
  const auto params = Params::from_rest(request.query, takes_body ? request.body : "");
  const Api::Answer answer =
      params ? api_.run(*endpoint, *params, request.api_key, now) : std::unexpected(params.error());

  if (places_order(*endpoint)) runtime::sync_point({"exchange", "before", "answer"});
  log::debug("answered", {{"method", request.method},
                          {"path", request.path},
                          {"status", answer ? 200 : answer.error().http_status},
                          {"code", answer ? 0 : answer.error().code}});
  HttpReply reply;
  reply.headers = api_.limits().weight_headers();
  if (answer) {
    reply.body = *answer;
    if (places_order(*endpoint)) {
      for (auto& header : api_.limits().order_headers()) reply.headers.push_back(std::move(header));
    }
    return reply;
  }
  reply.status = answer.error().http_status;
  reply.body = error_body(answer.error());
  constexpr int kTooManyRequests = 429;
  if (reply.status == kTooManyRequests) {
    const auto wait = RateLimits::retry_after(answer.error(), now);
    reply.headers.emplace_back("Retry-After", std::to_string(wait.count()));
  }
  return reply;
}

std::unique_ptr<SocketProtocol> LocalExchange::open(std::string_view path, std::string_view query,
                                                    Peer& peer) {
  using Form = MarketSocket::Form;
  constexpr std::string_view kRaw = "/ws";
  if (path == "/ws-api/v3") return std::make_unique<ApiSocket>(venue_, api_, peer, now_);
  if (path == "/stream") {
    return std::make_unique<MarketSocket>(venue_, peer, Form::kCombined, streams_of_query(query));
  }
  if (path == kRaw || path.starts_with("/ws/")) {
    return std::make_unique<MarketSocket>(venue_, peer, Form::kRaw, path.substr(kRaw.size()));
  }
  return nullptr;
}

}  // namespace naive::binance_mock
