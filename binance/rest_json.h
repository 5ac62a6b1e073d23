#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "market/order.h"
#include "market/symbol_rules.h"

/// What Binance's REST API answers. Unknown fields are ignored; what cannot be understood is
/// nullopt, never a guess.
namespace naive::binance {

/// The two assets of a symbol: they say where a commission was taken from.
struct Assets {
  std::string base;
  std::string quote;
};

market::Commission commission_in(const Assets& assets, std::string_view asset,
                                 market::Decimal amount);

/// An order as POST (ACK, RESULT or FULL), GET and DELETE answer it. A FULL answer brings its
/// fills, hence the commission; without `assets` that is left out, as if the fills were not there.
/// An ACK has neither status nor amounts: kNew and 0.
std::optional<market::Order> parse_order(std::string_view body, const Assets* assets);

/// What GET /api/v3/allOrders says of an order's names.
struct ListedOrder {
  std::int64_t order_id = 0;
  std::string client_order_id;
};
std::optional<std::vector<ListedOrder>> parse_listed_orders(std::string_view body);

/// The sum over some of an order's executions, from GET /api/v3/myTrades.
struct OrderCommission {
  market::Commission commission;
  market::Quantity quantity;  // that it was taken for
  std::size_t executions = 0;
  std::int64_t last_trade_id = 0;  // the highest; 0: there is none, or a FULL answer does not say
};
std::optional<OrderCommission> parse_order_commission(std::string_view body, const Assets& assets);

/// GET /api/v3/historicalTrades, ascending in id.
std::optional<std::vector<market::Trade>> parse_trades(std::string_view body);

/// The newest trade's id from GET /api/v3/aggTrades, ascending; 0: there is none.
std::optional<std::int64_t> parse_newest_trade_id(std::string_view body);

std::optional<market::ExchangeTime> parse_server_time(std::string_view body);

struct SymbolListing {
  market::SymbolRules rules;
  bool trading = false;  // its status is TRADING
};
/// GET /api/v3/exchangeInfo. A symbol whose filters do not fit our numbers is left out.
std::optional<std::vector<SymbolListing>> parse_exchange_info(std::string_view body);

}  // namespace naive::binance
