// The public part of the API: what anybody may ask.
#include <simdjson.h>

#include <algorithm>
#include <optional>

#include "binance_mock/api.h"
#include "binance_mock/json_writer.h"
#include "binance_mock/order_request.h"
#include "binance_mock/wire_time.h"

namespace naive::binance_mock {
namespace {

constexpr std::int64_t kDefaultLimit = 500;
constexpr std::int64_t kMaxLimit = 1000;

Result<std::size_t> parse_limit(const Params& params) {
  const auto limit = parse_integer(params, "limit", kDefaultLimit);
  if (!limit) return std::unexpected(limit.error());
  return static_cast<std::size_t>(std::min(*limit, kMaxLimit));
}

std::string trades_json(const std::vector<market::Trade>& trades) {
  JsonWriter json;
  json.begin_array();
  for (const market::Trade& trade : trades) {
    const auto quote = market::notional(trade.price, trade.quantity).value_or(market::Money{});
    json.begin_object().member("id", trade.trade_id).member("price", trade.price.to_string());
    json.member("qty", trade.quantity.to_string()).member("quoteQty", quote.to_string());
    json.member("time", to_milliseconds(trade.trade_time));
    json.member_boolean("isBuyerMaker", trade.buyer_is_maker);
    json.member_boolean("isBestMatch", true).end_object();
  }
  return json.end_array().take();
}

/// Every trade is an aggregate of its own here.
std::string aggregate_trades_json(const std::vector<market::Trade>& trades) {
  JsonWriter json;
  json.begin_array();
  for (const market::Trade& trade : trades) {
    json.begin_object().member("a", trade.trade_id).member("p", trade.price.to_string());
    json.member("q", trade.quantity.to_string());
    json.member("f", trade.trade_id).member("l", trade.trade_id);
    json.member("T", to_milliseconds(trade.trade_time));
    json.member_boolean("m", trade.buyer_is_maker).member_boolean("M", true).end_object();
  }
  return json.end_array().take();
}

/// The value of `symbols`: ["BTCUSDT","ETHUSDT"].
std::optional<std::vector<std::string>> parse_symbol_list(const std::string& text) {
  simdjson::dom::parser parser;
  simdjson::dom::array list;
  if (parser.parse(text).get(list) != simdjson::SUCCESS) return std::nullopt;
  std::vector<std::string> symbols;
  for (const simdjson::dom::element item : list) {
    std::string_view symbol;
    if (item.get(symbol) != simdjson::SUCCESS || !market::is_symbol(symbol)) return std::nullopt;
    symbols.emplace_back(symbol);
  }
  return symbols;
}

using Specs = std::vector<const SymbolSpec*>;

/// The rows that `symbol` or `symbols` ask for; all of them when neither is there.
Result<Specs> chosen_symbols(const Params& params, const SymbolTable& table) {
  if (params.has("symbol") && params.has("symbols")) {
    return std::unexpected(errors::invalid_combination());
  }
  Specs specs;
  std::vector<std::string> names;
  if (params.has("symbol")) {
    const auto name = parse_symbol(params);
    if (!name) return std::unexpected(name.error());
    names.push_back(*name);
  } else if (params.has("symbols")) {
    auto list = parse_symbol_list(params.value("symbols"));
    if (!list) {
      return std::unexpected(errors::illegal_characters(
          "symbols", R"(^\["[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}\]$)"));
    }
    names = std::move(*list);
  } else {
    for (const SymbolSpec& spec : table.all()) specs.push_back(&spec);
  }
  for (const std::string& name : names) {
    const SymbolSpec* spec = table.find(name);
    if (spec == nullptr) return std::unexpected(errors::invalid_symbol());
    specs.push_back(spec);
  }
  return specs;
}

}  // namespace

Api::Answer Api::ping(const Params&, market::ExchangeTime) { return "{}"; }

Api::Answer Api::time(const Params&, market::ExchangeTime now) {
  JsonWriter json;
  return json.begin_object().member("serverTime", to_milliseconds(now)).end_object().take();
}

Api::Answer Api::exchange_info(const Params& params, market::ExchangeTime now) {
  const auto specs = chosen_symbols(params, venue_.exchange().symbols());
  if (!specs) return std::unexpected(specs.error());
  const std::string& status = params.value("symbolStatus");
  if (!status.empty() && (params.has("symbol") || params.has("symbols"))) {
    return std::unexpected(errors::invalid_combination());
  }
  const bool hidden = params.value("showPermissionSets") == "false";
  JsonWriter json;
  json.begin_object().member("timezone", "UTC").member("serverTime", to_milliseconds(now));
  json.member_raw("rateLimits", RateLimits::limits_json());
  json.member_raw("exchangeFilters", "[]").key("symbols").begin_array();
  for (const SymbolSpec* spec : *specs) {
    if (status.empty() || status == spec->status) json.raw(hidden ? spec->short_row : spec->row);
  }
  return json.end_array().end_object().take();
}

Api::Answer Api::depth(const Params& params, market::ExchangeTime) {
  const auto spec = symbol(params);
  if (!spec) return std::unexpected(spec.error());
  const market::Trade* last = venue_.history().last((*spec)->symbol());
  JsonWriter json;
  json.begin_object().member("lastUpdateId", last == nullptr ? 0 : last->trade_id);
  const auto side = [&](std::string_view name, std::optional<market::Price> price) {
    json.key(name).begin_array();
    if (price) {
      json.begin_array().value(price->to_string()).value(last->quantity.to_string()).end_array();
    }
    json.end_array();
  };
  std::optional<BookTicker> touch;
  if (last != nullptr) touch = synthetic_touch(*last, (*spec)->rules.tick_size);
  side("bids", touch ? std::optional{touch->bid} : std::nullopt);
  side("asks", touch ? std::optional{touch->ask} : std::nullopt);
  return json.end_object().take();
}

Result<std::vector<market::Trade>> Api::chosen_trades(const Params& params) const {
  const auto spec = symbol(params);
  if (!spec) return std::unexpected(spec.error());
  const auto limit = parse_limit(params);
  if (!limit) return std::unexpected(limit.error());
  const std::string& name = (*spec)->symbol();
  if (!params.has("fromId")) return venue_.history().latest(name, *limit);
  const auto from = parse_integer(params, "fromId", 0);
  if (!from) return std::unexpected(from.error());
  return venue_.history().from(name, *from, *limit);
}

Api::Answer Api::trades(const Params& params, market::ExchangeTime) {
  const auto chosen = chosen_trades(params);
  if (!chosen) return std::unexpected(chosen.error());
  return trades_json(*chosen);
}

Api::Answer Api::aggregate_trades(const Params& params, market::ExchangeTime) {
  const auto chosen = chosen_trades(params);
  if (!chosen) return std::unexpected(chosen.error());
  return aggregate_trades_json(*chosen);
}

Api::Answer Api::ticker_price(const Params& params, market::ExchangeTime) {
  const auto specs = chosen_symbols(params, venue_.exchange().symbols());
  if (!specs) return std::unexpected(specs.error());
  JsonWriter json;
  const bool list = !params.has("symbol");
  if (list) json.begin_array();
  for (const SymbolSpec* spec : *specs) {
    const auto price = venue_.exchange().last_price(spec->symbol());
    if (list && !price) continue;
    json.begin_object().member("symbol", spec->symbol());
    json.member("price", price.value_or(market::Price{}).to_string()).end_object();
  }
  if (list) json.end_array();
  return json.take();
}

Api::Answer Api::ticker_book(const Params& params, market::ExchangeTime) {
  const auto specs = chosen_symbols(params, venue_.exchange().symbols());
  if (!specs) return std::unexpected(specs.error());
  JsonWriter json;
  const bool list = !params.has("symbol");
  if (list) json.begin_array();
  for (const SymbolSpec* spec : *specs) {
    const market::Trade* last = venue_.history().last(spec->symbol());
    if (list && last == nullptr) continue;
    const BookTicker touch =
        last == nullptr ? BookTicker{} : synthetic_touch(*last, spec->rules.tick_size);
    json.begin_object().member("symbol", spec->symbol());
    json.member("bidPrice", touch.bid.to_string()).member("bidQty", touch.quantity.to_string());
    json.member("askPrice", touch.ask.to_string()).member("askQty", touch.quantity.to_string());
    json.end_object();
  }
  if (list) json.end_array();
  return json.take();
}

}  // namespace naive::binance_mock
