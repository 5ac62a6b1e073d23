#include "runtime/event_loop.h"

#include <zmq.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

#include "runtime/bus.h"

namespace naive::runtime {

struct EventLoop::Poll {
  std::vector<zmq_pollitem_t> items;
  std::vector<Sources::iterator> sources;  // items[i] belongs to sources[i]
};

EventLoop::EventLoop() : now_(Clock::now()), poll_(std::make_unique<Poll>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::run() {
  constexpr std::chrono::milliseconds kNoLimit{60'000};
  while (!stopped_) run_once(kNoLimit);
}

void EventLoop::run_once(std::chrono::milliseconds limit) {
  sweep();  // what was dropped between two turns is closed by now
  poll_->items.clear();
  poll_->sources.clear();
  for (auto source = sources_.begin(); source != sources_.end(); ++source) {
    short events = 0;
    if ((source->interest & kRead) != 0) events |= ZMQ_POLLIN;
    if ((source->interest & kWrite) != 0) events |= ZMQ_POLLOUT;
    poll_->items.push_back(
        {.socket = source->socket, .fd = source->fd, .events = events, .revents = 0});
    poll_->sources.push_back(source);
  }
  now_ = Clock::now();
  const int ready = ::zmq_poll(poll_->items.data(), static_cast<int>(poll_->items.size()),
                               time_to_wait(limit).count());
  if (ready < 0 && errno != EINTR) {
    throw std::system_error(errno, std::generic_category(), "zmq_poll");
  }
  now_ = Clock::now();
  run_sources(Order::kMessages);
  run_sources(Order::kExits);
  run_timers();
  run_sources(Order::kControl);
  sweep();
}

void EventLoop::run_sources(Order order) {
  for (std::size_t i = 0; i < poll_->sources.size(); ++i) {
    const auto source = poll_->sources[i];
    const short revents = poll_->items[i].revents;
    if (revents == 0 || source->order != order || !source->alive) continue;
    int ready = 0;
    if ((revents & (ZMQ_POLLIN | ZMQ_POLLERR)) != 0) ready |= kRead;
    if ((revents & (ZMQ_POLLOUT | ZMQ_POLLERR)) != 0) ready |= kWrite;
    source->callback(static_cast<Interest>(ready));
  }
}

/// No more than were due when the turn began: a timer that sets itself to "now" waits for the next
/// turn.
void EventLoop::run_timers() {
  auto due = std::distance(timers_.begin(), timers_.upper_bound(now_));
  for (; due > 0 && !timers_.empty() && timers_.begin()->first <= now_; --due) {
    Timer& timer = *timers_.begin()->second;
    timer.cancel();
    const Callback callback = timer.callback_;  // a copy: the callback may drop its timer
    callback();
  }
}

std::chrono::milliseconds EventLoop::time_to_wait(std::chrono::milliseconds limit) const {
  if (stopped_) return std::chrono::milliseconds{0};
  if (timers_.empty()) return limit;
  const auto until = std::chrono::ceil<std::chrono::milliseconds>(timers_.begin()->first - now_);
  return std::clamp(until, std::chrono::milliseconds{0}, limit);
}

/// Sources that died during a turn stay in the list until its end, so that no iterator of the turn
/// dangles.
void EventLoop::sweep() {
  if (!dead_sources_) return;
  std::erase_if(sources_, [](const Source& source) { return !source.alive; });
  dead_sources_ = false;
}

Watch::Watch(EventLoop& loop, Socket& socket, EventLoop::Order order, EventLoop::Callback readable)
    : loop_(&loop),
      source_(loop.sources_.insert(
          loop.sources_.end(),
          {.order = order,
           .socket = socket.handle(),
           .fd = -1,
           .interest = EventLoop::kRead,
           .callback = [readable = std::move(readable)](EventLoop::Interest) { readable(); }})) {}

Watch::Watch(EventLoop& loop, int fd, EventLoop::Order order, EventLoop::Interest interest,
             EventLoop::FdCallback ready)
    : loop_(&loop),
      source_(loop.sources_.insert(loop.sources_.end(), {.order = order,
                                                         .socket = nullptr,
                                                         .fd = fd,
                                                         .interest = interest,
                                                         .callback = std::move(ready)})) {}

Watch::Watch(Watch&& other) noexcept
    : loop_(std::exchange(other.loop_, nullptr)), source_(other.source_) {}

Watch& Watch::operator=(Watch&& other) noexcept {
  std::swap(loop_, other.loop_);
  std::swap(source_, other.source_);
  return *this;
}

Watch::~Watch() {
  if (loop_ == nullptr) return;
  source_->alive = false;
  loop_->dead_sources_ = true;
}

Timer::Timer(EventLoop& loop, EventLoop::Callback callback)
    : loop_(loop), callback_(std::move(callback)) {}

Timer::~Timer() { cancel(); }

void Timer::set(TimePoint when) {
  cancel();
  entry_ = loop_.timers_.emplace(when, this);
  set_ = true;
}

void Timer::cancel() noexcept {
  if (!set_) return;
  loop_.timers_.erase(entry_);
  set_ = false;
}

}  // namespace naive::runtime
