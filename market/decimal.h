#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace naive::market {

/// 128 bits: holds every product of two int64.
__extension__ using Wide = __int128;

/// A decimal number with exactly eight places, held as an int64 in units of 1e-8:
/// ±92233720368.54775807, which is the range of every amount at Binance. No operation wraps or
/// rounds silently: what does not fit is `std::nullopt`.
class Decimal {
 public:
  static constexpr std::int64_t kUnitsPerOne = 100'000'000;
  static constexpr int kPlaces = 8;

  constexpr Decimal() = default;
  static constexpr Decimal from_units(std::int64_t units) { return Decimal{units}; }
  static constexpr Decimal one() { return Decimal{kUnitsPerOne}; }

  /// Reads `[-]digits[.digits]`, at most eight places unless the further ones are zeros; no
  /// exponent, no blanks, no leading `+`, and a digit on both sides of the point. nullopt for
  /// anything else and for what does not fit.
  static std::optional<Decimal> parse(std::string_view text);

  /// All eight places, as Binance writes amounts: "0.01000000".
  std::string to_string() const;
  /// Without trailing zeros, for people: "0.01", "5".
  std::string to_short_string() const;

  constexpr std::int64_t units() const { return units_; }
  constexpr bool is_zero() const { return units_ == 0; }
  constexpr bool is_negative() const { return units_ < 0; }

  friend constexpr auto operator<=>(Decimal, Decimal) = default;

 private:
  constexpr explicit Decimal(std::int64_t units) : units_(units) {}

  std::int64_t units_ = 0;
};

std::optional<Decimal> add(Decimal a, Decimal b);
std::optional<Decimal> subtract(Decimal a, Decimal b);

/// floor(a * b / c), computed without loss in 128 bits. `c` must not be zero. The quotient is
/// rounded towards minus infinity; nullopt when it does not fit.
std::optional<std::int64_t> multiply_divide(std::int64_t a, std::int64_t b, std::int64_t c);

/// A 128-bit value narrowed to 64 bits, or nullopt.
std::optional<std::int64_t> narrow(Wide value);

/// floor(a / b) of a 128-bit dividend. `b` must be positive.
Wide floor_divide(Wide a, Wide b);

}  // namespace naive::market
