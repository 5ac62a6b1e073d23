#pragma once

#include <deque>
#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "binance_mock/balances.h"
#include "binance_mock/order_record.h"
#include "binance_mock/symbol_spec.h"
#include "binance_mock/user_event.h"

namespace naive::binance_mock {

/// By what a client names an order: the exchange's id, its own, or both.
struct OrderKey {
  std::optional<std::int64_t> order_id;
  std::string client_order_id;
};

/// The place of an open order in its queue: the best price first, then the oldest.
struct QueuePlace {
  std::int64_t rank;  // price units; negated for BUY
  std::int64_t order_id;

  friend auto operator<=>(const QueuePlace&, const QueuePlace&) = default;
};

/// One account's orders and executions in one symbol.
struct SymbolLedger {
  std::deque<OrderRecord> orders;                           // order ids 1, 2, ... in this order
  std::vector<std::pair<std::int64_t, std::size_t>> fills;  // trade ids 1, 2, ...: order id, index
  std::set<QueuePlace> buys;
  std::set<QueuePlace> sells;
  std::unordered_map<std::string, std::vector<std::int64_t>> by_client_id;

  const OrderRecord& order(std::int64_t order_id) const;
  std::int64_t next_order_id() const { return static_cast<std::int64_t>(orders.size()) + 1; }
  std::int64_t next_trade_id() const { return static_cast<std::int64_t>(fills.size()) + 1; }
  std::size_t open_count() const { return buys.size() + sells.size(); }
};

/// Everything that ever happened to the one account: its balances, each order, each execution. Only
/// apply() changes it, it decides nothing, and applying the same changes in the same order always
/// gives the same ledger. It forgets nothing, so it grows by about half a kilobyte an order.
class Ledger {
 public:
  explicit Ledger(const SymbolTable& symbols) : symbols_(symbols) {}

  /// What the account's owner is to be told.
  UserEvents apply(const Changes& changes);

  const Balances& balances() const { return balances_; }
  /// By symbol; only those that ever had an order.
  const std::map<std::string, SymbolLedger>& symbols() const { return ledgers_; }
  /// Empty when the symbol never had an order.
  const SymbolLedger& of(const std::string& symbol) const;

  enum class NotFound { kUnknown, kMismatch };
  /// An open order under that client id before a closed one, and the latest among equals.
  /// kMismatch: the order has another client id than the key says.
  std::expected<const OrderRecord*, NotFound> find(const std::string& symbol,
                                                   const OrderKey& key) const;
  /// The public trades of this symbol have had no id from here on.
  std::int64_t reserved_trade_ids(const std::string& symbol) const;
  bool is_open(const std::string& symbol, const std::string& client_order_id) const;

 private:
  struct Step;

  void apply_one(const Deposited& change, Step& step);
  void apply_one(const Accepted& change, Step& step);
  void apply_one(const Filled& change, Step& step);
  void apply_one(const Closed& change, Step& step);
  void apply_one(const TradeIdsReserved& change, Step& step);
  void settle(const SymbolSpec& spec, OrderRecord& order, const Execution& execution);
  void close(SymbolLedger& ledger, const SymbolSpec& spec, OrderRecord& order);
  void report(Step& step, ExecutionType type, const OrderRecord& order);
  const SymbolSpec& spec(const std::string& symbol) const;

  const SymbolTable& symbols_;
  Balances balances_;
  std::map<std::string, SymbolLedger> ledgers_;
  std::map<std::string, std::int64_t> reserved_trade_ids_;
  std::int64_t last_execution_id_ = 0;
};

}  // namespace naive::binance_mock
