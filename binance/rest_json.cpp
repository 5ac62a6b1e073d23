#include "binance/rest_json.h"

#include <algorithm>

#include "binance/api_error.h"
#include "binance/json.h"

namespace naive::binance {
namespace {

using json::Object;

/// Both a fill of a FULL answer and a row of myTrades: {qty, commission, commissionAsset}.
bool add_commission(const Object& execution, const Assets& assets, OrderCommission& sum) {
  market::Quantity quantity;
  market::Decimal charged;
  if (!json::read(execution, "qty", quantity)) return false;
  if (!json::read(execution, "commission", charged)) return false;
  const auto total = add(sum.quantity, quantity);
  if (!total) return false;
  sum.quantity = *total;
  ++sum.executions;
  sum.last_trade_id = std::max(sum.last_trade_id, json::integer(execution, "id"));
  sum.commission =
      sum.commission + commission_in(assets, json::text(execution, "commissionAsset"), charged);
  return true;
}

std::optional<OrderCommission> sum_commissions(const simdjson::dom::array& executions,
                                               const Assets& assets) {
  OrderCommission sum;
  for (const auto execution : executions) {
    Object object;
    if (execution.get(object) != simdjson::SUCCESS) return std::nullopt;
    if (!add_commission(object, assets, sum)) return std::nullopt;
  }
  return sum;
}

bool read_amounts(const Object& object, market::Order& order) {
  if (!json::read(object, "price", order.price)) return false;
  if (!json::read(object, "origQty", order.quantity)) return false;
  if (!json::read(object, "executedQty", order.executed_quantity)) return false;
  if (!json::read(object, "cummulativeQuoteQty", order.executed_quote)) return false;
  // Negative for orders of the exchange's first years: not known.
  if (order.executed_quote.value().is_negative()) order.executed_quote = {};
  return true;
}

/// After a cancel `clientOrderId` is the cancel's, and the order's own one is `origClientOrderId`.
std::string own_id(const Object& object) {
  const auto original = json::text(object, "origClientOrderId");
  return std::string{original.empty() ? json::text(object, "clientOrderId") : original};
}

bool read_filter(const Object& filter, market::SymbolRules& rules) {
  const auto type = json::text(filter, "filterType");
  if (type == "PRICE_FILTER") {
    return json::read(filter, "minPrice", rules.min_price) &&
           json::read(filter, "maxPrice", rules.max_price) &&
           json::read(filter, "tickSize", rules.tick_size);
  }
  if (type == "LOT_SIZE") {
    return json::read(filter, "minQty", rules.min_quantity) &&
           json::read(filter, "maxQty", rules.max_quantity) &&
           json::read(filter, "stepSize", rules.step_size);
  }
  if (type == "NOTIONAL" || type == "MIN_NOTIONAL") {
    return json::read(filter, "minNotional", rules.min_notional) &&
           json::read(filter, "maxNotional", rules.max_notional);
  }
  return true;
}

std::optional<SymbolListing> read_listing(const Object& row) {
  SymbolListing listing;
  listing.rules.symbol = json::text(row, "symbol");
  listing.rules.base_asset = json::text(row, "baseAsset");
  listing.rules.quote_asset = json::text(row, "quoteAsset");
  listing.trading = json::text(row, "status") == "TRADING";
  const auto filters = json::find<simdjson::dom::array>(row, "filters");
  if (listing.rules.symbol.empty() || !filters) return std::nullopt;
  for (const auto element : *filters) {
    Object filter;
    if (element.get(filter) != simdjson::SUCCESS) return std::nullopt;
    if (!read_filter(filter, listing.rules)) return std::nullopt;
  }
  return listing;
}

std::optional<market::Trade> read_trade(const Object& row) {
  market::Trade trade{.trade_id = json::integer(row, "id"),
                      .trade_time = json::exchange_time(json::integer(row, "time")),
                      .buyer_is_maker = json::find<bool>(row, "isBuyerMaker").value_or(false)};
  if (trade.trade_id <= 0) return std::nullopt;
  if (!json::read(row, "price", trade.price)) return std::nullopt;
  if (!json::read(row, "qty", trade.quantity)) return std::nullopt;
  return trade;
}

}  // namespace

std::optional<ApiError> parse_api_error(std::string_view body) {
  const json::Document document{body};
  const auto object = document.object();
  if (!object) return std::nullopt;
  const auto code = json::find<std::int64_t>(*object, "code");
  if (!code || *code >= 0 || *code < -99'999) return std::nullopt;
  return ApiError{.code = static_cast<int>(*code),
                  .message = std::string{json::text(*object, "msg")}};
}

market::Commission commission_in(const Assets& assets, std::string_view asset,
                                 market::Decimal amount) {
  if (amount.is_zero()) return {};
  if (asset == assets.base) return {.base = market::Quantity{amount}};
  if (asset == assets.quote) return {.quote = market::Money{amount}};
  return {.other = amount, .other_asset = std::string{asset}};
}

std::optional<market::Order> parse_order(std::string_view body, const Assets* assets) {
  const json::Document document{body};
  const auto object = document.object();
  if (!object) return std::nullopt;
  market::Order order{.client_order_id = own_id(*object),
                      .order_id = json::integer(*object, "orderId")};
  if (order.order_id <= 0 || !read_amounts(*object, order)) return std::nullopt;

  order.side = json::text(*object, "side") == "SELL" ? market::Side::kSell : market::Side::kBuy;
  const auto status = json::find<std::string_view>(*object, "status");
  order.status = market::parse_order_status(status.value_or("NEW"));
  if (order.status == market::OrderStatus::kNone) return std::nullopt;
  const auto time = json::find<std::int64_t>(*object, "transactTime");
  order.update_time = json::exchange_time(time.value_or(json::integer(*object, "updateTime")));

  const auto fills = json::find<simdjson::dom::array>(*object, "fills");
  if (fills && assets != nullptr) {
    const auto sum = sum_commissions(*fills, *assets);
    if (!sum) return std::nullopt;
    order.commission = sum->commission;
    order.commissioned_quantity = sum->quantity;
  }
  return order;
}

std::optional<std::vector<ListedOrder>> parse_listed_orders(std::string_view body) {
  const json::Document document{body};
  const auto rows = document.array();
  if (!rows) return std::nullopt;
  std::vector<ListedOrder> orders;
  for (const auto row : *rows) {
    Object object;
    if (row.get(object) != simdjson::SUCCESS) return std::nullopt;
    orders.push_back(
        {.order_id = json::integer(object, "orderId"), .client_order_id = own_id(object)});
  }
  return orders;
}

std::optional<OrderCommission> parse_order_commission(std::string_view body, const Assets& assets) {
  const json::Document document{body};
  const auto rows = document.array();
  return rows ? sum_commissions(*rows, assets) : std::nullopt;
}

std::optional<std::vector<market::Trade>> parse_trades(std::string_view body) {
  const json::Document document{body};
  const auto rows = document.array();
  if (!rows) return std::nullopt;
  std::vector<market::Trade> trades;
  for (const auto row : *rows) {
    Object object;
    if (row.get(object) != simdjson::SUCCESS) return std::nullopt;
    const auto trade = read_trade(object);
    if (!trade) return std::nullopt;
    trades.push_back(*trade);
  }
  return trades;
}

std::optional<std::int64_t> parse_newest_trade_id(std::string_view body) {
  const json::Document document{body};
  const auto rows = document.array();
  if (!rows) return std::nullopt;
  std::int64_t newest = 0;
  for (const auto row : *rows) {
    Object object;
    if (row.get(object) != simdjson::SUCCESS) return std::nullopt;
    const auto id = json::find<std::int64_t>(object, "l");
    if (!id) return std::nullopt;
    newest = *id;
  }
  return newest;
}

std::optional<market::ExchangeTime> parse_server_time(std::string_view body) {
  const json::Document document{body};
  const auto object = document.object();
  if (!object) return std::nullopt;
  const auto time = json::integer(*object, "serverTime");
  return time > 0 ? std::optional{json::exchange_time(time)} : std::nullopt;
}

std::optional<std::vector<SymbolListing>> parse_exchange_info(std::string_view body) {
  const json::Document document{body};
  const auto object = document.object();
  if (!object) return std::nullopt;
  const auto rows = json::find<simdjson::dom::array>(*object, "symbols");
  if (!rows) return std::nullopt;
  std::vector<SymbolListing> listings;
  for (const auto row : *rows) {
    Object symbol;
    if (row.get(symbol) != simdjson::SUCCESS) continue;
    if (auto listing = read_listing(symbol)) listings.push_back(std::move(*listing));
  }
  return listings;
}

}  // namespace naive::binance
