#include "binance/market_stream.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

#include <cctype>

#include "binance/json.h"

namespace naive::binance {
namespace {

namespace ondemand = simdjson::ondemand;

template <class Value>
bool get(ondemand::object& object, std::string_view key, Value& value) {
  return object[key].get(value) == simdjson::SUCCESS;
}

template <class Amount>
bool get_amount(ondemand::object& object, std::string_view key, Amount& amount) {
  std::string_view written;
  if (!get(object, key, written)) return false;
  const auto value = Amount::parse(written);
  if (value) amount = *value;
  return value.has_value();
}

/// Fields in the order of the wire, so that each is found where the last one ended.
bool read_trade(ondemand::object& event, MarketFrame& frame) {
  std::int64_t time = 0;
  if (!get(event, "s", frame.symbol)) return false;
  if (!get(event, "t", frame.trade.trade_id)) return false;
  if (!get_amount(event, "p", frame.trade.price)) return false;
  if (!get_amount(event, "q", frame.trade.quantity)) return false;
  if (!get(event, "T", time)) return false;
  if (!get(event, "m", frame.trade.buyer_is_maker)) return false;
  frame.trade.trade_time = json::exchange_time(time);
  return true;
}

MarketFrame::Kind read_event(ondemand::object& event, MarketFrame& frame) {
  std::string_view type;
  if (!get(event, "e", type)) return MarketFrame::Kind::kOther;
  if (type == "serverShutdown") return MarketFrame::Kind::kServerShutdown;
  if (type != "trade") return MarketFrame::Kind::kOther;
  return read_trade(event, frame) ? MarketFrame::Kind::kTrade : MarketFrame::Kind::kMalformed;
}

/// The wire says {"error":{"code":2,"msg":"..."},"id":1}, the documentation
/// {"code":2,"msg":"...","id":1}.
MarketFrame::Kind read_answer(ondemand::object& answer, MarketFrame& frame) {
  frame.id = 0;
  if (std::int64_t id = 0; get(answer, "id", id)) frame.id = id;
  ondemand::value result;
  if (get(answer, "result", result)) return MarketFrame::Kind::kAcknowledged;
  std::string_view message;
  ondemand::object error;
  if (get(answer, "error", error)) {
    if (!get(error, "msg", message)) return MarketFrame::Kind::kMalformed;
  } else if (!get(answer, "msg", message)) {
    return MarketFrame::Kind::kOther;
  }
  frame.error = message;
  return MarketFrame::Kind::kRefused;
}

std::string control(std::string_view method, std::int64_t id,
                    const std::vector<std::string>& streams) {
  return fmt::format(R"({{"method":"{}","params":["{}"],"id":{}}})", method,
                     fmt::join(streams, R"(",")"), id);
}

}  // namespace

static_assert(kTextPadding >= simdjson::SIMDJSON_PADDING);

struct MarketFrameParser::Parser {
  ondemand::parser json;
};

MarketFrameParser::MarketFrameParser() : parser_(std::make_unique<Parser>()) {}
MarketFrameParser::~MarketFrameParser() = default;

const MarketFrame& MarketFrameParser::parse(std::string_view text) {
  frame_.kind = MarketFrame::Kind::kMalformed;
  const simdjson::padded_string_view padded{text.data(), text.size(), text.size() + kTextPadding};
  ondemand::document document;
  ondemand::object root;
  if (parser_->json.iterate(padded).get(document) != simdjson::SUCCESS) return frame_;
  if (document.get_object().get(root) != simdjson::SUCCESS) return frame_;

  ondemand::object data;
  // Looking for `data` in a raw event would walk over all of it, and combined frames begin with
  // `stream`.
  if (text.starts_with(R"({"stream")") && get(root, "data", data)) {
    frame_.kind = read_event(data, frame_);
  } else if (text.starts_with(R"({"e")")) {
    frame_.kind = read_event(root, frame_);
  } else {
    frame_.kind = read_answer(root, frame_);
  }
  return frame_;
}

std::string trade_stream(std::string_view symbol) {
  std::string stream{symbol};
  for (char& c : stream) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return stream + "@trade";
}

std::string subscribe_request(std::int64_t id, const std::vector<std::string>& streams) {
  return control("SUBSCRIBE", id, streams);
}

std::string unsubscribe_request(std::int64_t id, const std::vector<std::string>& streams) {
  return control("UNSUBSCRIBE", id, streams);
}

}  // namespace naive::binance
