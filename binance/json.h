#pragma once

// For the codecs' implementation files only.

#include <simdjson.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "market/order.h"

namespace naive::binance::json {

using Object = simdjson::dom::object;

/// A parsed text. The elements live as long as the document.
class Document {
 public:
  explicit Document(std::string_view text)
      : failed_(parser_.parse(text.data(), text.size()).get(root_) != simdjson::SUCCESS) {}

  std::optional<Object> object() const {
    Object value;
    if (failed_ || root_.get(value) != simdjson::SUCCESS) return std::nullopt;
    return value;
  }
  std::optional<simdjson::dom::array> array() const {
    simdjson::dom::array value;
    if (failed_ || root_.get(value) != simdjson::SUCCESS) return std::nullopt;
    return value;
  }

 private:
  simdjson::dom::parser parser_;
  simdjson::dom::element root_;
  bool failed_;
};

/// The member of that name and type, or nullopt.
template <class Value>
std::optional<Value> find(const Object& object, std::string_view key) {
  Value value;
  if (object[key].get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

inline std::string_view text(const Object& object, std::string_view key) {
  return find<std::string_view>(object, key).value_or(std::string_view{});
}

inline std::int64_t integer(const Object& object, std::string_view key) {
  return find<std::int64_t>(object, key).value_or(0);
}

/// Reads an amount, which Binance writes as a string. One that is absent is left as it is; false:
/// it is not a number.
template <class Amount>
bool read(const Object& object, std::string_view key, Amount& amount) {
  const auto written = find<std::string_view>(object, key);
  if (!written) return true;
  const auto value = Amount::parse(*written);
  if (value) amount = *value;
  return value.has_value();
}

/// Binance's times are milliseconds, or microseconds where that was asked for; the magnitude tells.
inline market::ExchangeTime exchange_time(std::int64_t value) {
  constexpr std::int64_t kYear5138InMilliseconds = 100'000'000'000'000;
  const bool milliseconds = value < kYear5138InMilliseconds;
  return market::ExchangeTime{milliseconds ? std::chrono::milliseconds{value}
                                           : std::chrono::microseconds{value}};
}

}  // namespace naive::binance::json
