#include "binance_mock/exchange_info.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

#include "runtime/program.h"

namespace naive::binance_mock {
namespace {

using simdjson::dom::element;

template <class Amount>
Amount amount(element object, std::string_view key) {
  std::string_view text;
  if (object[key].get(text) != simdjson::SUCCESS) return {};
  return Amount::parse(text).value_or(Amount{});
}

AppliesToMarket flag(element object, std::string_view key) {
  bool value = false;
  const bool present = object[key].get(value) == simdjson::SUCCESS;
  return present && value ? AppliesToMarket::kYes : AppliesToMarket::kNo;
}

void read_notional(SymbolSpec& spec, element filter, std::string_view type) {
  spec.notional_filter = type;
  spec.rules.min_notional = amount<market::Money>(filter, "minNotional");
  spec.rules.max_notional = amount<market::Money>(filter, "maxNotional");
  const bool old = type == "MIN_NOTIONAL";
  spec.min_notional_on_market = flag(filter, old ? "applyToMarket" : "applyMinToMarket");
  spec.max_notional_on_market = flag(filter, "applyMaxToMarket");
}

void read_percent(SymbolSpec& spec, element filter, std::string_view type) {
  using market::Decimal;
  if (type == "PERCENT_PRICE") {
    const auto up = amount<Decimal>(filter, "multiplierUp");
    const auto down = amount<Decimal>(filter, "multiplierDown");
    spec.percent_price = {std::string{type}, up, down, up, down};
    return;
  }
  spec.percent_price = {std::string{type}, amount<Decimal>(filter, "bidMultiplierUp"),
                        amount<Decimal>(filter, "bidMultiplierDown"),
                        amount<Decimal>(filter, "askMultiplierUp"),
                        amount<Decimal>(filter, "askMultiplierDown")};
}

void read_filter(SymbolSpec& spec, element filter) {
  using market::Price;
  using market::Quantity;
  const std::string_view type = filter["filterType"];
  if (type == "PRICE_FILTER") {
    spec.rules.min_price = amount<Price>(filter, "minPrice");
    spec.rules.max_price = amount<Price>(filter, "maxPrice");
    spec.rules.tick_size = amount<Price>(filter, "tickSize");
  } else if (type == "LOT_SIZE") {
    spec.rules.min_quantity = amount<Quantity>(filter, "minQty");
    spec.rules.max_quantity = amount<Quantity>(filter, "maxQty");
    spec.rules.step_size = amount<Quantity>(filter, "stepSize");
  } else if (type == "MARKET_LOT_SIZE") {
    spec.market_lot =
        MarketLot{amount<Quantity>(filter, "minQty"), amount<Quantity>(filter, "maxQty"),
                  amount<Quantity>(filter, "stepSize")};
  } else if (type == "NOTIONAL" || type == "MIN_NOTIONAL") {
    read_notional(spec, filter, type);
  } else if (type == "PERCENT_PRICE" || type == "PERCENT_PRICE_BY_SIDE") {
    read_percent(spec, filter, type);
  } else if (type == "MAX_NUM_ORDERS") {
    // Called limit before 2019.
    std::uint64_t limit = 0;
    if (filter["maxNumOrders"].get(limit) == simdjson::SUCCESS ||
        filter["limit"].get(limit) == simdjson::SUCCESS) {
      spec.max_open_orders = limit;
    }
  }
}

bool is_supported(std::string_view type) {
  static constexpr std::array<std::string_view, 3> kTypes{"LIMIT", "LIMIT_MAKER", "MARKET"};
  return std::ranges::find(kTypes, type) != kTypes.end();
}

enum class PermissionSets { kShown, kHidden };

std::string row_text(element row, PermissionSets permission_sets) {
  std::string text = "{";
  for (const auto [key, value] : simdjson::dom::object(row)) {
    if (key == "permissionSets" && permission_sets == PermissionSets::kHidden) continue;
    if (text.size() > 1) text += ',';
    text += fmt::format("\"{}\":", key);
    if (key != "orderTypes") {
      text += simdjson::minify(value);
      continue;
    }
    std::string types;
    for (const std::string_view type : simdjson::dom::array(value)) {
      if (is_supported(type)) types += fmt::format("{}\"{}\"", types.empty() ? "" : ",", type);
    }
    text += fmt::format("[{}]", types);
  }
  return text += '}';
}

SymbolSpec read_row(element row) {
  SymbolSpec spec;
  spec.rules.symbol = std::string_view{row["symbol"]};
  spec.rules.base_asset = std::string_view{row["baseAsset"]};
  spec.rules.quote_asset = std::string_view{row["quoteAsset"]};
  spec.status = std::string_view{row["status"]};
  for (const element filter : simdjson::dom::array(row["filters"])) read_filter(spec, filter);
  spec.row = row_text(row, PermissionSets::kShown);
  spec.short_row = row_text(row, PermissionSets::kHidden);
  return spec;
}

}  // namespace

void add_exchange_info(SymbolTable& table, std::string_view json, const std::string& name) {
  try {
    simdjson::dom::parser parser;
    const element document = parser.parse(json.data(), json.size());
    for (const element row : simdjson::dom::array(document["symbols"])) table.add(read_row(row));
  } catch (const simdjson::simdjson_error& error) {
    throw runtime::ConfigError(
        fmt::format("'{}' is not the answer of GET /api/v3/exchangeInfo: {}; record one with curl "
                    "https://api.binance.com/api/v3/exchangeInfo",
                    name, error.what()));
  }
}

std::unordered_map<std::string, market::Price> parse_prices(std::string_view json,
                                                            const std::string& name) {
  std::unordered_map<std::string, market::Price> prices;
  try {
    simdjson::dom::parser parser;
    for (const element row : simdjson::dom::array(parser.parse(json.data(), json.size()))) {
      const auto price = amount<market::Price>(row, "price");
      if (!price.is_zero()) prices.emplace(std::string_view{row["symbol"]}, price);
    }
  } catch (const simdjson::simdjson_error& error) {
    throw runtime::ConfigError(fmt::format(
        R"('{}' is not a list of prices: {}; it should read [{{"symbol":"BTCUSDT","price":"61837.63"}},...])",
        name, error.what()));
  }
  return prices;
}

}  // namespace naive::binance_mock
