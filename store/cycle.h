#pragma once

#include <cstdint>
#include <string>

#include "market/order.h"

namespace naive::store {

/// One side of a cycle.
struct Leg {
  market::Order order;        // of the last attempt; without a client order id: none was made
  market::Quantity executed;  // by all attempts
  market::Money quote;        // what was paid or received for it
};

/// A cycle in the words of the market: what readers want to know of a slot's state.
struct Cycle {
  std::uint32_t slot = 0;
  std::uint64_t number = 0;
  std::string phase;
  Leg buy;
  Leg sell;
  market::Commission commission;  // of both legs
  std::string base_asset;
  std::string quote_asset;
  std::string reason;       // of an end without a complete sale
  std::string finished_at;  // UTC, ISO 8601; set by the store
};

/// What the cycle has brought in the quote asset: sold - bought - commission taken in the quote asset. A
/// commission in the base asset counts through the smaller quantity that is there to sell; one in a
/// third asset does not count, for nobody here knows its price. Dust counts as lost.
market::Money profit(const Cycle& cycle);

/// What is left of the base asset: bought - commission taken in the base asset - sold.
market::Quantity dust(const Cycle& cycle);

}  // namespace naive::store
