#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "binance_mock/fault_plan.h"
#include "binance_mock/venue.h"

namespace naive::binance_mock {

/// Does something after a while.
using Later = std::function<void(std::chrono::milliseconds, std::function<void()>)>;

/// Carries user events the way the plan says: drops, doubles, swaps or delays some.
class FaultyCourier final : public UserCourier {
 public:
  FaultyCourier(Venue& venue, FaultPlan& plan, Later later);
  FaultyCourier(const FaultyCourier&) = delete;
  FaultyCourier& operator=(const FaultyCourier&) = delete;
  ~FaultyCourier() override;

  void carry(const UserEvent& event, const std::string& json) override;

 private:
  void deliver(const std::string& json);

  Venue& venue_;
  FaultPlan& plan_;
  Later later_;
  std::optional<std::string> held_;  // goes out behind the next one
};

}  // namespace naive::binance_mock
