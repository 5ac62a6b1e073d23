#include "binance_mock/ledger.h"

#include <algorithm>

#include "runtime/check.h"

namespace naive::binance_mock {
namespace {

using market::Decimal;
using market::OrderStatus;
using market::Side;

QueuePlace place_of(const OrderRecord& order) {
  const std::int64_t price = order.price.units();
  return {.rank = order.side == Side::kBuy ? -price : price, .order_id = order.order_id};
}

OrderRecord& mutable_order(SymbolLedger& ledger, std::int64_t order_id) {
  NAIVE_CHECK(order_id >= 1 && order_id < ledger.next_order_id());
  return ledger.orders[static_cast<std::size_t>(order_id - 1)];
}

template <class Kind>
void increase(market::Amount<Kind>& value, market::Amount<Kind> amount) {
  const auto sum = add(value, amount);
  NAIVE_CHECK(sum.has_value());
  value = *sum;
}

const std::string& paying_asset(const SymbolSpec& spec, const OrderRecord& order) {
  return order.side == Side::kBuy ? spec.rules.quote_asset : spec.rules.base_asset;
}

const std::string& received_asset(const SymbolSpec& spec, const OrderRecord& order) {
  return order.side == Side::kBuy ? spec.rules.base_asset : spec.rules.quote_asset;
}

/// The part of what is set aside for the order that belongs to this fill; all that is left for the
/// last one, so that no truncated unit stays locked.
Decimal locked_part(const OrderRecord& order, const Execution& execution) {
  if (order.remaining().is_zero()) return order.locked;
  if (order.side == Side::kSell) return execution.quantity.value();
  const auto limit = order.price.is_zero() ? execution.price : order.price;
  const auto part = market::notional(limit, execution.quantity);
  return part ? std::min(part->value(), order.locked) : order.locked;
}

}  // namespace

std::string_view to_string(ExecutionType type) {
  switch (type) {
    case ExecutionType::kNew:
      return "NEW";
    case ExecutionType::kTrade:
      return "TRADE";
    case ExecutionType::kCanceled:
      return "CANCELED";
    case ExecutionType::kExpired:
      return "EXPIRED";
  }
  return "";
}

const OrderRecord& SymbolLedger::order(std::int64_t order_id) const {
  NAIVE_CHECK(order_id >= 1 && order_id < next_order_id());
  return orders[static_cast<std::size_t>(order_id - 1)];
}

/// What one apply() gathers for the owner.
struct Ledger::Step {
  UserEvents events;
  std::set<std::string> assets;
  market::ExchangeTime time;
};

UserEvents Ledger::apply(const Changes& changes) {
  Step step;
  for (const Change& change : changes) {
    std::visit([&](const auto& one) { apply_one(one, step); }, change);
  }
  if (!step.assets.empty()) {
    AccountPosition position{.time = step.time, .balances = {}};
    for (const auto& asset : step.assets) {
      position.balances.emplace_back(asset, balances_.of(asset));
    }
    step.events.emplace_back(std::move(position));
  }
  return std::move(step.events);
}

void Ledger::apply_one(const Deposited& change, Step& step) {
  balances_.credit(change.asset, change.amount);
  step.assets.insert(change.asset);
}

void Ledger::apply_one(const Accepted& change, Step& step) {
  SymbolLedger& ledger = ledgers_[change.order.symbol];
  NAIVE_CHECK(change.order.order_id == ledger.next_order_id());
  const OrderRecord& order = ledger.orders.emplace_back(change.order);
  ledger.by_client_id[order.client_order_id].push_back(order.order_id);
  (order.side == Side::kBuy ? ledger.buys : ledger.sells).insert(place_of(order));
  const SymbolSpec& symbol = spec(order.symbol);
  balances_.lock(paying_asset(symbol, order), order.locked);
  step.assets.insert({symbol.rules.base_asset, symbol.rules.quote_asset});
  report(step, ExecutionType::kNew, order);
}

void Ledger::apply_one(const Filled& change, Step& step) {
  SymbolLedger& ledger = ledgers_[change.symbol];
  OrderRecord& order = mutable_order(ledger, change.order_id);
  NAIVE_CHECK(market::is_open(order.status));
  NAIVE_CHECK(change.execution.trade_id == ledger.next_trade_id());
  ledger.fills.emplace_back(order.order_id, order.executions.size());
  order.executions.push_back(change.execution);
  increase(order.executed, change.execution.quantity);
  increase(order.executed_quote, change.execution.quote);
  order.update_time = change.execution.time;
  NAIVE_CHECK(order.executed <= order.quantity);

  const SymbolSpec& symbol = spec(order.symbol);
  settle(symbol, order, change.execution);
  if (order.remaining().is_zero()) {
    order.status = OrderStatus::kFilled;
    close(ledger, symbol, order);
  } else {
    order.status = OrderStatus::kPartiallyFilled;
  }
  step.assets.insert({symbol.rules.base_asset, symbol.rules.quote_asset});
  report(step, ExecutionType::kTrade, order);
}

void Ledger::apply_one(const Closed& change, Step& step) {
  SymbolLedger& ledger = ledgers_[change.symbol];
  OrderRecord& order = mutable_order(ledger, change.order_id);
  NAIVE_CHECK(market::is_open(order.status));
  order.status = change.status;
  order.cancel_client_order_id = change.cancel_client_order_id;
  order.expiry_reason = change.expiry_reason;
  order.update_time = change.time;
  if (!change.cancel_client_order_id.empty()) {
    ledger.by_client_id[change.cancel_client_order_id].push_back(order.order_id);
  }
  const SymbolSpec& symbol = spec(order.symbol);
  close(ledger, symbol, order);
  step.assets.insert({symbol.rules.base_asset, symbol.rules.quote_asset});
  report(
      step,
      change.status == OrderStatus::kCanceled ? ExecutionType::kCanceled : ExecutionType::kExpired,
      order);
}

void Ledger::apply_one(const TradeIdsReserved& change, Step&) {
  reserved_trade_ids_[change.symbol] = change.below;
}

void Ledger::settle(const SymbolSpec& spec, OrderRecord& order, const Execution& execution) {
  const bool buy = order.side == Side::kBuy;
  const Decimal paid = buy ? execution.quote.value() : execution.quantity.value();
  const Decimal received = buy ? execution.quantity.value() : execution.quote.value();
  const Decimal released = locked_part(order, execution);
  const auto net = market::subtract(received, execution.commission);
  const auto change = market::subtract(released, paid);
  NAIVE_CHECK(net && change && !change->is_negative());

  const std::string& paying = paying_asset(spec, order);
  balances_.spend_locked(paying, paid);
  balances_.unlock(paying, *change);
  balances_.credit(received_asset(spec, order), *net);
  order.locked = Decimal::from_units(order.locked.units() - released.units());
}

void Ledger::close(SymbolLedger& ledger, const SymbolSpec& spec, OrderRecord& order) {
  (order.side == Side::kBuy ? ledger.buys : ledger.sells).erase(place_of(order));
  balances_.unlock(paying_asset(spec, order), order.locked);
  order.locked = {};
}

void Ledger::report(Step& step, ExecutionType type, const OrderRecord& order) {
  step.time = order.update_time;
  ExecutionReport report{.type = type,
                         .execution_id = ++last_execution_id_,
                         .order = order,
                         .execution = {},
                         .time = order.update_time};
  if (type == ExecutionType::kTrade) report.execution = order.executions.back();
  step.events.emplace_back(std::move(report));
}

const SymbolSpec& Ledger::spec(const std::string& symbol) const {
  const SymbolSpec* found = symbols_.find(symbol);
  NAIVE_CHECK(found != nullptr);
  return *found;
}

std::int64_t Ledger::reserved_trade_ids(const std::string& symbol) const {
  const auto found = reserved_trade_ids_.find(symbol);
  return found == reserved_trade_ids_.end() ? 0 : found->second;
}

const SymbolLedger& Ledger::of(const std::string& symbol) const {
  static const SymbolLedger kEmpty;
  const auto found = ledgers_.find(symbol);
  return found == ledgers_.end() ? kEmpty : found->second;
}

std::expected<const OrderRecord*, Ledger::NotFound> Ledger::find(const std::string& symbol,
                                                                 const OrderKey& key) const {
  const SymbolLedger& ledger = of(symbol);
  if (key.order_id) {
    if (*key.order_id < 1 || *key.order_id >= ledger.next_order_id()) {
      return std::unexpected(NotFound::kUnknown);
    }
    const OrderRecord& order = ledger.order(*key.order_id);
    const bool same = key.client_order_id.empty() || key.client_order_id == order.client_order_id ||
                      key.client_order_id == order.cancel_client_order_id;
    if (!same) return std::unexpected(NotFound::kMismatch);
    return &order;
  }
  const auto found = ledger.by_client_id.find(key.client_order_id);
  if (found == ledger.by_client_id.end()) return std::unexpected(NotFound::kUnknown);
  for (const std::int64_t id : found->second) {
    if (market::is_open(ledger.order(id).status)) return &ledger.order(id);
  }
  return &ledger.order(std::ranges::max(found->second));
}

bool Ledger::is_open(const std::string& symbol, const std::string& client_order_id) const {
  const auto order = find(symbol, {.order_id = {}, .client_order_id = client_order_id});
  return order && market::is_open((*order)->status);
}

}  // namespace naive::binance_mock
