#include "streamer/trade_sequence.h"

#include <utility>

namespace naive::streamer {

TradeSequence::Step TradeSequence::take(const market::Trade& trade) {
  if (gap_) {
    if (trade.trade_id <= held_.back().trade_id) return Step::kDuplicate;
    held_.push_back(trade);
    return held_.size() < kMaxHeld ? Step::kHeld : Step::kOverflow;
  }
  if (last_ != 0 && trade.trade_id <= last_) return Step::kDuplicate;
  if (last_ != 0 && trade.trade_id > last_ + 1) {
    gap_ = Gap{.from = last_ + 1, .to = trade.trade_id - 1};
    held_.push_back(trade);
    return Step::kGap;
  }
  last_ = trade.trade_id;
  return Step::kPublish;
}

std::vector<market::Trade> TradeSequence::filled(const Gap& gap,
                                                 const std::vector<market::Trade>& trades) {
  if (gap_ != gap) return {};
  gap_.reset();
  std::vector<market::Trade> published;
  for (const market::Trade& trade : trades) {
    if (trade.trade_id <= last_ || trade.trade_id > gap.to) continue;
    last_ = trade.trade_id;
    published.push_back(trade);
  }
  for (const market::Trade& trade : std::exchange(held_, {})) {
    last_ = trade.trade_id;
    published.push_back(trade);
  }
  return published;
}

}  // namespace naive::streamer
