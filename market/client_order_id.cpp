#include "market/client_order_id.h"

#include <array>
#include <charconv>

namespace naive::market {
namespace {

constexpr int kCycleBase = 36;

std::string in_base(std::uint64_t value, int base) {
  std::array<char, 64> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, base);
  return {buffer.data(), result.ptr};
}

template <class Number>
std::optional<Number> parse_number(std::string_view text, int base) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Cuts the part behind the last '-' off `text`: symbols may contain '-' themselves.
std::optional<std::string_view> take_last_part(std::string_view& text) {
  const auto dash = text.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto part = text.substr(dash + 1);
  text = text.substr(0, dash);
  return part;
}

}  // namespace

std::string ClientOrderId::to_string() const {
  std::string text{kTag};
  text += '-';
  text += symbol;
  text += '-';
  text += in_base(slot, 10);
  text += '-';
  text += in_base(cycle, kCycleBase);
  text += side == Side::kBuy ? "-B" : "-S";
  text += in_base(attempt, 10);
  return text;
}

std::optional<ClientOrderId> ClientOrderId::parse(std::string_view text) {
  const auto leg = take_last_part(text);
  const auto cycle = take_last_part(text);
  const auto slot = take_last_part(text);
  const auto tag = text.substr(0, text.find('-'));
  if (!leg || !cycle || !slot || tag != kTag || text.size() < kTag.size() + 2) return std::nullopt;
  if (!leg->starts_with('B') && !leg->starts_with('S')) return std::nullopt;

  const auto slot_number = parse_number<std::uint32_t>(*slot, 10);
  const auto cycle_number = parse_number<std::uint64_t>(*cycle, kCycleBase);
  const auto attempt = parse_number<std::uint32_t>(leg->substr(1), 10);
  if (!slot_number || !cycle_number || !attempt) return std::nullopt;
  return ClientOrderId{.symbol = std::string{text.substr(kTag.size() + 1)},
                       .slot = *slot_number,
                       .cycle = *cycle_number,
                       .side = leg->front() == 'B' ? Side::kBuy : Side::kSell,
                       .attempt = *attempt};
}

}  // namespace naive::market
