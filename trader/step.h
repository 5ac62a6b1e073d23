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
  market::ExchangeTime exchange_time;
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
/// wake_at has passed.
struct Tick {};
/// Complete the cycle if something was bought, else end it.
struct FinishRequested {};

using Event =
    std::variant<Started, Resumed, TradeSeen, Accepted, Rejected, NotSent, Unknown, Found, NotFound,
                 Unavailable, OrderUpdated, OrdersGap, Stored, Tick, FinishRequested>;

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
/// `order` below is the leg's order after merging what was told into what was known (cumulative
/// quantities only grow, a final status stays). "sellable": its quantity and notional pass the
/// symbol's filters.
///
///   phase            event                                 -> phase             actions
///   AwaitingPrice    Started                               -> same              -
///                    TradeSeen, nothing waits for Stored   -> Buying            Place
///                             no order possible with it    -> same              Save, Exit 78 when
///                             stored
///                    FinishRequested                       -> Finished          Save, Exit 0 when
///                    stored
///   Buying           Accepted, OrderUpdated                -> by order, below
///                    Rejected, temporary                   -> AwaitingPrice     attempt + 1, Save,
///                    Exit 75 when stored Rejected, fatal                       -> AwaitingPrice
///                    attempt + 1, Save, Exit 78 when stored NotSent -> AwaitingPrice     same
///                    attempt, not before retry_after Unknown                               ->
///                    ResolvingBuy      Query
///   ResolvingBuy     Found, OrderUpdated                   -> by order, below
///                    NotFound, certain                     -> AwaitingPrice     (attempt + 1, Save
///                    if it once was there) NotFound, before the fence            -> same Query
///                    again later Unavailable                           -> same              Query
///                    again later
///   BuyOpen          OrderUpdated, Found                   -> by order, below
///                    TradeSeen at or below our price       -> same              Query (a touch is
///                    a hint, never a fill) OrdersGap, Tick                       -> same Query
///                    NotFound                              -> ResolvingBuy      as there
///   buy order        open                                  -> BuyOpen           Save if it changed
///                    final, nothing executed               -> AwaitingPrice     attempt + 1, Save,
///                    buy when stored final, commission not complete        -> BuyOpen Save if it
///                    changed, Query final, sellable                       -> Selling Save, Place
///                      and a predecessor may be ahead      -> ResolvingSell     Save, Query
///                    final, too little to sell             -> Finished          Save, Exit 0 when
///                    stored
///   Selling, ResolvingSell, SellOpen: as on the buy side, but
///                    NotFound, certain                     -> Selling           Place (attempt +
///                    1, stored first, if it once was there) NotSent -> Selling           same
///                    attempt again after retry_after Rejected                              ->
///                    Selling           attempt + 1, Save, Exit 75 or 78 when stored TradeSeen at
///                    or above our price       -> same              Query
///   sell order       final, nothing sellable left          -> Finished          Save, Exit 0 when
///   stored
///                    final, a sellable rest                -> Selling           attempt + 1, Save,
///                    place when stored
///   Finished         anything                              -> same              -
///   any              Resumed                               -> ResolvingBuy or ResolvingSell, Query
///
/// Whatever is not in the table changes nothing: late answers, answers and updates of other orders,
/// trades while waiting.
Step step(Machine machine, const Event& event, TimePoint now);

/// The client order id of a leg's current attempt.
std::string client_order_id(const State& state, market::Side side);

}  // namespace naive::trader
