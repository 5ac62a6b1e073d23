#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "gateway/messages.h"

namespace naive::gateway {

/// Keeps quiet for as long as the exchange wants us to. A ban only grows when one keeps asking.
class Throttle {
 public:
  enum class Use { kOrder, kQuery };

  /// Every answer passes here. `code` is Binance's, or 0.
  ///
  ///   answer                who waits   without Retry-After
  ///   418                   all         2 min
  ///   429, -1003, -1034     all         10 s
  ///   -1015                 orders      10 s
  ///   -1008                 all         1 s
  void observe(int status, int code, std::optional<std::chrono::seconds> retry_after,
               TimePoint now);

  /// How long this use has to wait from now on; nullopt: not at all.
  std::optional<microseconds> wait(Use use, TimePoint now) const;

 private:
  TimePoint all_until_{};
  TimePoint orders_until_{};
};

}  // namespace naive::gateway
