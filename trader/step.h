#pragma once

#include <string>
#include <variant>
#include <vector>

#include "trader/state.h"

namespace naive::trader {

// ---- events: what the shell tells ----

/// First event of a cycle's first incarnation: nobody has acted in this cycle before.
struct Started {};
/// First event of every later incarnation.
struct Resumed {};
struct TradeSeen {
  market::Price price;
  bool late = false;  // missed when it happened: tells of our order, but is no price to buy at
};
/// Answers to Place. `id` in these and the next is the client order id that was asked about.
struct Accepted {
  market::Order order;
};
struct Rejected {
  enum class Class { kTryLater, kFatal };
  std::string id;
  Class rejection = Class::kTryLater;
  int code = 0;
  std::string message;
};
struct NotSent {
  std::string id;
  Duration retry_after{};
};
struct Unknown {
  std::string id;
};
/// Answers to Query.
struct Found {
  market::Order order;
};
struct NotFound {
  std::string id;
  bool never_sent = false;  // as the gateway of `gateway_epoch` knows
  std::uint64_t gateway_epoch = 0;
  market::ExchangeTime exchange_time;  // when the exchange was asked
};
struct Unavailable {
  std::string id;
  Duration retry_after{};
};
/// From the order stream; may come twice, late, out of order or never.
struct OrderUpdated {
  market::Order order;  // without commission
  std::optional<market::Fill> fill;
};
/// Order updates may have been missed.
struct OrdersGap {};
/// Everything saved so far is stored.
struct Stored {};
/// The gateway that speaks to us: at the start, and whenever another one has taken over.
struct GatewaySeen {
  std::uint64_t epoch = 0;
};
/// wake_at has passed.
struct Tick {};
/// Complete the cycle if something was bought, else end it.
struct FinishRequested {};

using Event =
    std::variant<Started, Resumed, TradeSeen, Accepted, Rejected, NotSent, Unknown, Found, NotFound,
                 Unavailable, OrderUpdated, OrdersGap, Stored, GatewaySeen, Tick, FinishRequested>;

// ---- actions: what the shell does, in this order ----

/// Tell the leader the state; Stored follows once it is kept.
struct Save {
  friend bool operator==(const Save&, const Save&) = default;
};
/// Send the order of the current leg; exactly one of its four answers follows.
struct Place {
  market::Side side;
  friend bool operator==(const Place&, const Place&) = default;
};
/// Ask for the order of the current leg; exactly one of its three answers follows.
struct Query {
  market::Side side;
  friend bool operator==(const Query&, const Query&) = default;
};
struct Exit {
  int status = 0;
  friend bool operator==(const Exit&, const Exit&) = default;
};

using Action = std::variant<Save, Place, Query, Exit>;
using Actions = std::vector<Action>;

/// A trader without its process.
struct Machine {
  State state;
  Session session;
};

struct Step {
  Machine machine;
  Actions actions;
};

/// One step of the trader. Pure: time is an argument, the answer is all that happens.
///
/// `order` below is the leg's order after reconciling what was told with what was known. "sellable": its
/// quantity and notional pass the symbol's filters. "stored →": once Stored has come.
///
///   phase           event                                -> phase           actions
///   AwaitingPrice   Started                              -> same            -
///                   Accepted, OrderUpdated, late         -> by order, below
///                   TradeSeen, nothing awaits Stored     -> Buying          Place
///                     but it comes late                  -> same            -
///                     but no order can be made of it     -> same            Save, stored → Exit 78
///                   GatewaySeen, another one             -> same            Save: it will have seen it all
///                   FinishRequested                      -> Finished        Save, stored → Exit 0
///   Buying          Accepted, OrderUpdated               -> by order, below
///                   Rejected for now                     -> AwaitingPrice   attempt+1, Save, stored → Exit 75
///                   Rejected for good                    -> AwaitingPrice   attempt+1, Save, stored → Exit 78
///                   NotSent                              -> AwaitingPrice   same attempt, not before retry_after;
///                                                                           Save if the gateway is another one
///                   Unknown                              -> ResolvingBuy    Query
///   ResolvingBuy    Found, Accepted, OrderUpdated        -> by order, below
///                   NotFound, certain                    -> AwaitingPrice   Save if there was a fence, stored → buy
///                     but it once was there              -> by order, as if it had been cancelled
///                   NotFound, the first one              -> same            Save the fence, Query again later
///                   NotFound before the fence            -> same            Query again later
///                   Unavailable                          -> same            Query again later
///   BuyOpen         Found, Accepted, OrderUpdated        -> by order, below
///                   TradeSeen at or below our price      -> same            Query: a touch is a hint, never a fill
///                   OrdersGap, Tick, another gateway     -> same            Query
///                   NotFound                             -> ResolvingBuy    as there
///   buy order       open                                 -> BuyOpen         Save if it changed
///                   final, nothing executed              -> AwaitingPrice   attempt+1, Save, stored → buy
///                   final, commission not complete       -> BuyOpen         Save if it changed, Query
///                     as Found says                      -> BuyOpen         Save if there was a fence, Query again later
///                   final, sellable                      -> Selling         Save, stored → Place
///                   final, too little to sell            -> Finished        Save, stored → Exit 0
///
///   Selling, ResolvingSell, SellOpen: as on the buy side, but
///                   NotFound, certain                    -> Selling         Place, with a fence: Save, stored → Place
///                     but it once was there              -> Selling         attempt+1, Save, stored → Place
///                   NotSent                              -> Selling         Place again after retry_after
///                   Rejected                             -> Selling         attempt+1, Save, stored → Exit 75 or 78
///                   TradeSeen at or above our price      -> same            Query
///   sell order      final, nothing sellable left         -> Finished        Save, stored → Exit 0
///                   final, a sellable rest               -> Selling         attempt+1, Save, stored → Place
///   Finished        anything                             -> same            -
///   any other       Resumed                              -> Resolving…      Query
///
/// After FinishRequested whatever leads to AwaitingPrice with nothing bought leads to Finished: Save, stored → Exit 0.
/// Whatever is not in the table changes nothing: late answers, answers about and updates of other orders,
/// trades while waiting.
Step step(Machine machine, const Event& event, TimePoint now);

/// The client order id of a leg's current attempt.
std::string client_order_id(const State& state, market::Side side);

}  // namespace naive::trader
