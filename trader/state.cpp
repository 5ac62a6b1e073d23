#include "trader/state.h"

namespace naive::trader {

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::kAwaitingPrice:
      return "AWAITING_PRICE";
    case Phase::kBuying:
      return "BUYING";
    case Phase::kResolvingBuy:
      return "RESOLVING_BUY";
    case Phase::kBuyOpen:
      return "BUY_OPEN";
    case Phase::kSelling:
      return "SELLING";
    case Phase::kResolvingSell:
      return "RESOLVING_SELL";
    case Phase::kSellOpen:
      return "SELL_OPEN";
    case Phase::kFinished:
      return "FINISHED";
  }
  return "";
}

market::Quantity Leg::executed() const {
  return add(carried_quantity, order.executed_quantity).value_or(order.executed_quantity);
}

market::Commission Leg::commission() const { return carried_commission + order.commission; }

}  // namespace naive::trader
