#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "binance_mock/api_error.h"

namespace naive::binance_mock {

/// The parameters of one request, wherever they came from, and the bytes that its signature covers.
class Params {
 public:
  /// REST: the raw query string and the raw form body. The signature covers both as they were sent,
  /// one after the other, without the `signature` pair. A name twice within one of them is an
  /// error; one in both has the query's value.
  static Result<Params> from_rest(std::string_view query, std::string_view body);
  /// WebSocket API: the members of `params`, numbers as they are written. The signature covers
  /// name=value, sorted by name.
  static Params from_members(std::vector<std::pair<std::string, std::string>> members);

  /// nullptr when it was not sent or is empty.
  const std::string* find(std::string_view name) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// "" when it was not sent.
  const std::string& value(std::string_view name) const;

  const std::vector<std::pair<std::string, std::string>>& all() const { return pairs_; }
  const std::string& signed_payload() const { return signed_payload_; }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
  std::string signed_payload_;
};

/// %XX and, in forms and queries, '+' decoded. A '%' without two hex digits stays as it is.
std::string percent_decode(std::string_view text);

}  // namespace naive::binance_mock
