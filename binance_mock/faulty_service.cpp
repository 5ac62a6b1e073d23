#include "binance_mock/faulty_service.h"

#include <fmt/format.h>

#include <optional>

#include "binance_mock/api_error.h"
#include "binance_mock/json_writer.h"
#include "binance_mock/order_request.h"
#include "binance_mock/params.h"
#include "binance_mock/wire_time.h"

namespace naive::binance_mock {
namespace {

constexpr std::string_view kOrderPath = "/api/v3/order";

FaultSubject subject_of(const HttpRequest& request) {
  FaultSubject subject{.method = request.method, .path = request.path};
  if (const auto params = Params::from_rest(request.query, request.body)) {
    subject.symbol = params->value("symbol");
    subject.side = params->value("side");
    const std::string& placed = params->value("newClientOrderId");
    const std::string& asked = params->value("origClientOrderId");
    subject.client_order_id = asked.empty() ? placed : asked;
  }
  return subject;
}

HttpReply error_reply(int status, int code, std::string_view message) {
  HttpReply reply;
  reply.status = status;
  JsonWriter json;
  reply.body = json.begin_object().member("code", code).member("msg", message).end_object().take();
  return reply;
}

HttpReply error_reply(const ApiError& error) {
  return error_reply(error.http_status, error.code, error.message);
}

HttpReply refused(const FaultRule& rule, ApiError error) {
  HttpReply reply = error_reply(error);
  reply.headers.emplace_back("Retry-After", std::to_string(rule.retry_after.count()));
  return reply;
}

ApiError ban(market::ExchangeTime until) {
  return {.http_status = 418,
          .code = -1003,
          .message = fmt::format("Way too much request weight used; IP banned until {}. Please use "
                                 "WebSocket Streams for live updates to avoid bans.",
                                 to_milliseconds(until))};
}

/// A gateway in front of the exchange speaks HTML.
HttpReply bad_gateway(int status) {
  HttpReply reply;
  reply.status = status;
  reply.content_type = "text/html";
  reply.body = fmt::format("<html><body><h1>{}</h1></body></html>", status);
  return reply;
}

HttpReply server_error(int status) {
  constexpr int kInternal = 500;
  constexpr int kUnavailable = 503;
  if (status == kInternal) {
    return error_reply(status, -1000, "An unknown error occurred while processing the request.");
  }
  if (status == kUnavailable || status == 0) {
    return error_reply(kUnavailable, -1000,
                       "Unknown error, please check your request or try again later.");
  }
  return bad_gateway(status);
}

HttpReply dropped(HttpReply reply = {}) {
  reply.delivery = Delivery::kDrop;
  return reply;
}

/// The answer of a fault that keeps the exchange from executing anything.
std::optional<HttpReply> unexecuted(const FaultRule& rule, market::ExchangeTime now) {
  using enum FaultAction;
  if (rule.action == kDropBefore) return dropped();
  if (rule.action == kUnavailable) return error_reply(503, -1008, "Service Unavailable.");
  if (rule.action == kRateLimit) return refused(rule, errors::too_much_weight());
  if (rule.action == kBan) return refused(rule, ban(now + rule.retry_after));
  if (rule.action == kTimestamp) return error_reply(errors::too_old());
  return std::nullopt;
}

/// What a fault makes of the answer to a request that was executed.
HttpReply spoiled(const FaultRule& rule, HttpReply reply) {
  using enum FaultAction;
  if (rule.action == kDropAfter) return dropped(std::move(reply));
  if (rule.action == kStatusAfter) return server_error(rule.status);
  if (rule.action == kTimeout) {
    return error_reply(rule.status == 0 ? 400 : rule.status, -1007,
                       "Timeout waiting for response from backend server. Send status unknown; "
                       "execution status unknown.");
  }
  if (rule.action == kDelay) reply.delay = rule.wait;
  return reply;
}

}  // namespace

std::chrono::milliseconds FaultyService::hold(const HttpRequest& request) {
  if (!request.path.starts_with("/api/")) return std::chrono::milliseconds{0};
  const FaultRule* rule = plan_.strike({FaultAction::kLate}, subject_of(request));
  return rule == nullptr ? std::chrono::milliseconds{0} : rule->wait;
}

HttpReply FaultyService::http(const HttpRequest& request) {
  using enum FaultAction;
  if (!request.path.starts_with("/api/")) return exchange_.http(request);
  const FaultSubject subject = subject_of(request);
  if (is_lagging(request, subject)) return error_reply(errors::no_such_order());
  const FaultRule* rule = plan_.strike({kDropBefore, kDropAfter, kDelay, kStatusAfter, kUnavailable,
                                        kTimeout, kRateLimit, kBan, kTimestamp, kPartialFill},
                                       subject);
  if (rule == nullptr) return exchange_.http(request);
  if (auto reply = unexecuted(*rule, now_())) return std::move(*reply);
  HttpReply reply = exchange_.http(request);
  const bool placed = request.method == "POST" && request.path == kOrderPath && reply.status == 200;
  if (rule->action == kPartialFill && placed) {
    venue_.fill_half_and_cancel(subject.symbol, now_());
  }
  return spoiled(*rule, std::move(reply));
}

bool FaultyService::is_lagging(const HttpRequest& request, const FaultSubject& subject) {
  if (request.method != "GET" || request.path != kOrderPath) return false;
  const auto params = Params::from_rest(request.query, "");
  const auto key = params ? parse_order_key(*params) : std::unexpected(params.error());
  if (!key) return false;
  const auto order = venue_.exchange().ledger().find(subject.symbol, *key);
  if (!order) return false;
  const FaultRule* rule = plan_.strike({FaultAction::kLag}, subject);
  return rule != nullptr && now_() < (*order)->time + rule->wait;
}

std::unique_ptr<SocketProtocol> FaultyService::open(std::string_view path, std::string_view query,
                                                    Peer& peer) {
  auto protocol = exchange_.open(path, query, peer);
  if (!protocol) return nullptr;
  const auto kind =
      path.starts_with("/ws-api") ? ConnectionKind::kUserData : ConnectionKind::kMarket;
  return connections_.track(kind, std::move(protocol), peer);
}

}  // namespace naive::binance_mock
