#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "market/order.h"
#include "market/symbol_rules.h"

namespace naive::trader {

using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::microseconds;

/// Where a cycle stands. What each phase does with each event is the table in step.h.
enum class Phase {
  kAwaitingPrice,  // nothing on the exchange
  kBuying,         // the buy order's request is under way
  kResolvingBuy,   // asking what became of the buy order
  kBuyOpen,
  kSelling,
  kResolvingSell,
  kSellOpen,
  kFinished,
};
std::string_view to_string(Phase phase);  // "AWAITING_PRICE", ...

/// How the slot trades. Ratios are fractions: 0.01 is one per cent.
struct Settings {
  market::Decimal profit_target;
  market::Decimal buy_down_interval;
  market::Money budget;  // of this slot; zero: `quantity` counts
  market::Quantity quantity;

  friend bool operator==(const Settings&, const Settings&) = default;
};

/// One side of a cycle: the order of the current attempt, and what earlier attempts have executed.
struct Leg {
  std::uint32_t attempt = 1;
  market::Order order;
  market::Quantity carried_quantity;
  market::Money carried_quote;
  market::Commission carried_commission;

  market::Quantity executed() const;
  market::Commission commission() const;

  friend bool operator==(const Leg&, const Leg&) = default;
};

/// What a slot knows about its cycle: kept by the leader, and all that a successor gets.
struct State {
  std::string symbol;
  std::uint32_t slot = 0;
  std::uint64_t cycle = 0;
  Phase phase = Phase::kAwaitingPrice;
  Settings settings;
  Leg buy;
  Leg sell;
  /// A gateway that the current attempt cannot have been sent before: if it is the one that now says "never sent",
  /// that is certain. 0: not known.
  std::uint64_t gateway_epoch = 0;
  /// While it is asked what became of the current attempt: from this exchange time on "not found" is believed. It is
  /// kept, so that a successor does not begin to wait anew, and gone before the attempt is used again.
  std::optional<market::ExchangeTime> fence_until;
  /// Of a rejection, or of a finish without a complete sale.
  std::string reason;

  friend bool operator==(const State&, const State&) = default;
};

/// What this process knows beyond the state; dies with it.
struct Session {
  market::SymbolRules rules;
  Duration fence{};  // how long after a decision to place the exchange may still execute it
  std::uint64_t gateway_epoch = 0;  // of the gateway that was heard last; 0: none yet

  bool query_in_flight = false;
  /// The sell order was not sent; place it at the next Tick.
  bool place_again = false;
  TimePoint next_touch_query;  // a price may touch our order a thousand times a second
  /// When step() wants a Tick.
  std::optional<TimePoint> wake_at;
  /// Saved, but not yet stored: what to do when it is.
  enum class WhenStored { kNothing, kBuy, kPlaceSell, kExit, kExited };
  WhenStored when_stored = WhenStored::kNothing;
  int exit_status = 0;
  bool finish_requested = false;
};

}  // namespace naive::trader
