#include "binance_mock/fault_plan.h"

#include <algorithm>
#include <iterator>

namespace naive::binance_mock {
namespace {

bool fits(const std::string& wanted, const std::string& value) {
  return wanted.empty() || wanted == value;
}

}  // namespace

std::string_view to_string(FaultAction action) {
  switch (action) {
    case FaultAction::kDropBefore:
      return "drop_before";
    case FaultAction::kDropAfter:
      return "drop_after";
    case FaultAction::kDelay:
      return "delay";
    case FaultAction::kLate:
      return "late";
    case FaultAction::kStatusAfter:
      return "status";
    case FaultAction::kUnavailable:
      return "unavailable";
    case FaultAction::kTimeout:
      return "timeout";
    case FaultAction::kRateLimit:
      return "rate_limit";
    case FaultAction::kBan:
      return "ban";
    case FaultAction::kTimestamp:
      return "timestamp";
    case FaultAction::kLag:
      return "lag";
    case FaultAction::kPartialFill:
      return "partial_fill";
    case FaultAction::kDropEvent:
      return "drop_event";
    case FaultAction::kDuplicateEvent:
      return "duplicate_event";
    case FaultAction::kReorderEvent:
      return "reorder_event";
    case FaultAction::kDelayEvent:
      return "delay_event";
    case FaultAction::kStallMarket:
      return "stall_market";
    case FaultAction::kCloseMarket:
      return "close_market";
    case FaultAction::kCloseUserData:
      return "close_user_data";
    case FaultAction::kServerShutdown:
      return "server_shutdown";
  }
  return "";
}

FaultScope scope_of(FaultAction action) {
  switch (action) {
    case FaultAction::kDropBefore:
    case FaultAction::kDropAfter:
    case FaultAction::kDelay:
    case FaultAction::kLate:
    case FaultAction::kStatusAfter:
    case FaultAction::kUnavailable:
    case FaultAction::kTimeout:
    case FaultAction::kRateLimit:
    case FaultAction::kBan:
    case FaultAction::kTimestamp:
    case FaultAction::kLag:
    case FaultAction::kPartialFill:
      return FaultScope::kRequest;
    case FaultAction::kDropEvent:
    case FaultAction::kDuplicateEvent:
    case FaultAction::kReorderEvent:
    case FaultAction::kDelayEvent:
      return FaultScope::kEvent;
    case FaultAction::kStallMarket:
    case FaultAction::kCloseMarket:
    case FaultAction::kCloseUserData:
    case FaultAction::kServerShutdown:
      return FaultScope::kNow;
  }
  return FaultScope::kNow;
}

bool FaultRule::matches(const FaultSubject& subject) const {
  return fits(method, subject.method) && fits(path, subject.path) && fits(symbol, subject.symbol) &&
         fits(side, subject.side) && fits(execution_type, subject.execution_type) &&
         subject.client_order_id.starts_with(client_order_id);
}

void FaultPlan::add(std::vector<FaultRule> rules) {
  std::ranges::move(rules, std::back_inserter(rules_));
}

const FaultRule* FaultPlan::strike(std::initializer_list<FaultAction> actions,
                                   const FaultSubject& subject) {
  constexpr std::int64_t kAlways = 100;
  for (FaultRule& rule : rules_) {
    if (std::ranges::find(actions, rule.action) == actions.end()) continue;
    if (rule.times != 0 && rule.fired >= rule.times) continue;
    if (!rule.matches(subject)) continue;
    if (rule.skip > 0) {
      --rule.skip;
      continue;
    }
    if (rule.percent < kAlways && random_.up_to(kAlways - 1) >= rule.percent) continue;
    ++rule.fired;
    return &rule;
  }
  return nullptr;
}

}  // namespace naive::binance_mock
