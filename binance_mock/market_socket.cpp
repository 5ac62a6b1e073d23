#include "binance_mock/market_socket.h"

#include <fmt/format.h>

#include <array>
#include <utility>
#include <vector>

#include "binance_mock/json_writer.h"
#include "binance_mock/params.h"

namespace naive::binance_mock {
namespace {

/// Codes of the market streams' own errors.
enum StreamError : int {
  kUnknownProperty = 0,
  kWrongType = 1,
  kInvalid = 2,
  kNotJson = 3,
  kTooMany = 4
};

Text shared(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

}  // namespace

MarketSocket::MarketSocket(Venue& venue, Peer& peer, Form form, std::string_view streams)
    : venue_(venue), peer_(peer), form_(form) {
  const std::string decoded = percent_decode(streams);
  std::string_view rest = decoded;
  while (!rest.empty() && streams_.size() < kMaxStreams) {
    const auto slash = rest.find('/');
    const std::string name{rest.substr(0, slash)};
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
    if (const auto stream = StreamName::parse(name)) add(name, *stream);
  }
}

MarketSocket::~MarketSocket() {
  for (const auto& [name, stream] : streams_) venue_.streams().unsubscribe(stream, *this);
}

void MarketSocket::received(std::string_view text) {
  using Verb = void (MarketSocket::*)(const SocketMessage&);
  static constexpr std::array<std::pair<std::string_view, Verb>, 5> kVerbs{
      {{"SUBSCRIBE", &MarketSocket::subscribe},
       {"UNSUBSCRIBE", &MarketSocket::unsubscribe},
       {"LIST_SUBSCRIPTIONS", &MarketSocket::list_subscriptions},
       {"SET_PROPERTY", &MarketSocket::set_property},
       {"GET_PROPERTY", &MarketSocket::get_property}}};

  const auto message = SocketMessage::parse(text);
  if (!message) {
    switch (message.error()) {
      case SocketMessage::Error::kNotJson:
        return error("", kNotJson, "Invalid JSON: expected value at line 1 column 1");
      case SocketMessage::Error::kNotARequest:
        return error("", kInvalid, "Invalid request: missing field `method` at line 1 column 1");
    }
  }
  for (const auto& [word, verb] : kVerbs) {
    if (word == message->method) return (this->*verb)(*message);
  }
  error(message->id, kInvalid,
        fmt::format("Invalid request: unknown variant `{}`, expected one of `SUBSCRIBE`, "
                    "`UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY` at line 1 "
                    "column 1",
                    message->method));
}

void MarketSocket::subscribe(const SocketMessage& message) {
  std::vector<std::pair<std::string, StreamName>> wanted;
  for (const std::string& name : message.list) {
    const auto stream = StreamName::parse(name);
    if (!stream) {
      error(message.id, kInvalid, fmt::format("Invalid request: unknown stream `{}`", name));
      return peer_.close(CloseCode::kPolicyViolation, "Invalid request");
    }
    wanted.emplace_back(name, *stream);
  }
  if (streams_.size() + wanted.size() > kMaxStreams) {
    return error(message.id, kTooMany, "Too many subscriptions");
  }
  // The answer goes first: no trade of the new streams comes before it.
  result(message, "null");
  for (const auto& [name, stream] : wanted) add(name, stream);
}

void MarketSocket::add(const std::string& name, const StreamName& stream) {
  if (!streams_.emplace(name, stream).second) return;
  venue_.streams().subscribe(stream, *this);
  venue_.tell_interest(stream.symbol);
}

void MarketSocket::unsubscribe(const SocketMessage& message) {
  for (const std::string& name : message.list) {
    const auto found = streams_.find(name);
    if (found == streams_.end()) continue;
    venue_.streams().unsubscribe(found->second, *this);
    streams_.erase(found);
  }
  result(message, "null");
}

void MarketSocket::list_subscriptions(const SocketMessage& message) {
  JsonWriter json;
  json.begin_array();
  for (const auto& [name, stream] : streams_) json.value(name);
  result(message, json.end_array().text());
}

void MarketSocket::set_property(const SocketMessage& message) {
  if (message.list.empty() || message.list[0] != "combined") {
    return error(message.id, kUnknownProperty, "Unknown property");
  }
  const bool known =
      message.list.size() == 2 && (message.list[1] == "true" || message.list[1] == "false");
  if (!known) {
    return error(message.id, kWrongType, "Invalid value type: expected Boolean");
  }
  form_ = message.list[1] == "true" ? Form::kCombined : Form::kRaw;
  result(message, "null");
}

void MarketSocket::get_property(const SocketMessage& message) {
  if (message.list.empty() || message.list[0] != "combined") {
    return error(message.id, kUnknownProperty, "Unknown property");
  }
  result(message, form_ == Form::kCombined ? "true" : "false");
}

void MarketSocket::stream_event(const StreamEvent& event) {
  switch (form_) {
    case Form::kRaw:
      return peer_.send(event.raw());
    case Form::kCombined:
      return peer_.send(event.combined());
  }
}

void MarketSocket::announce_shutdown(std::int64_t time) {
  JsonWriter json;
  json.begin_object().member("e", "serverShutdown").member("E", time).end_object();
  stream_event(StreamEvent{"!serverShutdown", json.take()});
}

void MarketSocket::result(const SocketMessage& message, std::string_view json) {
  JsonWriter reply;
  reply.begin_object().member_raw("result", json).member_raw("id", message.id).end_object();
  peer_.send(shared(reply.take()));
}

void MarketSocket::error(std::string_view id, int code, std::string_view text) {
  JsonWriter reply;
  reply.begin_object().key("error").begin_object();
  reply.member("code", code).member("msg", text).end_object();
  if (!id.empty()) reply.member_raw("id", id);
  peer_.send(shared(reply.end_object().take()));
}

}  // namespace naive::binance_mock
