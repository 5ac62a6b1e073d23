#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "binance/parameters.h"
#include "binance/persistent_stream.h"
#include "binance/user_stream.h"
#include "gateway/exchange_clock.h"

namespace naive::gateway {

/// Our account's events, over the exchange's WebSocket API: subscribes on every connection, and
/// gets another connection when that fails.
class UserData {
 public:
  /// Callbacks run inside the loop.
  struct Events {
    /// Subscribed: from here on nothing is missed, but anything before may have been.
    std::function<void()> began;
    std::function<void(const binance::ExecutionReport& report)> report;
    /// The subscription was refused.
    std::function<void(const binance::ApiError& error)> refused;
  };

  /// `signer` and `clock` outlive this.
  UserData(runtime::EventLoop& loop, const std::string& url, const binance::Signer& signer,
           const ExchangeClock& clock, std::chrono::milliseconds recv_window, Events events);

  /// To be called when the clock is known; further calls do nothing.
  void start();

 private:
  void subscribe();
  void take(std::string_view text);
  void take_answer(const binance::ApiAnswer& answer);

  runtime::EventLoop& loop_;
  const binance::Signer& signer_;
  const ExchangeClock& clock_;
  std::chrono::milliseconds recv_window_;
  Events events_;
  binance::PersistentStream stream_;
  runtime::Timer no_answer_;
  std::int64_t request_id_ = 0;
  bool started_ = false;
};

}  // namespace naive::gateway
