#pragma once

#include <functional>
#include <random>
#include <string>
#include <string_view>

#include "binance/websocket_client.h"
#include "supervision/backoff.h"

namespace naive::binance {

/// A WebSocket that comes back: connects again after every loss, at once the first time and then
/// after a pause that doubles up to five seconds, and takes a connection on which nothing is heard
/// for a minute for lost (Binance pings every 20 s). Logs what happens to it under the name `what`:
/// "market stream".
class PersistentStream {
 public:
  static constexpr std::chrono::seconds kSilenceLimit{60};

  /// Callbacks run inside the loop.
  struct Events {
    std::function<void()> opened;
    std::function<void(std::string_view text)> message;  // kTextPadding readable bytes behind it
    std::function<void()> lost;                          // after `opened`
  };

  PersistentStream(runtime::EventLoop& loop, std::string what, std::string url, Events events);

  void start();
  /// To be called once the connection does what it is for: ends the outage.
  void established();
  bool send(std::string_view text) { return client_.send(text); }
  /// This connection is of no more use: get another one.
  void reconnect(const std::string& reason);

 private:
  void opened();
  void closed(const std::string& reason);
  void check_silence();

  runtime::EventLoop& loop_;
  std::string what_;
  std::string url_;
  Events events_;
  WebSocketClient client_;
  runtime::Timer retry_;
  runtime::Timer silence_;
  supervision::Backoff backoff_;
  std::minstd_rand random_{std::random_device{}()};
  runtime::TimePoint opened_at_;
  bool open_ = false;
  bool outage_told_ = false;
};

}  // namespace naive::binance
