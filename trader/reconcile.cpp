#include "trader/reconcile.h"

#include <algorithm>

namespace naive::trader {

using market::Order;

market::Order reconcile(const Order& known, const Order& told) {
  if (known.status == market::OrderStatus::kNone) return told;

  Order merged = known;
  if (merged.order_id == 0) merged.order_id = told.order_id;
  if (told.executed_quantity > merged.executed_quantity) {
    merged.executed_quantity = told.executed_quantity;
    merged.executed_quote = std::max(merged.executed_quote, told.executed_quote);
  }
  if (told.commissioned_quantity > merged.commissioned_quantity) {
    merged.commission = told.commission;
    merged.commissioned_quantity = told.commissioned_quantity;
  }
  // Between two open statuses the executed quantity decides: NEW after PARTIALLY_FILLED is only
  // late.
  const bool told_is_newer = told.executed_quantity >= known.executed_quantity;
  if (!is_final(known.status) && (is_final(told.status) || told_is_newer)) {
    merged.status = told.status;
    merged.update_time = std::max(merged.update_time, told.update_time);
  }
  return merged;
}

market::Order reconcile(const Order& known, const Order& told, const market::Fill& fill) {
  Order merged = reconcile(known, told);
  const auto covered = add(known.commissioned_quantity, fill.quantity);
  if (covered && *covered == told.executed_quantity && *covered > merged.commissioned_quantity) {
    merged.commission = known.commission + fill.commission;
    merged.commissioned_quantity = *covered;
  }
  return merged;
}

bool commission_complete(const Order& order) {
  return order.commissioned_quantity >= order.executed_quantity;
}

}  // namespace naive::trader
