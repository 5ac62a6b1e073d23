#include "gateway/rules_desk.h"

#include <fmt/format.h>

#include <utility>

namespace naive::gateway {

using namespace std::chrono_literals;

bool RulesDesk::wants_fetch(const std::string& symbol, TimePoint now) const {
  if (!loaded_at_) return true;
  const auto listing = listings_.find(symbol);
  const bool good = listing != listings_.end() && listing->second.trading;
  const auto limit = good ? std::chrono::seconds{kFresh} : kFetchInterval;
  return now - *loaded_at_ >= limit;
}

Answer RulesDesk::answer(const std::string& symbol) const {
  const auto listing = listings_.find(symbol);
  if (listing == listings_.end()) {
    return InvalidSymbol{.message = fmt::format("the exchange does not know {}", symbol)};
  }
  if (!listing->second.trading) {
    return InvalidSymbol{.message = fmt::format("{} is not trading at the exchange", symbol),
                         .rules = listing->second.rules};
  }
  return Rules{listing->second.rules};
}

RulesDesk::Actions RulesDesk::query(const Asker& asker, const std::string& symbol, TimePoint now) {
  if (!wants_fetch(symbol, now)) return {.replies = {{asker, answer(symbol)}}};
  if (waiting_.size() >= kMaxWaiting) {
    return {.replies = {{asker, Unavailable{"too many questions are waiting", 500ms}}}};
  }
  waiting_.push_back({asker, symbol});
  return {.fetch = !std::exchange(fetching_, true)};
}

RulesDesk::Actions RulesDesk::prepare() {
  if (loaded_at_) return {};
  return {.fetch = !std::exchange(fetching_, true)};
}

RulesDesk::Actions RulesDesk::loaded(std::vector<binance::SymbolListing> listings, TimePoint now) {
  fetching_ = false;
  loaded_at_ = now;
  listings_.clear();
  for (auto& listing : listings) {
    binance::Assets assets{listing.rules.base_asset, listing.rules.quote_asset};
    auto symbol = listing.rules.symbol;
    listings_.insert_or_assign(
        std::move(symbol), Listing{std::move(listing.rules), std::move(assets), listing.trading});
  }
  Actions actions;
  for (const Waiting& waiting : std::exchange(waiting_, {})) {
    actions.replies.push_back({waiting.asker, answer(waiting.symbol)});
  }
  return actions;
}

/// What was known before is better than nothing, unless that is that the symbol was not there.
RulesDesk::Actions RulesDesk::failed(const std::string& reason) {
  fetching_ = false;
  Actions actions;
  for (const Waiting& waiting : std::exchange(waiting_, {})) {
    auto known = answer(waiting.symbol);
    if (std::holds_alternative<InvalidSymbol>(known)) known = Unavailable{reason, 500ms};
    actions.replies.push_back({waiting.asker, std::move(known)});
  }
  return actions;
}

const binance::Assets* RulesDesk::assets(const std::string& symbol) const {
  const auto listing = listings_.find(symbol);
  return listing != listings_.end() ? &listing->second.assets : nullptr;
}

}  // namespace naive::gateway
