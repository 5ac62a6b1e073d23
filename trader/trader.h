#pragma once

#include <optional>
#include <string>

#include "runtime/bus.h"
#include "runtime/directories.h"
#include "runtime/event_loop.h"
#include "runtime/heartbeat.h"
#include "runtime/link.h"
#include "trader/step.h"

namespace naive::v1 {
class Assigned;
class FeedSubscribed;
class GatewayReply;
class GatewayRequest;
class LeaderMessage;
class OrdersMessage;
class TraderMessage;
}  // namespace naive::v1

namespace naive::trader {

/// Which trader this process is.
struct Identity {
  runtime::LinkAddress link;  // as it was started
  std::string symbol;
  std::uint32_t slot = 0;
  std::uint32_t incarnation = 0;  // 0: a standby, until it is assigned a slot
};

/// The shell around step(): turns messages into events, does what comes back, keeps the timers.
/// Owns the sockets.
class Trader {
 public:
  Trader(const Identity& identity, const runtime::Sockets& sockets);

  /// Until the cycle is finished, or cannot go on. Returns the exit status.
  int run();

 private:
  /// A request to the gateway that has no answer yet.
  struct Pending {
    std::uint64_t request_id;
    std::string client_order_id;
    TimePoint give_up;
  };

  void on_leader(const v1::LeaderMessage& message);
  void on_assigned(const v1::Assigned& assigned);
  void on_gateway(const v1::GatewayReply& reply);
  void on_orders(const v1::OrdersMessage& message);
  void drain_feed();
  void on_feed(const v1::FeedSubscribed& subscribed);
  void drain_gateway();
  void drain_orders();

  void apply(const Event& event);
  void act(const Save&);
  void act(const Place& place);
  void act(const Query& query);
  void act(const Exit& exit);

  void send(v1::TraderMessage message);
  void request(std::optional<Pending>& pending, v1::GatewayRequest request, const std::string& id,
               Duration patience);
  void give_up(std::optional<Pending>& pending);
  void see_gateway(std::uint64_t epoch);
  void say_ready();
  void set_timer();
  void on_timer();

  Identity identity_;
  runtime::EventLoop loop_;
  runtime::Bus bus_;
  runtime::ParentLink leader_;
  runtime::Socket feed_;
  runtime::Socket gateway_;
  runtime::Socket orders_;
  runtime::Watch watch_leader_, watch_feed_, watch_gateway_, watch_orders_;
  runtime::Heartbeat heartbeat_;
  runtime::Timer timer_;
  runtime::Frames frames_;

  std::optional<Machine> machine_;  // none before Assigned
  Duration request_ttl_{};
  std::uint64_t saved_revision_ = 0;
  std::uint64_t last_request_id_ = 0;
  std::optional<Pending> place_;
  std::optional<Pending> query_;
  std::uint64_t gateway_epoch_ = 0;
  bool stream_runs_ = false;  // as does our subscription to it
  bool orders_hear_us_ = false;
  bool said_ready_ = false;
  bool exiting_ = false;
  int exit_status_ = 0;
};

}  // namespace naive::trader
