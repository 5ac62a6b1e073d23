#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "binance_mock/exchange.h"
#include "binance_mock/exchange_info.h"
#include "binance_mock/venue.h"

namespace naive::binance_mock {

/// Two symbols, with everything that a row of exchangeInfo may say: one by the rules of 2019, one
/// by those of 2025.
inline constexpr std::string_view kExchangeInfo = R"({"symbols":[
 {"symbol":"XRPUSDT","status":"TRADING","baseAsset":"XRP","baseAssetPrecision":8,"quoteAsset":"USDT",
  "orderTypes":["LIMIT","LIMIT_MAKER","MARKET","STOP_LOSS_LIMIT"],"filters":[
  {"filterType":"PRICE_FILTER","minPrice":"0.00010000","maxPrice":"1000.00000000","tickSize":"0.00010000"},
  {"filterType":"PERCENT_PRICE","multiplierUp":"5","multiplierDown":"0.2","avgPriceMins":5},
  {"filterType":"LOT_SIZE","minQty":"0.10000000","maxQty":"90000.00000000","stepSize":"0.10000000"},
  {"filterType":"MIN_NOTIONAL","minNotional":"10.00000000","applyToMarket":true,"avgPriceMins":5},
  {"filterType":"MARKET_LOT_SIZE","minQty":"0.00000000","maxQty":"5000.00000000","stepSize":"0.00000000"}]},
 {"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","orderTypes":["LIMIT"],"filters":[
  {"filterType":"PRICE_FILTER","minPrice":"0.01000000","maxPrice":"1000000.00000000","tickSize":"0.01000000"},
  {"filterType":"LOT_SIZE","minQty":"0.00001000","maxQty":"9000.00000000","stepSize":"0.00001000"},
  {"filterType":"PERCENT_PRICE_BY_SIDE","bidMultiplierUp":"5","bidMultiplierDown":"0.2","askMultiplierUp":"4","askMultiplierDown":"0.5"},
  {"filterType":"NOTIONAL","minNotional":"5.00000000","applyMinToMarket":true,"maxNotional":"9000000.00000000","applyMaxToMarket":false},
  {"filterType":"MAX_NUM_ORDERS","maxNumOrders":3},
  {"filterType":"TRAILING_DELTA","minTrailingAboveDelta":10}]},
 {"symbol":"DEADUSDT","status":"BREAK","baseAsset":"DEAD","quoteAsset":"USDT","orderTypes":["LIMIT"],"filters":[],"permissionSets":[["SPOT"]]}
]})";

inline SymbolTable test_symbols() {
  SymbolTable table;
  add_exchange_info(table, kExchangeInfo, "test");
  return table;
}

inline market::Price price(std::string_view text) { return market::Price::parse(text).value(); }
inline market::Quantity quantity(std::string_view text) {
  return market::Quantity::parse(text).value();
}
inline market::Decimal decimal(std::string_view text) {
  return market::Decimal::parse(text).value();
}
inline market::ExchangeTime at(std::int64_t seconds) {
  return market::ExchangeTime{std::chrono::seconds{seconds}};
}

/// An exchange with 1000 USDT, 1000 XRP and 1 BTC, and a clock that ticks a second with every step.
struct ExchangeWorld {
  SymbolTable symbols = test_symbols();
  Exchange exchange;
  std::int64_t clock = 0;
  UserEvents events;  // of the last step

  explicit ExchangeWorld(FillRule rule = FillRule::kTouch) : exchange(symbols, rule) {
    exchange.commit({Deposited{"USDT", decimal("1000")}, Deposited{"XRP", decimal("1000")},
                     Deposited{"BTC", decimal("1")}});
  }

  Result<OrderRecord> place(NewOrder order) {
    const auto changes = exchange.place(order, at(++clock));
    if (!changes) return std::unexpected(changes.error());
    events = exchange.commit(*changes);
    return exchange.ledger().of(order.symbol).orders.back();
  }

  Result<OrderRecord> cancel(CancelOrder cancel) {
    const auto found = exchange.ledger().find(cancel.symbol, cancel.key);
    const auto changes = exchange.cancel(cancel, at(++clock));
    if (!changes) return std::unexpected(changes.error());
    events = exchange.commit(*changes);
    return **found;
  }

  void trade(std::string_view at_price, std::string_view traded = "1",
             const std::string& symbol = "XRPUSDT") {
    const market::Trade trade{.trade_id = clock,
                              .price = price(at_price),
                              .quantity = quantity(traded),
                              .trade_time = at(++clock)};
    exchange.set_last(symbol, trade.price, trade.quantity);
    events = exchange.commit(exchange.match(symbol, trade));
  }

  const OrderRecord& order(const std::string& id, const std::string& symbol = "XRPUSDT") const {
    const auto found = exchange.ledger().find(symbol, {.order_id = {}, .client_order_id = id});
    EXPECT_TRUE(found.has_value()) << id;
    return **found;
  }
  std::string free(const std::string& asset) const {
    return exchange.ledger().balances().of(asset).free.to_short_string();
  }
  std::string locked(const std::string& asset) const {
    return exchange.ledger().balances().of(asset).locked.to_short_string();
  }
};

inline NewOrder limit(market::Side side, std::string_view at_price, std::string_view amount,
                      const std::string& id, TimeInForce time_in_force = TimeInForce::kGtc) {
  NewOrder order;
  order.symbol = "XRPUSDT";
  order.side = side;
  order.time_in_force = time_in_force;
  order.price = price(at_price);
  order.quantity = quantity(amount);
  order.client_order_id = id;
  return order;
}
inline NewOrder buy(std::string_view at_price, std::string_view amount, const std::string& id,
                    TimeInForce time_in_force = TimeInForce::kGtc) {
  return limit(market::Side::kBuy, at_price, amount, id, time_in_force);
}
inline NewOrder sell(std::string_view at_price, std::string_view amount, const std::string& id,
                     TimeInForce time_in_force = TimeInForce::kGtc) {
  return limit(market::Side::kSell, at_price, amount, id, time_in_force);
}
inline NewOrder at_market(market::Side side, std::string_view amount, const std::string& id) {
  NewOrder order = limit(side, "1", amount, id);
  order.type = OrderType::kMarket;
  order.price = {};
  return order;
}

}  // namespace naive::binance_mock
