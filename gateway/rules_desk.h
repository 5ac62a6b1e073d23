#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "binance/rest_json.h"
#include "gateway/messages.h"

namespace naive::gateway {

/// Answers what the exchange allows for a symbol, from one exchangeInfo of all symbols that
/// everybody shares. Pure: when a call asks for a fetch, its shell fetches and reports with
/// loaded() or failed().
///
///   the symbol is      listing older than    then
///   known, trading     1 h                   fetch, else answer at once
///   anything else      10 s                  fetch, else InvalidSymbol at once, with the rules if it is listed
class RulesDesk {
 public:
  static constexpr std::chrono::hours kFresh{1};
  static constexpr std::chrono::seconds kFetchInterval{10};
  static constexpr std::size_t kMaxWaiting = 4096;

  struct Reply {
    Asker to;
    Answer answer;
  };
  struct Actions {
    std::vector<Reply> replies;
    bool fetch = false;
  };

  Actions query(const Asker& asker, const std::string& symbol, TimePoint now);
  /// Fetches unless there is a listing or a fetch is under way.
  Actions prepare();
  Actions loaded(std::vector<binance::SymbolListing> listings, TimePoint now);
  Actions failed(const std::string& reason);

  /// nullptr while not known.
  const binance::Assets* assets(const std::string& symbol) const;

 private:
  struct Listing {
    market::SymbolRules rules;
    binance::Assets assets;
    bool trading = false;
  };
  struct Waiting {
    Asker asker;
    std::string symbol;
  };

  bool wants_fetch(const std::string& symbol, TimePoint now) const;
  Answer answer(const std::string& symbol) const;

  std::unordered_map<std::string, Listing> listings_;
  std::optional<TimePoint> loaded_at_;
  bool fetching_ = false;
  std::vector<Waiting> waiting_;
};

}  // namespace naive::gateway
