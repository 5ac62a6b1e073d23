#include "binance_mock/public_trade.h"

#include <algorithm>

#include "binance_mock/json_writer.h"
#include "binance_mock/wire_time.h"

namespace naive::binance_mock {

std::string trade_event(const std::string& symbol, const market::Trade& trade) {
  const std::int64_t time = to_milliseconds(trade.trade_time);
  JsonWriter json;
  json.begin_object().member("e", "trade").member("E", time).member("s", symbol);
  json.member("t", trade.trade_id).member("p", trade.price.to_string());
  json.member("q", trade.quantity.to_string()).member("T", time);
  json.member_boolean("m", trade.buyer_is_maker).member_boolean("M", true).end_object();
  return json.take();
}

std::string aggregate_trade_event(const std::string& symbol, const market::Trade& trade) {
  const std::int64_t time = to_milliseconds(trade.trade_time);
  JsonWriter json;
  json.begin_object().member("e", "aggTrade").member("E", time).member("s", symbol);
  json.member("a", trade.trade_id).member("p", trade.price.to_string());
  json.member("q", trade.quantity.to_string());
  json.member("f", trade.trade_id).member("l", trade.trade_id).member("T", time);
  json.member_boolean("m", trade.buyer_is_maker).member_boolean("M", true).end_object();
  return json.take();
}

BookTicker synthetic_touch(const market::Trade& last, market::Price tick_size) {
  const auto moved = [&](std::int64_t ticks) {
    return market::Price::from_units(last.price.units() + ticks * tick_size.units());
  };
  return last.buyer_is_maker ? BookTicker{last.price, moved(1), last.quantity}
                             : BookTicker{moved(-1), last.price, last.quantity};
}

std::string book_ticker_event(const std::string& symbol, std::int64_t update_id,
                              const BookTicker& ticker) {
  JsonWriter json;
  json.begin_object().member("u", update_id).member("s", symbol);
  json.member("b", ticker.bid.to_string()).member("B", ticker.quantity.to_string());
  json.member("a", ticker.ask.to_string()).member("A", ticker.quantity.to_string()).end_object();
  return json.take();
}

void TradeHistory::add(const std::string& symbol, const market::Trade& trade) {
  auto& trades = trades_[symbol];
  trades.push_back(trade);
  if (trades.size() > kLimit) trades.pop_front();
}

std::vector<market::Trade> TradeHistory::latest(const std::string& symbol,
                                                std::size_t limit) const {
  const auto found = trades_.find(symbol);
  if (found == trades_.end()) return {};
  const auto count = std::min(limit, found->second.size());
  return {found->second.end() - static_cast<std::ptrdiff_t>(count), found->second.end()};
}

std::vector<market::Trade> TradeHistory::from(const std::string& symbol, std::int64_t id,
                                              std::size_t limit) const {
  const auto found = trades_.find(symbol);
  if (found == trades_.end()) return {};
  const auto first = std::ranges::lower_bound(found->second, id, {}, &market::Trade::trade_id);
  const auto rest = static_cast<std::size_t>(found->second.end() - first);
  return {first, first + static_cast<std::ptrdiff_t>(std::min(limit, rest))};
}

const market::Trade* TradeHistory::last(const std::string& symbol) const {
  const auto found = trades_.find(symbol);
  return found == trades_.end() ? nullptr : &found->second.back();
}

}  // namespace naive::binance_mock
