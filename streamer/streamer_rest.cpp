// What the streamer asks the exchange over REST: trades that its streams did not bring.
#include <fmt/format.h>

#include <algorithm>

#include "binance/rest_json.h"
#include "runtime/log.h"
#include "streamer/streamer.h"

namespace naive::streamer {
namespace {

std::string describe(const binance::HttpResult& result) {
  return result ? fmt::format("HTTP {}", result->status) : result.error().reason;
}

}  // namespace

// Gaps.

void Streamer::fill(const std::string& symbol, const TradeSequence::Gap& gap) {
  const auto from = std::max(gap.from, gap.to - TradeSequence::kMaxFill + 1);
  const bool affordable = fill_budget_.take(loop_.now());
  log::warn(fmt::format("{} trades are missing - {}", symbol,
                        affordable ? "asking for them" : "too many gaps to ask for them"),
            {{"from", gap.from}, {"to", gap.to}});
  if (!affordable) return release(symbol);
  http_.send(
      {.path = fmt::format("/api/v3/historicalTrades?symbol={}&fromId={}&limit={}", symbol, from,
                           gap.to - from + 1)},
      [this, symbol, gap](const binance::HttpResult& result) { filled(symbol, gap, result); });
}

void Streamer::release(const std::string& symbol) {
  Feed& its_feed = feed(symbol);
  for (const auto& trade : its_feed.sequence.release()) publish(its_feed, symbol, trade);
}

void Streamer::filled(const std::string& symbol, const TradeSequence::Gap& gap,
                      const binance::HttpResult& result) {
  heed_limits(result);
  const auto found = feeds_.find(symbol);
  if (found == feeds_.end()) return;
  auto& [name, feed] = *found;
  if (feed.sequence.gap() != gap) return;
  const bool answered = result && result->status == 200;
  auto trades = answered ? binance::parse_trades(result->body) : std::nullopt;
  if (!trades) {
    log::warn(fmt::format("{} trades stay missing - {}", symbol, describe(result)),
              {{"from", gap.from}, {"to", gap.to}});
    trades.emplace();
  }
  for (const auto& trade : feed.sequence.filled(gap, *trades)) {
    publish(feed, name, trade, trade.trade_id <= gap.to);
  }
  if (const auto next = feed.sequence.gap()) fill(name, *next);
}

// Silence.

void Streamer::check_staleness() {
  if (const auto missing = staleness_.take_missing(loop_.now())) on_missing(*missing);
  if (const auto symbol = staleness_.next_question(loop_.now())) {
    http_.send({.path = fmt::format("/api/v3/aggTrades?symbol={}&limit=1", *symbol)},
               [this, symbol = *symbol](const binance::HttpResult& result) {
                 heed_limits(result);
                 const bool answered = result && result->status == 200;
                 staleness_.answered(
                     symbol, answered ? binance::parse_newest_trade_id(result->body) : std::nullopt,
                     loop_.now());
                 schedule_staleness_check();
               });
  }
  schedule_staleness_check();
}

void Streamer::schedule_staleness_check() {
  if (const auto due = staleness_.due()) staleness_timer_.set(*due);
}

/// It is asked for at once: the next trade, which would show the gap as well, may take its time.
void Streamer::on_missing(const Staleness::Missing& missing) {
  const auto& symbol = missing.symbol;
  if (const auto gap = feed(symbol).sequence.miss(missing.last, missing.newest)) fill(symbol, *gap);
  if (!missing.is_stale) return;
  const auto silence = std::chrono::duration_cast<std::chrono::milliseconds>(missing.silent_for);
  stream_.reconnect(
      fmt::format("{} is stale: trade {} was the last to come, {} ms ago, and the exchange has {}",
                  symbol, missing.last, silence.count(), missing.newest));
}

void Streamer::heed_limits(const binance::HttpResult& result) {
  if (!result || (result->status != 429 && result->status != 418)) return;
  const auto until = loop_.now() + result->retry_after.value_or(FillBudget::kPeriod);
  fill_budget_.pause(until);
  staleness_.pause(until);
}

}  // namespace naive::streamer
