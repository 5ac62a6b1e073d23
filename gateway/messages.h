#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

#include "market/order.h"
#include "market/symbol_rules.h"

/// What is asked of the gateway and what it answers: proto/naive/v1/gateway.proto in the core's own
/// types.
namespace naive::gateway {

/// CLOCK_MONOTONIC.
using TimePoint = std::chrono::steady_clock::time_point;
using std::chrono::microseconds;

struct PlaceOrder {
  std::string symbol;
  std::string client_order_id;
  market::Side side = market::Side::kBuy;
  market::Price price;
  market::Quantity quantity;
  TimePoint deadline;

  friend bool operator==(const PlaceOrder&, const PlaceOrder&) = default;
};

/// An order by its name. Names are unique per symbol at the exchange; ours contain the symbol,
/// others' need not.
struct OrderName {
  std::string symbol;
  std::string client_order_id;

  friend auto operator<=>(const OrderName&, const OrderName&) = default;
};

struct CancelOrder {
  OrderName order;
};
struct QueryOrder {
  OrderName order;
};
struct QueryRules {
  std::string symbol;
};
struct QueryLastCycle {
  std::string symbol;
};
/// Something that cannot be acted on, and why.
struct BadRequest {
  std::string reason;
};

struct Request {
  std::uint64_t id = 0;
  std::uint32_t incarnation = 0;
  std::variant<PlaceOrder, CancelOrder, QueryOrder, QueryRules, QueryLastCycle, BadRequest> body;
};

/// Whom an answer goes to: the asker's identity on the bus and its number for the request.
struct Asker {
  std::string identity;
  std::uint64_t request_id = 0;

  friend bool operator==(const Asker&, const Asker&) = default;
};

struct Accepted {
  market::Order order;
  friend bool operator==(const Accepted&, const Accepted&) = default;
};
enum class RejectClass { kTryLater, kFatal };
struct Rejected {
  int code = 0;  // Binance's; 0: our own
  std::string message;
  RejectClass reject_class = RejectClass::kFatal;
  friend bool operator==(const Rejected&, const Rejected&) = default;
};
struct NotSent {
  std::string reason;
  microseconds retry_after{0};
  friend bool operator==(const NotSent&, const NotSent&) = default;
};
struct Unknown {
  std::string reason;
  friend bool operator==(const Unknown&, const Unknown&) = default;
};
struct Found {
  market::Order order;
  friend bool operator==(const Found&, const Found&) = default;
};
struct NotFound {
  bool never_sent = false;
  TimePoint asked{};  // what the exchange says is true of some time after this, not of when it is heard
  friend bool operator==(const NotFound&, const NotFound&) = default;
};
struct Unavailable {
  std::string reason;
  microseconds retry_after{0};
  friend bool operator==(const Unavailable&, const Unavailable&) = default;
};
struct Rules {
  market::SymbolRules rules;
  friend bool operator==(const Rules&, const Rules&) = default;
};
struct InvalidSymbol {
  std::string message;
  std::optional<market::SymbolRules> rules{};  // of one that is listed, but not trading
  friend bool operator==(const InvalidSymbol&, const InvalidSymbol&) = default;
};

struct LastCycle {
  std::uint64_t cycle = 0;
  friend bool operator==(const LastCycle&, const LastCycle&) = default;
};

/// What became of a POST or a DELETE (ARCHITECTURE, "Exactly once", rule 5).
using Outcome = std::variant<Accepted, Rejected, NotSent, Unknown>;
/// What became of a query. What NotFound says beside that is the desk's to say.
using Finding = std::variant<Found, NotFound, Unavailable>;

using Answer = std::variant<Accepted, Rejected, NotSent, Unknown, Found, NotFound, Unavailable,
                            Rules, InvalidSymbol, LastCycle>;

}  // namespace naive::gateway
