#include "market/decimal.h"

#include <limits>

namespace naive::market {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view text) {
  for (const char c : text) {
    if (!is_digit(c)) return false;
  }
  return !text.empty();
}

// The magnitude may be one more than int64's maximum: -92233720368.54775808 exists.
constexpr Wide kMagnitudeLimit = static_cast<Wide>(std::numeric_limits<std::int64_t>::max()) + 1;

std::optional<Wide> append_digits(Wide value, std::string_view digits) {
  for (const char c : digits) {
    value = value * 10 + (c - '0');
    if (value > kMagnitudeLimit) return std::nullopt;
  }
  return value;
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);

  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (!all_digits(whole)) return std::nullopt;

  std::string fraction;
  if (point != std::string_view::npos) {
    fraction = text.substr(point + 1);
    if (!all_digits(fraction)) return std::nullopt;
  }
  while (fraction.size() > kPlaces && fraction.back() == '0') fraction.pop_back();
  if (fraction.size() > kPlaces) return std::nullopt;
  fraction.resize(kPlaces, '0');

  auto magnitude = append_digits(0, whole);
  if (magnitude) magnitude = append_digits(*magnitude, fraction);
  if (!magnitude) return std::nullopt;

  const auto units = narrow(negative ? -*magnitude : *magnitude);
  if (!units) return std::nullopt;
  return from_units(*units);
}

std::string Decimal::to_string() const {
  const bool negative = units_ < 0;
  const auto magnitude =
      negative ? 0 - static_cast<std::uint64_t>(units_) : static_cast<std::uint64_t>(units_);
  std::string digits = std::to_string(magnitude);
  if (digits.size() <= kPlaces) digits.insert(0, kPlaces + 1 - digits.size(), '0');
  digits.insert(digits.size() - kPlaces, 1, '.');
  if (negative) digits.insert(0, 1, '-');
  return digits;
}

std::string Decimal::to_short_string() const {
  std::string text = to_string();
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::optional<Decimal> add(Decimal a, Decimal b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a.units(), b.units(), &sum)) return std::nullopt;
  return Decimal::from_units(sum);
}

std::optional<Decimal> subtract(Decimal a, Decimal b) {
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(a.units(), b.units(), &difference)) return std::nullopt;
  return Decimal::from_units(difference);
}

Wide floor_divide(Wide a, Wide b) {
  const Wide quotient = a / b;
  return a % b < 0 ? quotient - 1 : quotient;
}

std::optional<std::int64_t> narrow(Wide value) {
  if (value > std::numeric_limits<std::int64_t>::max() ||
      value < std::numeric_limits<std::int64_t>::min()) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(value);
}

std::optional<std::int64_t> multiply_divide(std::int64_t a, std::int64_t b, std::int64_t c) {
  Wide product = static_cast<Wide>(a) * b;
  Wide divisor = c;
  if (divisor < 0) {
    product = -product;
    divisor = -divisor;
  }
  return narrow(floor_divide(product, divisor));
}

}  // namespace naive::market
