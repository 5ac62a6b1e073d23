#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "binance_mock/exchange.h"
#include "binance_mock/journal.h"
#include "binance_mock/market_streams.h"
#include "binance_mock/price_source.h"
#include "binance_mock/public_trade.h"

namespace naive::binance_mock {

/// Listens to the account: every connection with a user data stream.
class UserSubscriber {
 public:
  virtual ~UserSubscriber() = default;
  virtual void user_event(const std::string& json) = 0;
};

/// Carries user events from the exchange to those who listen; the way on is Venue::deliver(). What it does with them on
/// the way is its own affair.
class UserCourier {
 public:
  virtual ~UserCourier() = default;
  virtual void carry(const UserEvent& event, const std::string& json) = 0;
};

/// The trading floor: lets the exchange decide, makes its decisions true and tells everybody who
/// listens. All orders, cancels and public trades go through here, one after the other.
class Venue {
 public:
  Venue(const SymbolTable& symbols, FillRule fill_rule) : exchange_(symbols, fill_rule) {}

  /// Takes up what `file` says happened before, and writes down there from now on whatever changes, before it counts.
  /// Throws runtime::ConfigError. True: something had happened before.
  bool keep_book(const std::filesystem::path& file);

  Result<const OrderRecord*> place(const NewOrder& order, market::ExchangeTime now);
  /// Whether place() would take it.
  Result<void> test(const NewOrder& order, market::ExchangeTime now) const;
  Result<const OrderRecord*> cancel(const CancelOrder& cancel, market::ExchangeTime now);
  void deposit(const std::string& asset, market::Decimal amount);

  /// A public trade happens: it gets its id and time, fills what it fills and is told to all who
  /// listen, before this returns. Off the symbol's tick is fine.
  market::Trade publish(const std::string& symbol, const Print& print, market::ExchangeTime now);
  /// To the symbol's latest order.
  void fill_half_and_cancel(const std::string& symbol, market::ExchangeTime now);
  /// Where prices stand before the first trade.
  void set_start(const std::string& symbol, market::Price price);

  const Exchange& exchange() const { return exchange_; }
  const TradeHistory& history() const { return history_; }

  MarketStreams& streams() { return streams_; }
  const MarketStreams& streams() const { return streams_; }
  void add(UserSubscriber& subscriber) { users_.push_back(&subscriber); }
  void remove(UserSubscriber& subscriber) { std::erase(users_, &subscriber); }
  /// Sends a user event to everybody who listens.
  void deliver(const std::string& json) const;
  /// Without one, events go straight to deliver(). nullptr: none any more.
  void employ(UserCourier* courier) { courier_ = courier; }
  std::size_t user_streams() const { return users_.size(); }

  /// Whether anybody cares what the symbol's price does: it has an open order or a subscriber.
  bool is_wanted(const std::string& symbol) const;
  /// Is called when somebody begins to care.
  void on_interest(std::function<void(const std::string& symbol)> callback) {
    on_interest_ = std::move(callback);
  }
  void tell_interest(const std::string& symbol) const {
    if (on_interest_) on_interest_(symbol);
  }

 private:
  void commit(const Changes& changes);
  std::int64_t next_trade_id(const std::string& symbol, std::int64_t recorded);
  void tell_market(const std::string& symbol, const market::Trade& trade) const;

  Exchange exchange_;
  std::optional<Journal> journal_;
  TradeHistory history_;
  std::map<std::string, std::int64_t> last_trade_id_;
  MarketStreams streams_;
  std::vector<UserSubscriber*> users_;
  UserCourier* courier_ = nullptr;
  std::function<void(const std::string&)> on_interest_;
};

}  // namespace naive::binance_mock
