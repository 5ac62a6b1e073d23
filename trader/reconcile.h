#pragma once

#include <optional>

#include "market/order.h"

namespace naive::trader {

/// What is known of an order after something was told about it. Idempotent and monotonic: executed
/// quantities and the commission that is known for them only grow, and a final status stays, so it
/// does not matter in which order, how often and how late the exchange's words arrive.
market::Order reconcile(const market::Order& known, const market::Order& told);

/// As above, for an update that tells the commission of one fill instead of the order's. It counts
/// when it is exactly the next one; otherwise the commission stays incomplete, and a query will
/// tell it.
market::Order reconcile(const market::Order& known, const market::Order& told,
                        const market::Fill& fill);

/// True when the commission of everything executed is known.
bool commission_complete(const market::Order& order);

}  // namespace naive::trader
