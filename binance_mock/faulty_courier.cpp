#include "binance_mock/faulty_courier.h"

#include <utility>

namespace naive::binance_mock {
namespace {

FaultSubject subject_of(const UserEvent& event) {
  const auto* report = std::get_if<ExecutionReport>(&event);
  if (report == nullptr) return {};
  return {.method = "",
          .path = "",
          .symbol = report->order.symbol,
          .side = std::string{market::to_string(report->order.side)},
          .client_order_id = report->order.client_order_id,
          .execution_type = std::string{to_string(report->type)}};
}

}  // namespace

FaultyCourier::FaultyCourier(Venue& venue, FaultPlan& plan, Later later)
    : venue_(venue), plan_(plan), later_(std::move(later)) {
  venue_.employ(this);
}

FaultyCourier::~FaultyCourier() { venue_.employ(nullptr); }

void FaultyCourier::carry(const UserEvent& event, const std::string& json) {
  using enum FaultAction;
  const FaultRule* rule =
      plan_.strike({kDropEvent, kDuplicateEvent, kReorderEvent, kDelayEvent}, subject_of(event));
  if (rule == nullptr) return deliver(json);
  if (rule->action == kDuplicateEvent) {
    deliver(json);
    deliver(json);
  } else if (rule->action == kReorderEvent) {
    if (held_) venue_.deliver(*held_);
    held_ = json;
  } else if (rule->action == kDelayEvent) {
    later_(rule->wait, [this, json] { deliver(json); });
  }
}

void FaultyCourier::deliver(const std::string& json) {
  venue_.deliver(json);
  if (held_) venue_.deliver(*std::exchange(held_, std::nullopt));
}

}  // namespace naive::binance_mock
