#pragma once

#include <map>
#include <optional>
#include <string>

#include "binance_mock/api_error.h"
#include "binance_mock/ledger.h"
#include "binance_mock/order_record.h"
#include "binance_mock/symbol_spec.h"

namespace naive::binance_mock {

/// When a resting order fills.
///   kTouch: a public trade at or through its price fills all of it, at its price. Inclusive: BUY
///   when trade <= price,
///           SELL when trade >= price.
///   kQueue: as kTouch, but all of the account's orders together get no more than the trade's
///   quantity, the best price
///           and then the oldest first; so partial fills happen.
/// An order that the last price already reaches when it arrives takes: it fills at once, at the
/// last price; under kQueue up to the last trade's quantity. Our executions change nothing for the
/// public trades.
enum class FillRule { kTouch, kQueue };

enum class CancelRestriction { kNone, kOnlyNew, kOnlyPartiallyFilled };

struct CancelOrder {
  std::string symbol;
  OrderKey key;
  std::string cancel_client_order_id;
  CancelRestriction restriction = CancelRestriction::kNone;
};

/// The matching engine: decides what orders, cancels and public trades change, and keeps the
/// ledger. No I/O and no clock. A decision changes nothing by itself, so that it can be written
/// down before it counts; commit() makes it true.
class Exchange {
 public:
  Exchange(const SymbolTable& symbols, FillRule fill_rule)
      : symbols_(symbols), fill_rule_(fill_rule), ledger_(symbols) {}

  /// An order that is refused is an error. One that is taken begins with Accepted, then come its
  /// fills and its end, if any.
  Result<Changes> place(const NewOrder& order, market::ExchangeTime now) const;
  Result<Changes> cancel(const CancelOrder& cancel, market::ExchangeTime now) const;
  /// What a public trade does to the open orders.
  Changes match(const std::string& symbol, const market::Trade& trade) const;

  /// As if its owner had cancelled it elsewhere just after half of it was filled. Nothing when it is not open or too small.
  Changes half_fill_and_cancel(const OrderRecord& order, market::ExchangeTime now) const;

  UserEvents commit(const Changes& changes) { return ledger_.apply(changes); }

  /// The last public trade: what marketable orders meet.
  void set_last(const std::string& symbol, market::Price price, market::Quantity quantity);
  std::optional<market::Price> last_price(const std::string& symbol) const;

  const SymbolTable& symbols() const { return symbols_; }
  const Ledger& ledger() const { return ledger_; }

 private:
  struct Last {
    market::Price price;
    market::Quantity quantity;
  };

  std::optional<Last> last(const std::string& symbol) const;
  /// An order by quote quantity gets its quantity: what that buys at the last price.
  NewOrder with_quantity(NewOrder order, const SymbolSpec& spec,
                         const std::optional<Last>& market) const;
  std::optional<ApiError> refusal(const SymbolSpec& spec, const NewOrder& order,
                                  std::optional<market::Price> last_price, market::Quantity taken,
                                  std::optional<market::Decimal> locked) const;
  market::Quantity taken_at_once(const NewOrder& order, const std::optional<Last>& last) const;

  const SymbolTable& symbols_;
  FillRule fill_rule_;
  Ledger ledger_;
  std::map<std::string, Last> last_;
};

}  // namespace naive::binance_mock
