#pragma once

#include "runtime/event_loop.h"
#include "runtime/link.h"

namespace naive::runtime {

/// Says every kHeartbeatInterval that this process lives, from its own loop: one that hangs is silent.
class Heartbeat {
 public:
  Heartbeat(EventLoop& loop, EventLoop::Callback beat)
      : beat_(std::move(beat)), timer_(loop, [this] {
          beat_();
          timer_.set_after(kHeartbeatInterval);
        }) {
    timer_.set_after(kHeartbeatInterval);
  }

 private:
  EventLoop::Callback beat_;
  Timer timer_;
};

}  // namespace naive::runtime
