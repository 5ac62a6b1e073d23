#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "binance_mock/random.h"

namespace naive::binance_mock {

/// How the exchange can be told to misbehave.
enum class FaultAction {
  // To a REST request.
  kDropBefore,   // "drop_before": the connection is closed, nothing executed
  kDropAfter,    // "drop_after": executed, then the connection is closed
  kDelay,        // "delay": executed, answered `milliseconds` later
  kLate,         // "late": executed only `milliseconds` later, whoever is still there
  kStatusAfter,  // "status": executed, answered with `status` (500, 502, 503 or 504)
  kUnavailable,  // "unavailable": 503 "Service Unavailable.", nothing executed
  kTimeout,      // "timeout": executed, answered -1007 under `status`, 400 unless given
  kRateLimit,    // "rate_limit": 429 -1003 with Retry-After, nothing executed
  kBan,          // "ban": 418 -1003 with Retry-After, nothing executed
  kTimestamp,    // "timestamp": -1021, nothing executed
  kLag,          // "lag": GET order says -2013 until the order is `milliseconds` old
  kPartialFill,  // "partial_fill": an order that rests after its POST is filled by half and then cancelled
  // To an event of the user data stream.
  kDropEvent,       // "drop_event"
  kDuplicateEvent,  // "duplicate_event": sent twice
  kReorderEvent,    // "reorder_event": sent after the one that follows
  kDelayEvent,      // "delay_event": sent `milliseconds` later
  // At once, to whoever is connected.
  kStallMarket,  // "stall_market": market streams (of `symbol`) are silent for `milliseconds`; no close
  kCloseMarket,    // "close_market"
  kCloseUserData,  // "close_user_data": connections to the WebSocket API
  kServerShutdown,  // "server_shutdown": the event, and after `milliseconds` the close, on every WebSocket
};
std::string_view to_string(FaultAction action);

/// Where an action strikes.
enum class FaultScope { kRequest, kEvent, kNow };
FaultScope scope_of(FaultAction action);

/// What a request or an event is about, as far as it says.
struct FaultSubject {
  std::string method;  // "" for events
  std::string path;
  std::string symbol;
  std::string side;
  std::string client_order_id;
  std::string execution_type;  // of an event: NEW, TRADE, ...; "" for balances
};

struct FaultRule {
  FaultAction action = FaultAction::kDropBefore;

  // What it strikes; "" matches everything.
  std::string method;
  std::string path;
  std::string symbol;
  std::string side;
  std::string client_order_id;  // its beginning
  std::string execution_type;

  std::int64_t skip = 0;   // so many that match are let through first
  std::int64_t times = 1;  // then it strikes so often; 0: for ever
  std::int64_t percent = 100;

  std::chrono::milliseconds wait{0};
  int status = 0;
  std::chrono::seconds retry_after{1};

  std::int64_t fired = 0;

  bool matches(const FaultSubject& subject) const;
};

/// The rules in force, and the dice. The first rule that matches and strikes is taken; each counts for itself.
class FaultPlan {
 public:
  /// Rules in force at once.
  static constexpr std::size_t kMaxRules = 1000;

  void add(std::vector<FaultRule> rules);
  void clear() { rules_.clear(); }
  void set_seed(std::uint64_t seed) { random_ = Random{seed}; }
  const std::vector<FaultRule>& rules() const { return rules_; }

  /// The rule that strikes, among those with one of these actions; nullptr: none. Valid until the plan changes.
  const FaultRule* strike(std::initializer_list<FaultAction> actions, const FaultSubject& subject);

 private:
  std::vector<FaultRule> rules_;
  Random random_{1};
};

}  // namespace naive::binance_mock
