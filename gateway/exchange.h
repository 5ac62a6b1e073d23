#pragma once

#include <chrono>
#include <expected>
#include <functional>
#include <string>
#include <vector>

#include "binance/http_client.h"
#include "binance/parameters.h"
#include "binance/rest_json.h"
#include "gateway/exchange_clock.h"
#include "gateway/messages.h"
#include "gateway/outcome.h"

namespace naive::gateway {

/// The exchange's REST API as this process uses it: makes requests, signs them, understands
/// answers. Decides nothing.
class Exchange {
 public:
  struct Settings {
    std::string rest_url;
    std::chrono::milliseconds recv_window{5000};
    std::chrono::milliseconds request_timeout{10'000};
  };
  using Observer = std::function<void(const Response&)>;

  /// `observer` sees every answer before the one who asked does. `signer` and `clock` outlive this.
  Exchange(runtime::EventLoop& loop, const Settings& settings, const binance::Signer& signer,
           const ExchangeClock& clock, Observer observer);

  /// Signs and sends, once. The clock must be known, here and for everything else that is signed.
  /// `assets` may be null: then no commission is told.
  void post(const PlaceOrder& order, const binance::Assets* assets,
            std::function<void(Outcome)> done);
  void cancel(const OrderName& order, std::function<void(Outcome)> done);
  /// Finds the order, and where something of it was executed its commission.
  void find(const OrderName& order, const binance::Assets* assets,
            std::function<void(Finding)> done);

  /// The highest cycle in the names of all our orders of a symbol, whatever became of them; reads
  /// them all, a thousand at a time.
  using Cycle = std::expected<std::uint64_t, std::string>;
  void last_cycle(const std::string& symbol, std::function<void(Cycle)> done);

  void time(std::function<void(std::expected<market::ExchangeTime, std::string>)> done);
  using Listings = std::vector<binance::SymbolListing>;
  void symbols(std::function<void(std::expected<Listings, std::string>)> done);

 private:
  using Done = std::function<void(Response, const std::string& body)>;

  binance::Parameters stamped(binance::Parameters parameters) const;
  void send(binance::HttpRequest::Method method, const std::string& path,
            const binance::Parameters& parameters, Done done);
  void last_cycle(const std::string& symbol, std::int64_t from_order, std::uint64_t highest,
                  std::function<void(Cycle)> done);
  void get_public(const std::string& path, Done done);
  Response understand(const binance::HttpResult& result) const;
  /// Of the order's executions from that one on; what came before is in `found`.
  void add_commission(Found found, const std::string& symbol, const binance::Assets& assets,
                      std::int64_t from_trade, std::function<void(Finding)> done);

  runtime::EventLoop& loop_;
  Settings settings_;
  const binance::Signer& signer_;
  const ExchangeClock& clock_;
  Observer observer_;
  binance::HttpClient http_;
};

}  // namespace naive::gateway
