#include "proto/codec.h"

namespace naive::wire {

using market::OrderStatus;
using market::Side;

v1::Side to_proto(Side side) { return side == Side::kBuy ? v1::BUY : v1::SELL; }

Side from_proto(v1::Side side) { return side == v1::SELL ? Side::kSell : Side::kBuy; }

v1::OrderStatus to_proto(OrderStatus status) {
  switch (status) {
    case OrderStatus::kNone:
      return v1::ORDER_STATUS_UNSPECIFIED;
    case OrderStatus::kNew:
      return v1::NEW;
    case OrderStatus::kPartiallyFilled:
      return v1::PARTIALLY_FILLED;
    case OrderStatus::kFilled:
      return v1::FILLED;
    case OrderStatus::kCanceled:
      return v1::CANCELED;
    case OrderStatus::kRejected:
      return v1::REJECTED;
    case OrderStatus::kExpired:
      return v1::EXPIRED;
  }
  return v1::ORDER_STATUS_UNSPECIFIED;
}

OrderStatus from_proto(v1::OrderStatus status) {
  return market::parse_order_status(v1::OrderStatus_Name(status));
}

void write(const market::Commission& commission, v1::Commission& out) {
  out.set_base(commission.base.units());
  out.set_quote(commission.quote.units());
  out.set_other(commission.other.units());
  out.set_other_asset(commission.other_asset);
}

market::Commission read(const v1::Commission& commission) {
  return {.base = market::Quantity::from_units(commission.base()),
          .quote = market::Money::from_units(commission.quote()),
          .other = market::Decimal::from_units(commission.other()),
          .other_asset = commission.other_asset()};
}

void write(const market::Order& order, v1::Order& out) {
  out.set_client_order_id(order.client_order_id);
  out.set_order_id(order.order_id);
  out.set_side(to_proto(order.side));
  out.set_status(to_proto(order.status));
  out.set_price(order.price.units());
  out.set_quantity(order.quantity.units());
  out.set_executed_quantity(order.executed_quantity.units());
  out.set_executed_quote(order.executed_quote.units());
  write(order.commission, *out.mutable_commission());
  out.set_commissioned_quantity(order.commissioned_quantity.units());
  out.set_update_time(order.update_time.time_since_epoch().count());
}

market::Order read(const v1::Order& order) {
  return {.client_order_id = order.client_order_id(),
          .order_id = order.order_id(),
          .side = from_proto(order.side()),
          .status = from_proto(order.status()),
          .price = market::Price::from_units(order.price()),
          .quantity = market::Quantity::from_units(order.quantity()),
          .executed_quantity = market::Quantity::from_units(order.executed_quantity()),
          .executed_quote = market::Money::from_units(order.executed_quote()),
          .commission = read(order.commission()),
          .commissioned_quantity = market::Quantity::from_units(order.commissioned_quantity()),
          .update_time = market::ExchangeTime{std::chrono::microseconds{order.update_time()}}};
}

void write(const market::Fill& fill, v1::Fill& out) {
  out.set_trade_id(fill.trade_id);
  out.set_quantity(fill.quantity.units());
  out.set_price(fill.price.units());
  write(fill.commission, *out.mutable_commission());
}

market::Fill read(const v1::Fill& fill) {
  return {.trade_id = fill.trade_id(),
          .quantity = market::Quantity::from_units(fill.quantity()),
          .price = market::Price::from_units(fill.price()),
          .commission = read(fill.commission())};
}

void write(const market::SymbolRules& rules, v1::SymbolRules& out) {
  out.set_symbol(rules.symbol);
  out.set_base_asset(rules.base_asset);
  out.set_quote_asset(rules.quote_asset);
  out.set_min_price(rules.min_price.units());
  out.set_max_price(rules.max_price.units());
  out.set_tick_size(rules.tick_size.units());
  out.set_min_quantity(rules.min_quantity.units());
  out.set_max_quantity(rules.max_quantity.units());
  out.set_step_size(rules.step_size.units());
  out.set_min_notional(rules.min_notional.units());
  out.set_max_notional(rules.max_notional.units());
}

market::SymbolRules read(const v1::SymbolRules& rules) {
  return {.symbol = rules.symbol(),
          .base_asset = rules.base_asset(),
          .quote_asset = rules.quote_asset(),
          .min_price = market::Price::from_units(rules.min_price()),
          .max_price = market::Price::from_units(rules.max_price()),
          .tick_size = market::Price::from_units(rules.tick_size()),
          .min_quantity = market::Quantity::from_units(rules.min_quantity()),
          .max_quantity = market::Quantity::from_units(rules.max_quantity()),
          .step_size = market::Quantity::from_units(rules.step_size()),
          .min_notional = market::Money::from_units(rules.min_notional()),
          .max_notional = market::Money::from_units(rules.max_notional())};
}

}  // namespace naive::wire
