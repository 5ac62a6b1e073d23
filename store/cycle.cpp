#include "store/cycle.h"

namespace naive::store {
namespace {

/// No cycle can come near the end of the range: each amount is one that the exchange has told.
template <class Amount>
Amount minus(Amount a, Amount b) {
  return subtract(a, b).value_or(Amount{});
}

}  // namespace

market::Money profit(const Cycle& cycle) {
  return minus(minus(cycle.sell.quote, cycle.buy.quote), cycle.commission.quote);
}

market::Quantity dust(const Cycle& cycle) {
  return minus(minus(cycle.buy.executed, cycle.commission.base), cycle.sell.executed);
}

}  // namespace naive::store
