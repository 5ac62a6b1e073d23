#include "binance_mock/venue.h"

#include <fmt/format.h>

#include <algorithm>

#include "binance_mock/order_json.h"
#include "runtime/program.h"
#include "runtime/sync_point.h"

namespace naive::binance_mock {
namespace {

const std::string* symbol_of(const Change& change) {
  struct Symbol {
    const std::string* operator()(const Deposited&) { return nullptr; }
    const std::string* operator()(const Accepted& one) { return &one.order.symbol; }
    const std::string* operator()(const Filled& one) { return &one.symbol; }
    const std::string* operator()(const Closed& one) { return &one.symbol; }
    const std::string* operator()(const TradeIdsReserved&) { return nullptr; }
  };
  return std::visit(Symbol{}, change);
}

const std::string* unknown_symbol(const Changes& changes, const SymbolTable& symbols) {
  for (const Change& change : changes) {
    const std::string* symbol = symbol_of(change);
    if (symbol != nullptr && symbols.find(*symbol) == nullptr) return symbol;
  }
  return nullptr;
}

}  // namespace

bool Venue::keep_book(const std::filesystem::path& file) {
  journal_.emplace(file, [&](const Changes& changes) {
    if (const std::string* symbol = unknown_symbol(changes, exchange_.symbols())) {
      throw runtime::ConfigError(
          fmt::format("the book '{}' has orders in {}, which no --exchange-info file lists",
                      file.string(), *symbol));
    }
    exchange_.commit(changes);
  });
  return !journal_->was_empty();
}

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
  const market::Trade trade{.trade_id = next_trade_id(symbol, print.recorded_id),
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

void Venue::fill_half_and_cancel(const std::string& symbol, market::ExchangeTime now) {
  const auto& orders = exchange_.ledger().of(symbol).orders;
  if (orders.empty()) return;
  const Changes changes = exchange_.half_fill_and_cancel(orders.back(), now);
  if (!changes.empty()) commit(changes);
}

void Venue::set_start(const std::string& symbol, market::Price price) {
  exchange_.set_last(symbol, price, {});
}

bool Venue::is_wanted(const std::string& symbol) const {
  return streams_.is_watched(symbol) || exchange_.ledger().of(symbol).open_count() > 0;
}

std::int64_t Venue::next_trade_id(const std::string& symbol, std::int64_t recorded) {
  // A line in the book for so many trades; what is left of it when the process dies is a gap in the ids.
  constexpr std::int64_t kReserve = 1000;
  const std::int64_t reserved = exchange_.ledger().reserved_trade_ids(symbol);
  const auto [last, is_first] = last_trade_id_.try_emplace(symbol, reserved - 1);
  last->second = std::max({last->second + 1, recorded, std::int64_t{1}});
  if (last->second >= reserved) commit({TradeIdsReserved{symbol, last->second + kReserve}});
  return last->second;
}

void Venue::commit(const Changes& changes) {
  runtime::sync_point({"exchange", "before", "commit"});
  if (journal_) journal_->append(changes);
  runtime::sync_point({"exchange", "after", "commit"});
  for (const UserEvent& event : exchange_.commit(changes)) {
    const std::string json = user_event_json(event);
    if (courier_ != nullptr) {
      courier_->carry(event, json);
    } else {
      deliver(json);
    }
  }
}

void Venue::deliver(const std::string& json) const {
  for (UserSubscriber* user : users_) user->user_event(json);
}

void Venue::tell_market(const std::string& symbol, const market::Trade& trade) const {
  using Kind = StreamName::Kind;
  const StreamName trades{symbol, Kind::kTrade};
  if (streams_.has_subscribers(trades)) {
    streams_.publish(trades, trade_event(symbol, trade), trade.trade_time);
  }
  const StreamName aggregates{symbol, Kind::kAggregateTrade};
  if (streams_.has_subscribers(aggregates)) {
    streams_.publish(aggregates, aggregate_trade_event(symbol, trade), trade.trade_time);
  }
  const StreamName tickers{symbol, Kind::kBookTicker};
  if (streams_.has_subscribers(tickers)) {
    const auto tick = exchange_.symbols().find(symbol)->rules.tick_size;
    streams_.publish(tickers,
                     book_ticker_event(symbol, trade.trade_id, synthetic_touch(trade, tick)),
                     trade.trade_time);
  }
}

}  // namespace naive::binance_mock
