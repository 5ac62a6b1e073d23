#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "binance/credentials.h"

namespace naive::binance {

/// Proves to the exchange that a request is ours. HMAC keys only; an Ed25519 key would change
/// sign() alone.
class Signer {
 public:
  explicit Signer(Credentials credentials) : credentials_(std::move(credentials)) {}

  const std::string& api_key() const { return credentials_.api_key; }
  std::string sign(std::string_view payload) const;

 private:
  Credentials credentials_;
};

/// The parameters of one request, in the order in which they were added.
class Parameters {
 public:
  Parameters& add(std::string name, std::string value);
  Parameters& add(std::string name, std::int64_t value);

  /// `name=value&...`, percent-encoded: a query string or a form body.
  std::string encoded() const;
  /// encoded() with the signature of exactly those bytes at its end, as REST wants it since 2026.
  std::string signed_form(const Signer& signer) const;
  /// A JSON object with the signature over the sorted, unencoded parameters, as the WebSocket API
  /// wants it. Values must not need escaping; numbers stay numbers.
  std::string signed_json(const Signer& signer) const;

 private:
  struct Parameter {
    std::string name;
    std::string value;
    bool number;
  };
  std::vector<Parameter> parameters_;
};

}  // namespace naive::binance
