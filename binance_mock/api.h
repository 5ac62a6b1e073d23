#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "binance_mock/authentication.h"
#include "binance_mock/params.h"
#include "binance_mock/random.h"
#include "binance_mock/rate_limits.h"
#include "binance_mock/venue.h"

namespace naive::binance_mock {

/// What a client can ask for, the same over REST and over the WebSocket API: parameters in, JSON
/// out. It knows nothing of either transport.
class Api {
 public:
  using Answer = Result<std::string>;

  enum class Security { kPublic, kSigned };

  /// One row of the table of everything that can be called.
  struct Endpoint {
    std::string_view method;  // of HTTP; "" when it is not there
    std::string_view path;    // behind /api/v3/
    std::string_view call;    // of the WebSocket API; "" when it is not there
    Security security;
    std::int64_t weight;
    std::string_view mandatory;  // names of parameters, blanks between them
    std::string_view optional;
    Answer (Api::*run)(const Params& params, market::ExchangeTime now);
  };

  Api(Venue& venue, Authentication authentication, RateLimits& limits, std::uint64_t seed)
      : venue_(venue), authentication_(std::move(authentication)), limits_(limits), random_(seed) {}

  /// nullptr: unknown.
  static const Endpoint* find_rest(std::string_view method, std::string_view path);
  static const Endpoint* find_call(std::string_view call);

  /// Everything in the order of the exchange: limits, key, mandatory parameters, timestamp,
  /// signature, unknown parameters, and then the endpoint's own checks.
  Answer run(const Endpoint& endpoint, const Params& params, std::string_view api_key,
             market::ExchangeTime now);

  const Authentication& authentication() const { return authentication_; }
  RateLimits& limits() { return limits_; }

 private:
  static std::span<const Endpoint> endpoints();
  std::optional<ApiError> refuse(const Endpoint& endpoint, const Params& params,
                                 std::string_view api_key, market::ExchangeTime now) const;
  Result<const SymbolSpec*> symbol(const Params& params) const;
  /// From `fromId` on, if it is there, else the latest.
  Result<std::vector<market::Trade>> chosen_trades(const Params& params) const;
  std::string random_id();

  Answer ping(const Params& params, market::ExchangeTime now);
  Answer time(const Params& params, market::ExchangeTime now);
  Answer exchange_info(const Params& params, market::ExchangeTime now);
  Answer depth(const Params& params, market::ExchangeTime now);
  Answer trades(const Params& params, market::ExchangeTime now);
  Answer aggregate_trades(const Params& params, market::ExchangeTime now);
  Answer ticker_price(const Params& params, market::ExchangeTime now);
  Answer ticker_book(const Params& params, market::ExchangeTime now);
  Answer place_order(const Params& params, market::ExchangeTime now);
  Answer test_order(const Params& params, market::ExchangeTime now);
  Answer query_order(const Params& params, market::ExchangeTime now);
  Answer cancel_order(const Params& params, market::ExchangeTime now);
  Answer open_orders(const Params& params, market::ExchangeTime now);
  Answer cancel_open_orders(const Params& params, market::ExchangeTime now);
  Answer all_orders(const Params& params, market::ExchangeTime now);
  Answer my_trades(const Params& params, market::ExchangeTime now);
  Answer account(const Params& params, market::ExchangeTime now);

  Venue& venue_;
  Authentication authentication_;
  RateLimits& limits_;
  Random random_;
};

}  // namespace naive::binance_mock
