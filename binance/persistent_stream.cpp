#include "binance/persistent_stream.h"

#include <fmt/format.h>

#include <utility>

#include "runtime/log.h"

namespace naive::binance {

PersistentStream::PersistentStream(runtime::EventLoop& loop, std::string what, std::string url,
                                   Events events)
    : loop_(loop),
      what_(std::move(what)),
      url_(std::move(url)),
      events_(std::move(events)),
      client_(loop, url_,
              {.opened = [this] { opened(); },
               .message = [this](std::string_view text) { events_.message(text); },
               .closed = [this](const std::string& reason) { closed(reason); }}),
      retry_(loop, [this] { client_.connect(); }),
      silence_(loop, [this] { check_silence(); }),
      opened_at_(loop.now()) {}

void PersistentStream::start() {
  opened_at_ = loop_.now();
  client_.connect();
}

void PersistentStream::reconnect(const std::string& reason) {
  client_.drop();
  closed(reason);
}

void PersistentStream::opened() {
  opened_at_ = loop_.now();
  open_ = true;
  silence_.set_after(kSilenceLimit);
  events_.opened();
}

void PersistentStream::established() {
  log::info(fmt::format("Connected to the {}", what_), {{"url", url_}});
  outage_told_ = false;
}

void PersistentStream::closed(const std::string& reason) {
  silence_.cancel();
  const bool was_open = std::exchange(open_, false);
  std::uniform_real_distribution<double> jitter{0.0, 1.0};
  const auto pause = backoff_.next(opened_at_, loop_.now(), jitter(random_));
  opened_at_ = loop_.now();  // an outage is no health
  // One line for an outage, however many attempts it takes.
  if (!std::exchange(outage_told_, true)) {
    log::warn(fmt::format("{} the {} - {} - trying again", was_open ? "Lost" : "Cannot reach",
                          what_, reason),
              {{"url", url_}});
  } else {
    log::debug(fmt::format("Still no {} - {}", what_, reason),
               {{"retry_in_ms", std::int64_t{pause.count()}}});
  }
  retry_.set_after(pause);
  if (was_open) events_.lost();
}

void PersistentStream::check_silence() {
  const auto limit = client_.last_heard() + kSilenceLimit;
  if (loop_.now() >= limit) return reconnect("nothing heard for a minute");
  silence_.set(limit);
}

}  // namespace naive::binance
