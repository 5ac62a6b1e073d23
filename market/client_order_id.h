#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "market/order.h"

namespace naive::market {

/// The name of an order: computed from what it is for, never generated, so that whoever knows slot
/// and cycle can ask the exchange for it. Written `n1-BTCUSDT-0-2s-B1`: bot tag, symbol, slot,
/// cycle in base 36, side and attempt.
struct ClientOrderId {
  static constexpr std::string_view kTag = "n1";
  static constexpr std::size_t kMaxLength = 36;  // Binance: ^[a-zA-Z0-9-_]{1,36}$

  std::string symbol;
  std::uint32_t slot = 0;
  std::uint64_t cycle = 0;
  Side side = Side::kBuy;
  std::uint32_t attempt = 1;

  /// Longer than kMaxLength only for symbols, slots and cycles that no exchange and no lifetime
  /// reaches: a 20-character symbol in slot 99 has room for 10^9 cycles of one attempt.
  std::string to_string() const;
  /// nullopt for an order that is not ours.
  static std::optional<ClientOrderId> parse(std::string_view text);

  friend bool operator==(const ClientOrderId&, const ClientOrderId&) = default;
};

}  // namespace naive::market
