#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <utility>

namespace naive::runtime {

class Socket;

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

/// One thread, one loop: sleeps in zmq_poll until a socket, a descriptor or the nearest timer has
/// something to say, then calls back. Time stands still within a turn. The order within a turn is
/// fixed: messages of children and services, exits of children, timers, control.
///
/// Sockets are level-triggered here, so a callback may (and should) stop after a bounded number of
/// messages: the rest comes in the next turn. Callbacks must not throw; watches and timers may be
/// made and dropped inside of them. The loop outlives its watches and timers.
class EventLoop {
 public:
  enum class Order { kMessages, kExits, kControl };
  enum Interest : short { kRead = 1, kWrite = 2, kReadWrite = 3 };
  using Callback = std::function<void()>;
  /// Is told what is possible: kRead, kWrite or both. An error or a hang-up shows as both.
  using FdCallback = std::function<void(Interest)>;

  EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop();

  /// The time at which this turn began.
  TimePoint now() const noexcept { return now_; }

  /// Runs until stop().
  void run();
  /// One turn: waits at most `limit` for something to do. For tests and for loops that
  /// look at something else between two turns.
  void run_once(std::chrono::milliseconds limit);
  void stop() noexcept { stopped_ = true; }

 private:
  friend class Watch;
  friend class Timer;

  struct Source {
    Order order;
    void* socket;  // a ZeroMQ socket, or nullptr
    int fd;
    Interest interest;
    FdCallback callback;
    bool alive = true;
  };
  using Sources = std::list<Source>;
  using Timers = std::multimap<TimePoint, class Timer*>;

  void run_sources(Order order);
  void run_timers();
  std::chrono::milliseconds time_to_wait(std::chrono::milliseconds limit) const;
  void sweep();

  Sources sources_;
  Timers timers_;
  TimePoint now_;
  bool stopped_ = false;
  bool dead_sources_ = false;
  struct Poll;
  std::unique_ptr<Poll> poll_;
};

/// Watches a socket or a descriptor for as long as it lives.
class Watch {
 public:
  Watch() = default;
  Watch(EventLoop& loop, Socket& socket, EventLoop::Order order, EventLoop::Callback readable);
  Watch(EventLoop& loop, int fd, EventLoop::Order order, EventLoop::Interest interest,
        EventLoop::FdCallback ready);
  Watch(Watch&& other) noexcept;
  Watch& operator=(Watch&& other) noexcept;
  ~Watch();

 private:
  EventLoop* loop_ = nullptr;
  EventLoop::Sources::iterator source_;
};

/// Calls back once at a time, unless cancelled or dropped before. It may be set again from its own
/// callback.
class Timer {
 public:
  Timer(EventLoop& loop, EventLoop::Callback callback);
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer();

  void set(TimePoint when);
  void set_after(Clock::duration delay) { set(loop_.now() + delay); }
  void cancel() noexcept;
  bool is_set() const noexcept { return set_; }

 private:
  friend class EventLoop;

  EventLoop& loop_;
  EventLoop::Callback callback_;
  EventLoop::Timers::iterator entry_;
  bool set_ = false;
};

}  // namespace naive::runtime
