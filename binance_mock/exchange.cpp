#include "binance_mock/exchange.h"

#include <algorithm>

#include "binance_mock/filters.h"
#include "runtime/check.h"

namespace naive::binance_mock {
namespace {

using market::Decimal;
using market::ExchangeTime;
using market::OrderStatus;
using market::Price;
using market::Quantity;
using market::Side;

/// 0.1 % of what is received, truncated: the standard retail fee, maker and taker alike.
constexpr std::int64_t kCommissionDivisor = 1000;

Execution execute(const SymbolSpec& spec, Side side, Price price, Quantity quantity,
                  Liquidity liquidity, std::int64_t trade_id, ExchangeTime now) {
  const auto quote = market::notional(price, quantity);
  NAIVE_CHECK(quote.has_value());
  const Decimal received = side == Side::kBuy ? quantity.value() : quote->value();
  return {.trade_id = trade_id,
          .price = price,
          .quantity = quantity,
          .quote = *quote,
          .commission = Decimal::from_units(received.units() / kCommissionDivisor),
          .commission_asset = side == Side::kBuy ? spec.rules.base_asset : spec.rules.quote_asset,
          .liquidity = liquidity,
          .time = now};
}

bool reaches(Side side, Price limit, Price trade) {
  return side == Side::kBuy ? trade <= limit : trade >= limit;
}

/// Why what an order could not take at once does not rest; empty: it rests.
std::string expiry_reason(const NewOrder& order) {
  if (order.type == OrderType::kMarket) return "INSUFFICIENT_LIQUIDITY";
  switch (order.time_in_force) {
    case TimeInForce::kGtc:
      return "";
    case TimeInForce::kIoc:
      return "UNFILLED_IOC_QUANTITY_EXPIRED";
    case TimeInForce::kFok:
      return "UNFILLED_FOK_ORDER_EXPIRED";
  }
  return "";
}

OrderRecord new_record(const NewOrder& order, std::int64_t order_id, Decimal locked,
                       ExchangeTime now) {
  OrderRecord record;
  record.symbol = order.symbol;
  record.order_id = order_id;
  record.client_order_id = order.client_order_id;
  record.side = order.side;
  record.type = order.type;
  record.time_in_force = order.time_in_force;
  record.price = order.price;
  record.quantity = order.quantity;
  record.quote_quantity = order.quote_quantity;
  record.locked = locked;
  record.time = now;
  record.update_time = now;
  return record;
}

/// What has to be set aside for an order; nullopt when it does not fit into an amount.
std::optional<Decimal> amount_to_lock(const NewOrder& order, std::optional<Price> last,
                                      Quantity taken) {
  if (order.side == Side::kSell) return order.quantity.value();
  const bool market_order = order.type == OrderType::kMarket;
  if (market_order && !last) return Decimal{};
  const auto cost =
      market_order ? market::notional(*last, taken) : market::notional(order.price, order.quantity);
  return cost ? std::optional{cost->value()} : std::nullopt;
}

}  // namespace

Result<Changes> Exchange::place(const NewOrder& request, ExchangeTime now) const {
  const SymbolSpec* spec = symbols_.find(request.symbol);
  if (spec == nullptr) return std::unexpected(errors::invalid_symbol());
  if (!spec->is_trading()) return std::unexpected(errors::order_rejected("Market is closed."));

  const auto market = last(request.symbol);
  const NewOrder order = with_quantity(request, *spec, market);
  const Quantity taken = taken_at_once(order, market);
  const auto price = market ? std::optional{market->price} : std::nullopt;
  const auto locked = amount_to_lock(order, price, taken);
  if (const auto error = refusal(*spec, order, price, taken, locked)) {
    return std::unexpected(*error);
  }

  const SymbolLedger& book = ledger_.of(order.symbol);
  const std::int64_t order_id = book.next_order_id();
  Changes changes{Accepted{new_record(order, order_id, *locked, now)}};
  if (!taken.is_zero()) {
    changes.emplace_back(Filled{
        order.symbol, order_id,
        execute(*spec, order.side, *price, taken, Liquidity::kTaker, book.next_trade_id(), now)});
  }
  std::string reason = expiry_reason(order);
  if (taken < order.quantity && !reason.empty()) {
    changes.emplace_back(Closed{.symbol = order.symbol,
                                .order_id = order_id,
                                .status = OrderStatus::kExpired,
                                .cancel_client_order_id = "",
                                .expiry_reason = std::move(reason),
                                .time = now});
  }
  return changes;
}

NewOrder Exchange::with_quantity(NewOrder order, const SymbolSpec& spec,
                                 const std::optional<Last>& market) const {
  if (order.quote_quantity.is_zero() || !market) return order;
  const auto units = market::multiply_divide(order.quote_quantity.units(), Decimal::kUnitsPerOne,
                                             market->price.units());
  order.quantity =
      market::floor_step(Quantity::from_units(units.value_or(0)), spec.rules.step_size);
  return order;
}

std::optional<ApiError> Exchange::refusal(const SymbolSpec& spec, const NewOrder& order,
                                          std::optional<Price> last_price, Quantity taken,
                                          std::optional<Decimal> locked) const {
  const SymbolLedger& book = ledger_.of(order.symbol);
  if (auto error = broken_filter(spec, order, last_price, book.open_count())) return error;
  if (ledger_.is_open(order.symbol, order.client_order_id)) {
    return errors::order_rejected("Duplicate order sent.");
  }
  if (order.type == OrderType::kLimitMaker && !taken.is_zero()) {
    return errors::order_rejected("Order would immediately match and take.");
  }
  const auto value = market::notional(order.price, order.quantity);
  if (order.type != OrderType::kMarket && value && value->is_zero()) {
    return errors::order_rejected("Price * QTY is zero or less.");
  }
  if (!value || (last_price && !market::notional(*last_price, order.quantity))) {
    return errors::overflowed("quantity");
  }
  const std::string& paying =
      order.side == Side::kBuy ? spec.rules.quote_asset : spec.rules.base_asset;
  if (!locked || *locked > ledger_.balances().of(paying).free) {
    return errors::order_rejected("Account has insufficient balance for requested action.");
  }
  return std::nullopt;
}

Quantity Exchange::taken_at_once(const NewOrder& order, const std::optional<Last>& market) const {
  if (!market) return {};
  const bool market_order = order.type == OrderType::kMarket;
  if (!market_order && !reaches(order.side, order.price, market->price)) return {};
  switch (fill_rule_) {
    case FillRule::kTouch:
      return order.quantity;
    case FillRule::kQueue:
      break;
  }
  const Quantity available = std::min(order.quantity, market->quantity);
  const bool all_or_nothing = order.time_in_force == TimeInForce::kFok;
  return all_or_nothing && available < order.quantity ? Quantity{} : available;
}

Result<Changes> Exchange::cancel(const CancelOrder& cancel, ExchangeTime now) const {
  if (symbols_.find(cancel.symbol) == nullptr) return std::unexpected(errors::invalid_symbol());
  const auto found = ledger_.find(cancel.symbol, cancel.key);
  if (!found || !market::is_open((*found)->status)) {
    return std::unexpected(errors::cancel_rejected("Unknown order sent."));
  }
  const OrderRecord& order = **found;
  const bool is_new = order.status == OrderStatus::kNew;
  if ((cancel.restriction == CancelRestriction::kOnlyNew && !is_new) ||
      (cancel.restriction == CancelRestriction::kOnlyPartiallyFilled && is_new)) {
    return std::unexpected(
        errors::cancel_rejected("Order was not canceled due to cancel restrictions."));
  }
  return Changes{Closed{.symbol = order.symbol,
                        .order_id = order.order_id,
                        .status = OrderStatus::kCanceled,
                        .cancel_client_order_id = cancel.cancel_client_order_id,
                        .expiry_reason = "",
                        .time = now}};
}

Changes Exchange::match(const std::string& symbol, const market::Trade& trade) const {
  Changes changes;
  const SymbolLedger& book = ledger_.of(symbol);
  if (book.open_count() == 0) return changes;
  const SymbolSpec& spec = *symbols_.find(symbol);
  std::int64_t trade_id = book.next_trade_id();
  Quantity left = trade.quantity;
  for (const auto* queue : {&book.buys, &book.sells}) {
    for (const QueuePlace& place : *queue) {
      const OrderRecord& order = book.order(place.order_id);
      if (!reaches(order.side, order.price, trade.price)) break;
      Quantity quantity = order.remaining();
      if (fill_rule_ == FillRule::kQueue) quantity = std::min(quantity, left);
      if (quantity.is_zero()) break;
      left = Quantity::from_units(left.units() - std::min(left, quantity).units());
      changes.emplace_back(Filled{symbol, order.order_id,
                                  execute(spec, order.side, order.price, quantity,
                                          Liquidity::kMaker, trade_id++, trade.trade_time)});
    }
  }
  return changes;
}

Changes Exchange::half_fill_and_cancel(const OrderRecord& order, ExchangeTime now) const {
  const SymbolSpec& spec = *symbols_.find(order.symbol);
  const Quantity half =
      market::floor_step(Quantity::from_units(order.remaining().units() / 2), spec.rules.step_size);
  if (!market::is_open(order.status) || half.is_zero()) return {};
  const std::int64_t trade_id = ledger_.of(order.symbol).next_trade_id();
  return {Filled{order.symbol, order.order_id,
                 execute(spec, order.side, order.price, half, Liquidity::kMaker, trade_id, now)},
          Closed{.symbol = order.symbol,
                 .order_id = order.order_id,
                 .status = OrderStatus::kCanceled,
                 .cancel_client_order_id = "web_" + std::to_string(order.order_id),
                 .expiry_reason = "",
                 .time = now}};
}

void Exchange::set_last(const std::string& symbol, Price price, Quantity quantity) {
  last_[symbol] = {.price = price, .quantity = quantity};
}

std::optional<Price> Exchange::last_price(const std::string& symbol) const {
  const auto found = last(symbol);
  return found ? std::optional{found->price} : std::nullopt;
}

std::optional<Exchange::Last> Exchange::last(const std::string& symbol) const {
  const auto found = last_.find(symbol);
  return found == last_.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace naive::binance_mock
