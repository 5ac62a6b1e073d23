#include "streamer/trade_sequence.h"

#include <utility>

namespace naive::streamer {

TradeSequence::Step TradeSequence::take(const market::Trade& trade) {
  if (gap_) return take_behind_gap(trade);
  if (last_ != 0 && trade.trade_id <= last_) {
    // Earlier ids have earlier times, unless they are not of the same count.
    if (trade.trade_time <= last_time_) return Step::kDuplicate;
    advance(trade);
    return Step::kRenumbered;
  }
  if (last_ != 0 && trade.trade_id > last_ + 1) {
    begin_gap(trade);
    held_.push_back(trade);
    return Step::kGap;
  }
  advance(trade);
  return Step::kPublish;
}

TradeSequence::Step TradeSequence::take_behind_gap(const market::Trade& trade) {
  const auto newest = held_.empty() ? gap_->to : held_.back().trade_id;
  if (trade.trade_id <= newest) return Step::kDuplicate;
  held_.push_back(trade);
  return held_.size() < kMaxHeld ? Step::kHeld : Step::kOverflow;
}

void TradeSequence::begin_gap(const market::Trade& next) {
  gap_ = Gap{.from = last_ + 1, .to = next.trade_id - 1};
}

std::optional<TradeSequence::Gap> TradeSequence::miss(std::int64_t after, std::int64_t to) {
  if (gap_ || to <= last_) return std::nullopt;
  gap_ = Gap{.from = (last_ == 0 ? after : last_) + 1, .to = to};
  return gap_;
}

void TradeSequence::advance(const market::Trade& trade) {
  last_ = trade.trade_id;
  last_time_ = trade.trade_time;
}

std::vector<market::Trade> TradeSequence::filled(const Gap& gap,
                                                 const std::vector<market::Trade>& trades) {
  if (gap_ != gap) return {};
  gap_.reset();
  std::vector<market::Trade> published;
  for (const market::Trade& trade : trades) {
    if (trade.trade_id <= last_ || trade.trade_id > gap.to) continue;
    advance(trade);
    published.push_back(trade);
  }
  // What did not come is asked for again when the next trade shows that it is missing.
  if (held_.empty()) return published;
  // Those held back are behind this gap, wherever the filling ended; they may be behind another one.
  last_ = gap.to;
  auto next = held_.begin();
  for (; next != held_.end() && next->trade_id == last_ + 1; ++next) {
    advance(*next);
    published.push_back(*next);
  }
  held_.erase(held_.begin(), next);
  if (!held_.empty()) begin_gap(held_.front());
  return published;
}

std::vector<market::Trade> TradeSequence::release() {
  gap_.reset();
  if (!held_.empty()) advance(held_.back());
  return std::exchange(held_, {});
}

}  // namespace naive::streamer
