#pragma once

#include "runtime/event_loop.h"
#include "runtime/link.h"

namespace naive::runtime {

/// Says every kHeartbeatInterval that this process lives, from its own loop: one that hangs is silent.
class Heartbeat {
 public:
  Heartbeat(EventLoop& loop, EventLoop::Callback say)
      : say_(std::move(say)), timer_(loop, [this] { beat(); }) {
    timer_.set_after(kHeartbeatInterval);
  }

  /// For a turn of the loop that has much to do and gets on with it: says it now, if it is time.
  void beat_if_due() {
    if (Clock::now() - last_ >= kHeartbeatInterval) beat();
  }

 private:
  void beat() {
    last_ = Clock::now();
    say_();
    timer_.set_after(kHeartbeatInterval);
  }

  EventLoop::Callback say_;
  Timer timer_;
  TimePoint last_ = Clock::now();
};

}  // namespace naive::runtime
