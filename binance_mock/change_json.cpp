#include "binance_mock/change_json.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>

#include "binance_mock/json_writer.h"

namespace naive::binance_mock {
namespace {

using simdjson::dom::element;

std::int64_t microseconds(market::ExchangeTime time) { return time.time_since_epoch().count(); }

struct Writer {
  JsonWriter& json;

  void operator()(const Deposited& change) {
    json.member("change", "deposited").member("asset", change.asset);
    json.member("amount", change.amount.to_string());
  }

  void operator()(const Accepted& change) {
    const OrderRecord& order = change.order;
    json.member("change", "accepted").member("symbol", order.symbol);
    json.member("order_id", order.order_id).member("client_order_id", order.client_order_id);
    json.member("side", market::to_string(order.side)).member("type", to_string(order.type));
    json.member("time_in_force", to_string(order.time_in_force));
    json.member("price", order.price.to_string()).member("quantity", order.quantity.to_string());
    json.member("quote_quantity", order.quote_quantity.to_string());
    json.member("locked", order.locked.to_string()).member("time", microseconds(order.time));
  }

  void operator()(const Filled& change) {
    const Execution& execution = change.execution;
    json.member("change", "filled").member("symbol", change.symbol);
    json.member("order_id", change.order_id).member("trade_id", execution.trade_id);
    json.member("price", execution.price.to_string());
    json.member("quantity", execution.quantity.to_string());
    json.member("quote", execution.quote.to_string());
    json.member("commission", execution.commission.to_string());
    json.member("commission_asset", execution.commission_asset);
    json.member("liquidity", execution.liquidity == Liquidity::kMaker ? "MAKER" : "TAKER");
    json.member("time", microseconds(execution.time));
  }

  void operator()(const Closed& change) {
    json.member("change", "closed").member("symbol", change.symbol);
    json.member("order_id", change.order_id).member("status", market::to_string(change.status));
    json.member("cancel_client_order_id", change.cancel_client_order_id);
    json.member("expiry_reason", change.expiry_reason);
    json.member("time", microseconds(change.time));
  }

  void operator()(const TradeIdsReserved& change) {
    json.member("change", "trade_ids_reserved").member("symbol", change.symbol);
    json.member("below", change.below);
  }
};

// What does not fit throws simdjson_error, which parse_changes() turns into nullopt.

std::string text(element object, std::string_view key) {
  return std::string{std::string_view{object[key]}};
}

template <class Amount>
Amount amount(element object, std::string_view key) {
  const auto value = Amount::parse(std::string_view{object[key]});
  if (!value) throw simdjson::simdjson_error(simdjson::NUMBER_ERROR);
  return *value;
}

market::ExchangeTime time(element object) {
  return market::ExchangeTime{std::chrono::microseconds{std::int64_t{object["time"]}}};
}

template <class Enum, std::size_t N>
Enum word(element object, std::string_view key, const std::array<Enum, N>& values) {
  const std::string_view written = object[key];
  const auto found =
      std::ranges::find_if(values, [&](Enum value) { return to_string(value) == written; });
  if (found == values.end()) throw simdjson::simdjson_error(simdjson::INCORRECT_TYPE);
  return *found;
}

Accepted read_accepted(element object) {
  using market::Side;
  OrderRecord order;
  order.symbol = text(object, "symbol");
  order.order_id = object["order_id"];
  order.client_order_id = text(object, "client_order_id");
  order.side = word(object, "side", std::array{Side::kBuy, Side::kSell});
  order.type = word(object, "type",
                    std::array{OrderType::kLimit, OrderType::kLimitMaker, OrderType::kMarket});
  order.time_in_force = word(object, "time_in_force",
                             std::array{TimeInForce::kGtc, TimeInForce::kIoc, TimeInForce::kFok});
  order.price = amount<market::Price>(object, "price");
  order.quantity = amount<market::Quantity>(object, "quantity");
  order.quote_quantity = amount<market::Money>(object, "quote_quantity");
  order.locked = amount<market::Decimal>(object, "locked");
  order.time = time(object);
  order.update_time = order.time;
  return {std::move(order)};
}

Filled read_filled(element object) {
  const bool maker = text(object, "liquidity") == "MAKER";
  return {.symbol = text(object, "symbol"),
          .order_id = object["order_id"],
          .execution = {.trade_id = object["trade_id"],
                        .price = amount<market::Price>(object, "price"),
                        .quantity = amount<market::Quantity>(object, "quantity"),
                        .quote = amount<market::Money>(object, "quote"),
                        .commission = amount<market::Decimal>(object, "commission"),
                        .commission_asset = text(object, "commission_asset"),
                        .liquidity = maker ? Liquidity::kMaker : Liquidity::kTaker,
                        .time = time(object)}};
}

Closed read_closed(element object) {
  return {.symbol = text(object, "symbol"),
          .order_id = object["order_id"],
          .status = market::parse_order_status(std::string_view{object["status"]}),
          .cancel_client_order_id = text(object, "cancel_client_order_id"),
          .expiry_reason = text(object, "expiry_reason"),
          .time = time(object)};
}

Change read_change(element object) {
  const std::string_view kind = object["change"];
  if (kind == "deposited") {
    return Deposited{text(object, "asset"), amount<market::Decimal>(object, "amount")};
  }
  if (kind == "accepted") return read_accepted(object);
  if (kind == "filled") return read_filled(object);
  if (kind == "closed") return read_closed(object);
  if (kind == "trade_ids_reserved") {
    return TradeIdsReserved{text(object, "symbol"), object["below"]};
  }
  throw simdjson::simdjson_error(simdjson::INCORRECT_TYPE);
}

}  // namespace

std::string to_json(const Changes& changes) {
  JsonWriter json;
  json.begin_array();
  for (const Change& change : changes) {
    json.begin_object();
    std::visit(Writer{json}, change);
    json.end_object();
  }
  return json.end_array().take();
}

std::optional<Changes> parse_changes(std::string_view json) {
  try {
    simdjson::dom::parser parser;
    Changes changes;
    for (const element object : simdjson::dom::array(parser.parse(json.data(), json.size()))) {
      changes.push_back(read_change(object));
    }
    return changes;
  } catch (const simdjson::simdjson_error&) {
    return std::nullopt;
  }
}

}  // namespace naive::binance_mock
