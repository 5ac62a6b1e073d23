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
    gap_ = Gap{.from = last_ + 1, .to = trade.trade_id - 1};
    held_.push_back(trade);
    return Step::kGap;
  }
  advance(trade);
  return Step::kPublish;
}

TradeSequence::Step TradeSequence::take_behind_gap(const market::Trade& trade) {
  if (trade.trade_id <= held_.back().trade_id) return Step::kDuplicate;
  held_.push_back(trade);
  return held_.size() < kMaxHeld ? Step::kHeld : Step::kOverflow;
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
  for (const market::Trade& trade : std::exchange(held_, {})) {
    advance(trade);
    published.push_back(trade);
  }
  return published;
}

}  // namespace naive::streamer
