#include "binance_mock/feed.h"

#include <charconv>

namespace naive::binance_mock {

std::optional<Pace> Pace::parse(std::string_view text) {
  constexpr int kMaxFactor = 100'000;
  if (text == "recorded") return recorded();
  if (text == "stepped") return stepped();
  if (!text.starts_with('x')) return std::nullopt;
  int factor = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data() + 1, end, factor);
  if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  if (factor < 1 || factor > kMaxFactor) return std::nullopt;
  return Pace{factor};
}

void Feed::add_tape(const std::string& symbol, std::unique_ptr<PriceSource> source,
                    std::chrono::microseconds delay, Time now) {
  lines_.push_back(
      {.symbol = symbol, .kind = Kind::kTape, .source = std::move(source), .upcoming = {}});
  lines_.back().upcoming = lines_.back().source->next();
  schedule(lines_.size() - 1, now + pace_.scale(delay));
}

void Feed::add_walk(const std::string& symbol, std::unique_ptr<PriceSource> source) {
  walks_[symbol] = lines_.size();
  lines_.push_back(
      {.symbol = symbol, .kind = Kind::kWalk, .source = std::move(source), .upcoming = {}});
}

void Feed::schedule(std::size_t index, Time due) {
  lines_[index].scheduled = true;
  queue_.emplace(due, index);
}

void Feed::wake(const std::string& symbol, Time now) {
  const auto found = walks_.find(symbol);
  if (found == walks_.end() || pace_.is_stepped()) return;
  Line& line = lines_[found->second];
  if (line.scheduled) return;
  line.upcoming = line.source->next();
  schedule(found->second, now + pace_.scale(line.upcoming.gap));
}

std::optional<Feed::Time> Feed::next_due() const {
  if (pace_.is_stepped() || queue_.empty()) return std::nullopt;
  return queue_.begin()->first;
}

std::optional<FeedTrade> Feed::take_due(Time now, const IsWanted& is_wanted) {
  while (next_due() && *next_due() <= now) {
    const auto [due, index] = *queue_.begin();
    queue_.erase(queue_.begin());
    Line& line = lines_[index];
    line.scheduled = false;
    if (line.kind == Kind::kTape || is_wanted(line.symbol)) return take(index, due);
  }
  return std::nullopt;
}

std::optional<FeedTrade> Feed::step() {
  // When stepped only tapes are ever scheduled, in the order of their recorded times.
  if (!pace_.is_stepped() || queue_.empty()) return std::nullopt;
  const auto [due, index] = *queue_.begin();
  queue_.erase(queue_.begin());
  return take(index, due);
}

FeedTrade Feed::take(std::size_t index, Time due) {
  Line& line = lines_[index];
  const Print print = std::exchange(line.upcoming, line.source->next());
  schedule(index, due + pace_.scale(line.upcoming.gap));
  return {line.symbol, print};
}

}  // namespace naive::binance_mock
