#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "market/order.h"

namespace naive::binance_mock {

/// Frames of the market streams, keys in the order of the wire.
std::string trade_event(const std::string& symbol, const market::Trade& trade);
/// Every trade is an aggregate of its own here.
std::string aggregate_trade_event(const std::string& symbol, const market::Trade& trade);

/// Bid and ask, made up from the last trade: its price is the side that was hit, the other is one
/// tick away.
struct BookTicker {
  market::Price bid;
  market::Price ask;
  market::Quantity quantity;
};
BookTicker synthetic_touch(const market::Trade& last, market::Price tick_size);
std::string book_ticker_event(const std::string& symbol, std::int64_t update_id,
                              const BookTicker& ticker);

/// The latest public trades of each symbol: what GET /api/v3/trades and historicalTrades tell.
class TradeHistory {
 public:
  /// Trades kept of a symbol; older ones are forgotten.
  static constexpr std::size_t kLimit = 10'000;

  void add(const std::string& symbol, const market::Trade& trade);
  /// The last `limit`, oldest first.
  std::vector<market::Trade> latest(const std::string& symbol, std::size_t limit) const;
  /// The first `limit` whose id is not below `id`.
  std::vector<market::Trade> from(const std::string& symbol, std::int64_t id,
                                  std::size_t limit) const;
  /// nullptr when there was none yet.
  const market::Trade* last(const std::string& symbol) const;
  /// Symbols that have traded, in alphabetical order.
  const std::map<std::string, std::deque<market::Trade>>& all() const { return trades_; }

 private:
  std::map<std::string, std::deque<market::Trade>> trades_;
};

}  // namespace naive::binance_mock
