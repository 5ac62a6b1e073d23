#include "binance_mock/venue.h"

#include <algorithm>

#include "binance_mock/order_json.h"

namespace naive::binance_mock {

Result<const OrderRecord*> Venue::place(const NewOrder& order, market::ExchangeTime now) {
  const auto changes = exchange_.place(order, now);
  if (!changes) return std::unexpected(changes.error());
  commit(*changes);
  tell_interest(order.symbol);
  return &exchange_.ledger().of(order.symbol).orders.back();
}

Result<void> Venue::test(const NewOrder& order, market::ExchangeTime now) const {
  const auto changes = exchange_.place(order, now);
  if (!changes) return std::unexpected(changes.error());
  return {};
}

Result<const OrderRecord*> Venue::cancel(const CancelOrder& cancel, market::ExchangeTime now) {
  const auto found = exchange_.ledger().find(cancel.symbol, cancel.key);
  const auto changes = exchange_.cancel(cancel, now);
  if (!changes) return std::unexpected(changes.error());
  commit(*changes);
  return *found;
}

void Venue::deposit(const std::string& asset, market::Decimal amount) {
  commit({Deposited{.asset = asset, .amount = amount}});
}

market::Trade Venue::publish(const std::string& symbol, const Print& print,
                             market::ExchangeTime now) {
  std::int64_t& last_id = last_trade_id_[symbol];
  last_id = std::max(last_id + 1, print.recorded_id);
  const market::Trade trade{.trade_id = last_id,
                            .price = print.price,
                            .quantity = print.quantity,
                            .trade_time = now,
                            .buyer_is_maker = print.buyer_is_maker};
  history_.add(symbol, trade);
  exchange_.set_last(symbol, trade.price, trade.quantity);
  const Changes changes = exchange_.match(symbol, trade);
  tell_market(symbol, trade);
  if (!changes.empty()) commit(changes);
  return trade;
}

void Venue::set_start(const std::string& symbol, market::Price price) {
  exchange_.set_last(symbol, price, {});
}

bool Venue::is_wanted(const std::string& symbol) const {
  return streams_.is_watched(symbol) || exchange_.ledger().of(symbol).open_count() > 0;
}

void Venue::commit(const Changes& changes) {
  for (const UserEvent& event : exchange_.commit(changes)) {
    const std::string json = user_event_json(event);
    for (UserSubscriber* user : users_) user->user_event(json);
  }
}

void Venue::tell_market(const std::string& symbol, const market::Trade& trade) const {
  using Kind = StreamName::Kind;
  const StreamName trades{symbol, Kind::kTrade};
  if (streams_.has_subscribers(trades)) streams_.publish(trades, trade_event(symbol, trade));
  const StreamName aggregates{symbol, Kind::kAggregateTrade};
  if (streams_.has_subscribers(aggregates)) {
    streams_.publish(aggregates, aggregate_trade_event(symbol, trade));
  }
  const StreamName tickers{symbol, Kind::kBookTicker};
  if (streams_.has_subscribers(tickers)) {
    const auto tick = exchange_.symbols().find(symbol)->rules.tick_size;
    streams_.publish(tickers,
                     book_ticker_event(symbol, trade.trade_id, synthetic_touch(trade, tick)));
  }
}

}  // namespace naive::binance_mock
