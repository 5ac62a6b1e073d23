#include "binance/user_stream.h"

#include "binance/json.h"

namespace naive::binance {
namespace {

using json::Object;

/// On a cancel `c` is the cancel's id and `C` the order's own; otherwise `C` is empty ("null" in
/// old recordings).
std::string own_id(const Object& event) {
  const auto original = json::text(event, "C");
  const bool canceled = !original.empty() && original != "null";
  return std::string{canceled ? original : json::text(event, "c")};
}

std::optional<ExecutionReport::Execution> read_execution(const Object& event) {
  ExecutionReport::Execution execution{.trade_id = json::integer(event, "t"),
                                       .commission_asset = std::string{json::text(event, "N")}};
  if (!json::read(event, "l", execution.quantity)) return std::nullopt;
  if (!json::read(event, "L", execution.price)) return std::nullopt;
  if (!json::read(event, "n", execution.commission)) return std::nullopt;
  return execution;
}

UserFrame read_report(const Object& event) {
  ExecutionReport report{.symbol = std::string{json::text(event, "s")}};
  market::Order& order = report.order;
  order.client_order_id = own_id(event);
  order.order_id = json::integer(event, "i");
  order.side = json::text(event, "S") == "SELL" ? market::Side::kSell : market::Side::kBuy;
  order.status = market::parse_order_status(json::text(event, "X"));
  order.update_time = json::exchange_time(json::integer(event, "T"));
  const bool read = json::read(event, "p", order.price) && json::read(event, "q", order.quantity) &&
                    json::read(event, "z", order.executed_quantity) &&
                    json::read(event, "Z", order.executed_quote);
  if (!read || order.status == market::OrderStatus::kNone || report.symbol.empty()) {
    return Malformed{};
  }
  if (json::text(event, "x") == "TRADE") {
    report.execution = read_execution(event);
    if (!report.execution) return Malformed{};
  }
  return report;
}

UserFrame read_event(const Object& event) {
  const auto type = json::text(event, "e");
  if (type == "executionReport") return read_report(event);
  if (type == "eventStreamTerminated" || type == "serverShutdown") {
    return StreamEnded{std::string{type}};
  }
  return NotForUs{};
}

UserFrame read_answer(const Object& answer) {
  ApiAnswer result{.id = json::integer(answer, "id")};
  if (const auto error = json::find<Object>(answer, "error")) {
    result.error = ApiError{.code = static_cast<int>(json::integer(*error, "code")),
                            .message = std::string{json::text(*error, "msg")}};
  } else if (json::integer(answer, "status") != 200) {
    return Malformed{};
  }
  return result;
}

}  // namespace

UserFrame parse_user_frame(std::string_view text) {
  const json::Document document{text};
  const auto object = document.object();
  if (!object) return Malformed{};
  if (const auto event = json::find<Object>(*object, "event")) return read_event(*event);
  if (json::find<std::string_view>(*object, "e")) return read_event(*object);
  return read_answer(*object);
}

}  // namespace naive::binance
