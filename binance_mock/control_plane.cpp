#include "binance_mock/control_plane.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <array>
#include <utility>

#include "binance_mock/fault_json.h"
#include "binance_mock/json_writer.h"
#include "binance_mock/params.h"
#include "binance_mock/wire_time.h"

namespace naive::binance_mock {
namespace {

HttpReply json_reply(int status, std::string body) {
  HttpReply reply;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

HttpReply refuse(int status, std::string_view why) {
  JsonWriter json;
  return json_reply(status, json.begin_object().member("error", why).end_object().take());
}

/// What POST /_mock/step asks for: one trade of the caller's choice, or so many of the tape's.
struct StepRequest {
  std::string symbol;  // "": the tape's
  Print print;
  std::int64_t count = 1;
};

constexpr std::int64_t kMaxSteps = 1000;
constexpr std::string_view kStepUsage =
    R"(expected nothing, {"count":3} or {"symbol":"XRPUSDT","price":"0.4307","quantity":"1"})";

/// Throws simdjson_error, or fails on what it does not understand.
std::expected<StepRequest, std::string> read_step(std::string_view body) {
  StepRequest request;
  request.print.quantity = market::Quantity{market::Decimal::one()};
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) return request;
  simdjson::dom::parser parser;
  const simdjson::dom::object members = parser.parse(body.data(), body.size());
  for (const auto [key, value] : members) {
    if (key == "count") {
      request.count = value;
    } else if (key == "symbol") {
      request.symbol = std::string_view{value};
    } else if (key == "price" || key == "quantity") {
      const auto amount = market::Decimal::parse(std::string_view{value});
      if (!amount || *amount <= market::Decimal{}) {
        return std::unexpected(
            fmt::format("{} '{}' is not a positive decimal", key, std::string_view{value}));
      }
      if (key == "price") request.print.price = market::Price{*amount};
      if (key == "quantity") request.print.quantity = market::Quantity{*amount};
    } else if (key == "buyer_is_maker") {
      request.print.buyer_is_maker = value;
    } else {
      return std::unexpected(fmt::format("unknown key '{}': {}", key, kStepUsage));
    }
  }
  if (request.symbol.empty() != request.print.price.is_zero()) {
    return std::unexpected(fmt::format("symbol and price go together: {}", kStepUsage));
  }
  if (request.count < 1 || request.count > kMaxSteps) {
    return std::unexpected(fmt::format("count is 1 to {}", kMaxSteps));
  }
  return request;
}

void write_trade(JsonWriter& json, const std::string& symbol, const market::Trade& trade) {
  json.begin_object().member("symbol", symbol).member("id", trade.trade_id);
  json.member("price", trade.price.to_string()).member("quantity", trade.quantity.to_string());
  json.member("time", to_milliseconds(trade.trade_time));
  json.member_boolean("buyer_is_maker", trade.buyer_is_maker).end_object();
}

void write_order(JsonWriter& json, const OrderRecord& order) {
  json.begin_object().member("symbol", order.symbol).member("order_id", order.order_id);
  json.member("client_order_id", order.client_order_id);
  json.member("cancel_client_order_id", order.cancel_client_order_id);
  json.member("side", market::to_string(order.side)).member("type", to_string(order.type));
  json.member("time_in_force", to_string(order.time_in_force));
  json.member("price", order.price.to_string()).member("quantity", order.quantity.to_string());
  json.member("executed", order.executed.to_string());
  json.member("executed_quote", order.executed_quote.to_string());
  json.member("status", market::to_string(order.status));
  json.member("time", to_milliseconds(order.time));
  json.member("update_time", to_milliseconds(order.update_time)).end_object();
}

void write_execution(JsonWriter& json, const OrderRecord& order, const Execution& execution) {
  json.begin_object().member("symbol", order.symbol).member("trade_id", execution.trade_id);
  json.member("order_id", order.order_id).member("client_order_id", order.client_order_id);
  json.member("side", market::to_string(order.side));
  json.member("price", execution.price.to_string());
  json.member("quantity", execution.quantity.to_string());
  json.member("quote", execution.quote.to_string());
  json.member("commission", execution.commission.to_string());
  json.member("commission_asset", execution.commission_asset);
  json.member_boolean("maker", execution.liquidity == Liquidity::kMaker);
  json.member("time", to_milliseconds(execution.time)).end_object();
}

}  // namespace

HttpReply ControlPlane::http(const HttpRequest& request, market::ExchangeTime now) {
  using Run = HttpReply (ControlPlane::*)(const HttpRequest&, market::ExchangeTime);
  struct Route {
    std::string_view method;
    std::string_view path;
    Run run;
  };
  static constexpr std::array<Route, 6> kRoutes{
      {{"POST", "/_mock/step", &ControlPlane::step},
       {"GET", "/_mock/state", &ControlPlane::state},
       {"GET", "/_mock/ledger", &ControlPlane::ledger},
       {"POST", "/_mock/faults", &ControlPlane::add_faults},
       {"GET", "/_mock/faults", &ControlPlane::faults},
       {"DELETE", "/_mock/faults", &ControlPlane::clear_faults}}};
  std::string known;
  for (const Route& route : kRoutes) {
    if (route.method == request.method && route.path == request.path) {
      return (this->*route.run)(request, now);
    }
    known += fmt::format("{}{} {}", known.empty() ? "" : ", ", route.method, route.path);
  }
  return refuse(404, fmt::format("no {} {}; there is {}", request.method, request.path, known));
}

HttpReply ControlPlane::step(const HttpRequest& request, market::ExchangeTime now) {
  std::expected<StepRequest, std::string> step;
  try {
    step = read_step(request.body);
  } catch (const simdjson::simdjson_error& error) {
    return refuse(400, fmt::format("{}: {}", error.what(), kStepUsage));
  }
  if (!step) return refuse(400, step.error());

  JsonWriter json;
  json.begin_object().key("trades").begin_array();
  if (!step->symbol.empty()) {
    if (venue_.exchange().symbols().find(step->symbol) == nullptr) {
      return refuse(404, fmt::format("no symbol '{}' in the exchange info", step->symbol));
    }
    for (std::int64_t i = 0; i < step->count; ++i) {
      write_trade(json, step->symbol, venue_.publish(step->symbol, step->print, now));
    }
  } else {
    for (std::int64_t i = 0; i < step->count; ++i) {
      const auto next = feed_.step();
      if (!next) return refuse(409, "nothing to step: start with --pace stepped and a --tape");
      write_trade(json, next->symbol, venue_.publish(next->symbol, next->print, now));
    }
  }
  return json_reply(200, json.end_array().end_object().take());
}

HttpReply ControlPlane::state(const HttpRequest&, market::ExchangeTime now) {
  JsonWriter json;
  json.begin_object().key("subscriptions").begin_object();
  for (const auto& [stream, count] : venue_.streams().counts()) {
    json.member(stream, static_cast<std::int64_t>(count));
  }
  json.end_object();
  json.member("user_data_streams", static_cast<std::int64_t>(venue_.user_streams()));
  json.member("server_time", to_milliseconds(now)).key("last_prices").begin_object();
  for (const auto& [symbol, trades] : venue_.history().all()) {
    json.member(symbol, trades.back().price.to_string());
  }
  return json_reply(200, json.end_object().end_object().take());
}

HttpReply ControlPlane::ledger(const HttpRequest& request, market::ExchangeTime) {
  const auto params = Params::from_rest(request.query, "");
  const std::string only = params ? params->value("symbol") : "";
  const Ledger& ledger = venue_.exchange().ledger();
  JsonWriter json;
  json.begin_object().key("orders").begin_array();
  for (const auto& [symbol, book] : ledger.symbols()) {
    if (!only.empty() && only != symbol) continue;
    for (const OrderRecord& order : book.orders) write_order(json, order);
  }
  json.end_array().key("executions").begin_array();
  for (const auto& [symbol, book] : ledger.symbols()) {
    if (!only.empty() && only != symbol) continue;
    for (const auto& [order_id, index] : book.fills) {
      const OrderRecord& order = book.order(order_id);
      write_execution(json, order, order.executions[index]);
    }
  }
  json.end_array().key("balances").begin_object();
  for (const auto& [asset, balance] : ledger.balances().all()) {
    json.key(asset).begin_object().member("free", balance.free.to_string());
    json.member("locked", balance.locked.to_string()).end_object();
  }
  return json_reply(200, json.end_object().end_object().take());
}

HttpReply ControlPlane::faults(const HttpRequest&, market::ExchangeTime) {
  return json_reply(200, faults_json(plan_.rules()));
}

HttpReply ControlPlane::add_faults(const HttpRequest& request, market::ExchangeTime now) {
  auto faults = parse_faults(request.body);
  if (!faults) return refuse(400, faults.error());
  if (plan_.rules().size() + faults->rules.size() > FaultPlan::kMaxRules) {
    return refuse(409, fmt::format("there may be {} rules at once", FaultPlan::kMaxRules));
  }
  if (faults->seed) plan_.set_seed(*faults->seed);
  for (const FaultRule& rule : faults->rules) strike_now(rule, now);
  std::erase_if(faults->rules,
                [](const FaultRule& rule) { return scope_of(rule.action) == FaultScope::kNow; });
  plan_.add(std::move(faults->rules));
  return json_reply(200, faults_json(plan_.rules()));
}

HttpReply ControlPlane::clear_faults(const HttpRequest&, market::ExchangeTime now) {
  plan_.clear();
  venue_.streams().stall("", now);
  return json_reply(200, faults_json(plan_.rules()));
}

void ControlPlane::strike_now(const FaultRule& rule, market::ExchangeTime now) {
  using enum FaultAction;
  if (rule.action == kStallMarket) venue_.streams().stall(rule.symbol, now + rule.wait);
  if (rule.action == kCloseMarket) connections_.close(ConnectionKind::kMarket);
  if (rule.action == kCloseUserData) connections_.close(ConnectionKind::kUserData);
  if (rule.action != kServerShutdown) return;
  connections_.announce_shutdown(now);
  later_(rule.wait, [this] {
    connections_.close(ConnectionKind::kMarket);
    connections_.close(ConnectionKind::kUserData);
  });
}

}  // namespace naive::binance_mock
