#include "binance_mock/price_source.h"

#include <algorithm>

#include "binance_mock/random.h"
#include "runtime/check.h"

namespace naive::binance_mock {
namespace {

using market::Price;
using market::Quantity;

class TapePlayer final : public PriceSource {
 public:
  explicit TapePlayer(const std::vector<market::Trade>& trades) : trades_(trades) {
    NAIVE_CHECK(!trades.empty());
  }

  Print next() override {
    const market::Trade& trade = trades_[index_];
    const bool forwards = direction_ == Direction::kForwards;
    const Print print{.price = trade.price,
                      .quantity = trade.quantity,
                      .buyer_is_maker = forwards ? trade.buyer_is_maker : !trade.buyer_is_maker,
                      .recorded_id = forwards && !turned_ ? trade.trade_id : 0,
                      .gap = gap_};
    advance();
    const auto between = trades_[index_].trade_time - trade.trade_time;
    gap_ = between < between.zero() ? -between : between;
    return print;
  }

 private:
  enum class Direction { kForwards, kBackwards };

  void advance() {
    if (trades_.size() == 1) return;
    if (direction_ == Direction::kForwards && index_ + 1 == trades_.size()) {
      direction_ = Direction::kBackwards;
      turned_ = true;
    } else if (direction_ == Direction::kBackwards && index_ == 0) {
      direction_ = Direction::kForwards;
    }
    direction_ == Direction::kForwards ? ++index_ : --index_;
  }

  const std::vector<market::Trade>& trades_;
  std::size_t index_ = 0;
  Direction direction_ = Direction::kForwards;
  bool turned_ = false;
  std::chrono::microseconds gap_{0};
};

/// FNV-1a, so that each symbol walks its own way.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325;
  for (const char c : text) {
    value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return value;
}

class RandomWalk final : public PriceSource {
 public:
  RandomWalk(const market::SymbolRules& rules, Price start, std::uint64_t seed)
      : random_(seed ^ hash(rules.symbol)),
        tick_(std::max<std::int64_t>(rules.tick_size.units(), 1)),
        step_(std::max<std::int64_t>(rules.step_size.units(), 1)),
        min_quantity_(std::max(rules.min_quantity.units(), step_)),
        ticks_(std::max<std::int64_t>(start.units() / tick_, 2)),
        min_ticks_(std::max<std::int64_t>(ticks_ / 2, 1)),
        max_ticks_(ticks_ * 2) {}

  Print next() override {
    constexpr std::int64_t kMoveDivisor = 5000;
    constexpr std::int64_t kMaxGap = 600'000;
    const std::int64_t reach = std::max<std::int64_t>(ticks_ / kMoveDivisor, 1);
    const std::int64_t move = random_.up_to(2 * reach) - reach;
    ticks_ = std::clamp(ticks_ + move, min_ticks_, max_ticks_);
    return {.price = Price::from_units(ticks_ * tick_),
            .quantity = quantity(),
            .buyer_is_maker = move < 0 || (move == 0 && random_.up_to(1) == 0),
            .recorded_id = 0,
            .gap = std::chrono::microseconds{random_.up_to(kMaxGap)}};
  }

 private:
  Quantity quantity() {
    constexpr std::int64_t kMaxSteps = 1000;
    const std::int64_t units = min_quantity_ + random_.up_to(kMaxSteps) * step_;
    return Quantity::from_units(units / step_ * step_);
  }

  Random random_;
  std::int64_t tick_;
  std::int64_t step_;
  std::int64_t min_quantity_;
  std::int64_t ticks_;
  std::int64_t min_ticks_;
  std::int64_t max_ticks_;
};

}  // namespace

std::unique_ptr<PriceSource> play_tape(const std::vector<market::Trade>& trades) {
  return std::make_unique<TapePlayer>(trades);
}

std::unique_ptr<PriceSource> walk_randomly(const market::SymbolRules& rules, Price start,
                                           std::uint64_t seed) {
  return std::make_unique<RandomWalk>(rules, start, seed);
}

Price default_start(const market::SymbolRules& rules) {
  constexpr std::int64_t kTicks = 10'000;
  return Price::from_units(std::max<std::int64_t>(rules.tick_size.units(), 1) * kTicks);
}

}  // namespace naive::binance_mock
