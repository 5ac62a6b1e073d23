#pragma once

#include <naive/v1/market.pb.h>
#include <naive/v1/trading.pb.h>

#include "market/order.h"
#include "market/symbol_rules.h"

/// Between the words of the market and the wire. Reading never fails: what a message does not say,
/// or says in a word that this build does not know, is the type's zero.
namespace naive::wire {

v1::Side to_proto(market::Side side);
market::Side from_proto(v1::Side side);

v1::OrderStatus to_proto(market::OrderStatus status);
market::OrderStatus from_proto(v1::OrderStatus status);

void write(const market::Commission& commission, v1::Commission& out);
market::Commission read(const v1::Commission& commission);

void write(const market::Order& order, v1::Order& out);
market::Order read(const v1::Order& order);

void write(const market::Fill& fill, v1::Fill& out);
market::Fill read(const v1::Fill& fill);

void write(const market::SymbolRules& rules, v1::SymbolRules& out);
market::SymbolRules read(const v1::SymbolRules& rules);

}  // namespace naive::wire
