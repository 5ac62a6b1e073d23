#include "binance_mock/order_json.h"

#include "binance_mock/json_writer.h"
#include "binance_mock/wire_time.h"

namespace naive::binance_mock {
namespace {

using market::Side;

constexpr std::string_view kZero = "0.00000000";
constexpr std::string_view kPrevention = "EXPIRE_MAKER";
constexpr std::int64_t kNoOrderList = -1;

void write_fills(JsonWriter& json, const OrderRecord& order) {
  json.key("fills").begin_array();
  for (const Execution& fill : order.executions) {
    json.begin_object().member("price", fill.price.to_string());
    json.member("qty", fill.quantity.to_string());
    json.member("commission", fill.commission.to_string());
    json.member("commissionAsset", fill.commission_asset);
    json.member("tradeId", fill.trade_id).end_object();
  }
  json.end_array();
}

void write_expiry(JsonWriter& json, const OrderRecord& order) {
  if (!order.expiry_reason.empty()) json.member("expiryReason", order.expiry_reason);
}

std::string execution_report_json(const ExecutionReport& report) {
  const OrderRecord& order = report.order;
  const bool canceled = report.type == ExecutionType::kCanceled;
  const bool traded = report.type == ExecutionType::kTrade;
  const Execution none;
  const Execution& fill = report.execution ? *report.execution : none;
  const std::int64_t time = to_milliseconds(report.time);
  const bool on_book =
      market::is_open(order.status) && (!traded || fill.liquidity == Liquidity::kMaker);

  JsonWriter json;
  json.begin_object().member("e", "executionReport").member("E", time).member("s", order.symbol);
  json.member("c", canceled ? order.cancel_client_order_id : order.client_order_id);
  json.member("S", market::to_string(order.side)).member("o", to_string(order.type));
  json.member("f", to_string(order.time_in_force)).member("q", order.quantity.to_string());
  json.member("p", order.price.to_string()).member("P", kZero).member("F", kZero);
  json.member("g", kNoOrderList).member("C", canceled ? order.client_order_id : "");
  json.member("x", to_string(report.type)).member("X", market::to_string(order.status));
  json.member("r", "NONE").member("i", order.order_id);
  json.member("l", fill.quantity.to_string()).member("z", order.executed.to_string());
  json.member("L", fill.price.to_string());
  json.member("n", traded ? fill.commission.to_string() : "0").key("N");
  traded ? json.value(fill.commission_asset) : json.null();
  json.member("T", time).member("t", traded ? fill.trade_id : -1).member("I", report.execution_id);
  json.member_boolean("w", on_book);
  json.member_boolean("m", traded && fill.liquidity == Liquidity::kMaker);
  json.member_boolean("M", traded).member("O", to_milliseconds(order.time));
  json.member("Z", order.executed_quote.to_string()).member("Y", fill.quote.to_string());
  json.member("Q", order.quote_quantity.to_string()).member("W", to_milliseconds(order.time));
  json.member("V", kPrevention);
  if (!order.expiry_reason.empty()) json.member("eR", order.expiry_reason);
  return json.end_object().take();
}

std::string account_position_json(const AccountPosition& position) {
  const std::int64_t time = to_milliseconds(position.time);
  JsonWriter json;
  json.begin_object().member("e", "outboundAccountPosition").member("E", time).member("u", time);
  json.key("B").begin_array();
  for (const auto& [asset, balance] : position.balances) {
    json.begin_object().member("a", asset).member("f", balance.free.to_string());
    json.member("l", balance.locked.to_string()).end_object();
  }
  return json.end_array().end_object().take();
}

}  // namespace

std::string placed_json(const OrderRecord& order, ResponseType type) {
  const std::int64_t time = to_milliseconds(order.time);
  JsonWriter json;
  json.begin_object().member("symbol", order.symbol).member("orderId", order.order_id);
  json.member("orderListId", kNoOrderList).member("clientOrderId", order.client_order_id);
  json.member("transactTime", time);
  if (type == ResponseType::kAck) return json.end_object().take();

  json.member("price", order.price.to_string()).member("origQty", order.quantity.to_string());
  json.member("executedQty", order.executed.to_string());
  json.member("origQuoteOrderQty", order.quote_quantity.to_string());
  json.member("cummulativeQuoteQty", order.executed_quote.to_string());
  json.member("status", market::to_string(order.status));
  json.member("timeInForce", to_string(order.time_in_force));
  json.member("type", to_string(order.type)).member("side", market::to_string(order.side));
  json.member("workingTime", time);
  if (type == ResponseType::kFull) write_fills(json, order);
  json.member("selfTradePreventionMode", kPrevention);
  write_expiry(json, order);
  return json.end_object().take();
}

std::string order_json(const OrderRecord& order) {
  JsonWriter json;
  json.begin_object().member("symbol", order.symbol).member("orderId", order.order_id);
  json.member("orderListId", kNoOrderList).member("clientOrderId", order.current_client_order_id());
  json.member("price", order.price.to_string()).member("origQty", order.quantity.to_string());
  json.member("executedQty", order.executed.to_string());
  json.member("cummulativeQuoteQty", order.executed_quote.to_string());
  json.member("status", market::to_string(order.status));
  json.member("timeInForce", to_string(order.time_in_force));
  json.member("type", to_string(order.type)).member("side", market::to_string(order.side));
  json.member("stopPrice", kZero).member("icebergQty", kZero);
  json.member("time", to_milliseconds(order.time));
  json.member("updateTime", to_milliseconds(order.update_time));
  json.member_boolean("isWorking", true).member("workingTime", to_milliseconds(order.time));
  json.member("origQuoteOrderQty", order.quote_quantity.to_string());
  json.member("selfTradePreventionMode", kPrevention);
  write_expiry(json, order);
  return json.end_object().take();
}

std::string canceled_json(const OrderRecord& order) {
  JsonWriter json;
  json.begin_object().member("symbol", order.symbol);
  json.member("origClientOrderId", order.client_order_id).member("orderId", order.order_id);
  json.member("orderListId", kNoOrderList).member("clientOrderId", order.cancel_client_order_id);
  json.member("transactTime", to_milliseconds(order.update_time));
  json.member("price", order.price.to_string()).member("origQty", order.quantity.to_string());
  json.member("executedQty", order.executed.to_string());
  json.member("origQuoteOrderQty", order.quote_quantity.to_string());
  json.member("cummulativeQuoteQty", order.executed_quote.to_string());
  json.member("status", market::to_string(order.status));
  json.member("timeInForce", to_string(order.time_in_force));
  json.member("type", to_string(order.type)).member("side", market::to_string(order.side));
  return json.member("selfTradePreventionMode", kPrevention).end_object().take();
}

std::string execution_json(const OrderRecord& order, const Execution& execution) {
  JsonWriter json;
  json.begin_object().member("symbol", order.symbol).member("id", execution.trade_id);
  json.member("orderId", order.order_id).member("orderListId", kNoOrderList);
  json.member("price", execution.price.to_string()).member("qty", execution.quantity.to_string());
  json.member("quoteQty", execution.quote.to_string());
  json.member("commission", execution.commission.to_string());
  json.member("commissionAsset", execution.commission_asset);
  json.member("time", to_milliseconds(execution.time));
  json.member_boolean("isBuyer", order.side == Side::kBuy);
  json.member_boolean("isMaker", execution.liquidity == Liquidity::kMaker);
  return json.member_boolean("isBestMatch", true).end_object().take();
}

std::string user_event_json(const UserEvent& event) {
  struct Writer {
    std::string operator()(const ExecutionReport& report) { return execution_report_json(report); }
    std::string operator()(const AccountPosition& position) {
      return account_position_json(position);
    }
  };
  return std::visit(Writer{}, event);
}

}  // namespace naive::binance_mock
