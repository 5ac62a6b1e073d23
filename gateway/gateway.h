#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "binance/credentials.h"
#include "gateway/codec.h"
#include "gateway/exchange.h"
#include "gateway/exchange_clock.h"
#include "gateway/options.h"
#include "gateway/order_desk.h"
#include "gateway/rules_desk.h"
#include "gateway/throttle.h"
#include "gateway/user_data.h"
#include "runtime/bus.h"
#include "runtime/directories.h"
#include "runtime/event_loop.h"
#include "runtime/heartbeat.h"
#include "runtime/publisher.h"
#include "runtime/signal_fd.h"
#include "runtime/supervisor_link.h"

namespace naive::gateway {

/// The process: its sockets on the bus, its connections to the exchange, and between them the desks
/// that decide.
class Gateway {
 public:
  /// Binds the sockets. Throws StartError.
  Gateway(const Options& options, runtime::SignalFd& signals, runtime::Bus& bus,
          runtime::SupervisorLink& supervisor, binance::Credentials credentials);

  /// Until SIGTERM, SIGINT or SIGHUP.
  void run() { loop_.run(); }

 private:
  void drain_requests();
  void handle(const std::string& identity, const Request& request);
  void find_last_cycle(const Asker& asker, const std::string& symbol);
  void drain_subscriptions(runtime::Socket& part);
  void reply(const Asker& asker, const Answer& answer);
  void publish(std::string_view symbol, const std::string& message);

  void perform(const OrderDesk::Actions& actions);
  void perform(const OrderDesk::Reply& action) { reply(action.to, action.answer); }
  void perform(const OrderDesk::Post& action);
  void perform(const OrderDesk::Cancel& action);
  void perform(const OrderDesk::Fetch& action);
  void perform(const RulesDesk::Actions& actions);

  void synchronize();
  /// False: it took too long to be taken.
  bool synchronized(runtime::TimePoint sent, market::ExchangeTime server_time);
  void fetch_rules();
  void observe(const Response& response);
  void observe_error(const binance::ApiError& error);
  void user_data_began();

  runtime::EventLoop loop_;
  runtime::SupervisorLink& supervisor_;
  std::uint64_t epoch_;
  binance::Signer signer_;

  ExchangeClock clock_;
  Throttle throttle_;
  OrderDesk orders_desk_;
  RulesDesk rules_desk_;

  Exchange exchange_;
  UserData user_data_;

  runtime::Socket requests_;
  runtime::Publisher orders_;
  runtime::Frames frames_;
  std::set<std::string> subscribed_;  // symbols whose order updates somebody reads

  runtime::Watch watch_requests_;
  runtime::Watch watch_supervisor_;
  runtime::Watch watch_signals_;
  runtime::Heartbeat heartbeat_;
  runtime::Timer clock_timer_;
  runtime::Timer rules_timer_;

  std::chrono::milliseconds clock_retry_;
  bool synchronizing_ = false;
  bool ready_told_ = false;
  bool exchange_trouble_told_ = false;
  bool key_trouble_told_ = false;
  bool backing_off_ = false;
};

}  // namespace naive::gateway
