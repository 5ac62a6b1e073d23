#include "binance_mock/api_socket.h"

#include "binance_mock/json_writer.h"
#include "binance_mock/wire_time.h"

namespace naive::binance_mock {
namespace {

constexpr std::int64_t kUserStreamWeight = 2;

ApiError bad_request(int code, std::string message) {
  return {.http_status = 400, .code = code, .message = std::move(message)};
}

}  // namespace

ApiSocket::ApiSocket(Venue& venue, Api& api, Peer& peer, Now now)
    : venue_(venue), api_(api), peer_(peer), now_(std::move(now)) {}

ApiSocket::~ApiSocket() { venue_.remove(*this); }

void ApiSocket::received(std::string_view text) {
  const auto message = SocketMessage::parse(text);
  if (!message) {
    return reply("null", std::unexpected(bad_request(-1135, "Invalid JSON Request")));
  }
  // Answers and events share one queue: a subscription's answer comes before its first event, an
  // order's events may come before its answer, as on the real exchange.
  reply(message->id, answer(*message));
}

Api::Answer ApiSocket::answer(const SocketMessage& message) {
  const Params params = Params::from_members(message.members);
  if (message.method == "userDataStream.subscribe.signature") return subscribe(params);
  if (message.method == "userDataStream.unsubscribe") return unsubscribe(params);
  if (message.method == "session.logon") {
    return std::unexpected(bad_request(-4056, "HMAC_SHA256 API key is not supported."));
  }
  const Api::Endpoint* endpoint = Api::find_call(message.method);
  if (endpoint == nullptr) {
    return std::unexpected(bad_request(-1000, "Method is invalid."));
  }
  return api_.run(*endpoint, params, params.value("apiKey"), now_());
}

Api::Answer ApiSocket::subscribe(const Params& params) {
  const auto now = now_();
  if (auto error = api_.limits().charge(kUserStreamWeight, now)) return std::unexpected(*error);
  const Authentication& authentication = api_.authentication();
  if (auto error = authentication.check_key(params.value("apiKey"))) {
    return std::unexpected(*error);
  }
  if (auto error = authentication.check_signed(params, now)) return std::unexpected(*error);
  if (subscription_) {
    return std::unexpected(bad_request(-2035, "User Data Stream subscription already active."));
  }
  subscription_ = next_subscription_++;
  venue_.add(*this);
  JsonWriter json;
  return json.begin_object().member("subscriptionId", *subscription_).end_object().take();
}

Api::Answer ApiSocket::unsubscribe(const Params& params) {
  const std::string* id = params.find("subscriptionId");
  const bool other = id != nullptr && subscription_ && *id != std::to_string(*subscription_);
  if (!subscription_ || other) {
    return std::unexpected(bad_request(-2036, "User Data Stream subscription not active."));
  }
  subscription_.reset();
  venue_.remove(*this);
  return "{}";
}

void ApiSocket::user_event(const std::string& json) {
  JsonWriter event;
  event.begin_object().member("subscriptionId", subscription_.value_or(0));
  event.member_raw("event", json).end_object();
  peer_.send(std::make_shared<const std::string>(event.take()));
}

void ApiSocket::announce_shutdown(std::int64_t time) {
  JsonWriter json;
  json.begin_object().key("event").begin_object().member("e", "serverShutdown").member("E", time);
  peer_.send(std::make_shared<const std::string>(json.end_object().end_object().take()));
}

void ApiSocket::reply(std::string_view id, const Api::Answer& answer) {
  constexpr int kOk = 200;
  constexpr int kTooManyRequests = 429;
  JsonWriter json;
  json.begin_object().member_raw("id", id);
  if (answer) {
    json.member("status", kOk).member_raw("result", *answer);
  } else {
    const ApiError& error = answer.error();
    json.member("status", error.http_status).key("error").begin_object();
    json.member("code", error.code).member("msg", error.message);
    if (error.http_status == kTooManyRequests) {
      const auto now = now_();
      json.key("data").begin_object().member("serverTime", to_milliseconds(now));
      json.member("retryAfter", to_milliseconds(now + RateLimits::retry_after(error, now)));
      json.end_object();
    }
    json.end_object();
  }
  json.member_raw("rateLimits", api_.limits().usage_json()).end_object();
  peer_.send(std::make_shared<const std::string>(json.take()));
}

}  // namespace naive::binance_mock
