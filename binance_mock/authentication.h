#pragma once

#include <optional>
#include <string_view>

#include "binance/credentials.h"
#include "binance_mock/api_error.h"
#include "binance_mock/params.h"
#include "market/order.h"

namespace naive::binance_mock {

/// Checks who sends a signed request and when, in this order: key, mandatory parameters, timestamp,
/// signature. A request is in time iff timestamp < now + 1 s and now - timestamp <= recvWindow (5 s
/// unless sent, at most 60 s).
class Authentication {
 public:
  explicit Authentication(binance::Credentials credentials)
      : credentials_(std::move(credentials)) {}

  /// `api_key`: the header X-MBX-APIKEY, or the parameter apiKey of the WebSocket API.
  std::optional<ApiError> check_key(std::string_view api_key) const;
  std::optional<ApiError> check_signed(const Params& params, market::ExchangeTime now) const;

 private:
  binance::Credentials credentials_;
};

/// The key pair of Binance's own documentation: what the mock takes when it is given none.
binance::Credentials example_credentials();

}  // namespace naive::binance_mock
