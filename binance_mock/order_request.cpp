#include "binance_mock/order_request.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace naive::binance_mock {
namespace {

using market::Decimal;

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

constexpr std::string_view kAmountRange = R"(^([0-9]{1,20})(\.[0-9]{1,20})?$)";

bool is_amount(std::string_view text) {
  constexpr std::size_t kMaxDigits = 20;
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (!all_digits(whole) || whole.size() > kMaxDigits) return false;
  if (point == std::string_view::npos) return true;
  const std::string_view fraction = text.substr(point + 1);
  return all_digits(fraction) && fraction.size() <= kMaxDigits;
}

Result<Decimal> parse_amount(const Params& params, std::string_view name) {
  const std::string& text = params.value(name);
  if (!is_amount(text)) return std::unexpected(errors::illegal_characters(name, kAmountRange));
  if (const auto value = Decimal::parse(text)) return *value;
  const auto point = text.find('.');
  const auto last = text.find_last_not_of('0');
  const bool too_fine = point != std::string::npos && last != std::string::npos &&
                        last > point + static_cast<std::size_t>(Decimal::kPlaces);
  return std::unexpected(too_fine ? errors::too_much_precision(name) : errors::overflowed(name));
}

template <class Enum, std::size_t N>
Result<Enum> parse_word(const Params& params, std::string_view name, ApiError unknown,
                        const std::array<std::pair<std::string_view, Enum>, N>& words) {
  if (!params.has(name)) return std::unexpected(errors::missing_parameter(name));
  for (const auto& [word, value] : words) {
    if (word == params.value(name)) return value;
  }
  return std::unexpected(std::move(unknown));
}

Result<market::Side> parse_side(const Params& params) {
  using market::Side;
  static constexpr std::array<std::pair<std::string_view, Side>, 2> kWords{
      {{"BUY", Side::kBuy}, {"SELL", Side::kSell}}};
  return parse_word(params, "side", errors::invalid_enum(-1117, "side"), kWords);
}

Result<OrderType> parse_type(const Params& params) {
  static constexpr std::array<std::pair<std::string_view, OrderType>, 3> kWords{
      {{"LIMIT", OrderType::kLimit},
       {"LIMIT_MAKER", OrderType::kLimitMaker},
       {"MARKET", OrderType::kMarket}}};
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kUnsupported{
      {{"STOP_LOSS", "Stop loss orders are not supported for this symbol."},
       {"STOP_LOSS_LIMIT", "Stop loss limit orders are not supported for this symbol."},
       {"TAKE_PROFIT", "Take profit orders are not supported for this symbol."},
       {"TAKE_PROFIT_LIMIT", "Take profit limit orders are not supported for this symbol."}}};
  for (const auto& [word, message] : kUnsupported) {
    if (word == params.value("type")) return std::unexpected(errors::order_rejected(message));
  }
  return parse_word(params, "type", errors::invalid_enum(-1116, "orderType"), kWords);
}

Result<TimeInForce> parse_time_in_force(const Params& params) {
  static constexpr std::array<std::pair<std::string_view, TimeInForce>, 3> kWords{
      {{"GTC", TimeInForce::kGtc}, {"IOC", TimeInForce::kIoc}, {"FOK", TimeInForce::kFok}}};
  return parse_word(params, "timeInForce", errors::invalid_enum(-1115, "timeInForce"), kWords);
}

Result<std::string> parse_client_order_id(const Params& params, std::string_view name,
                                          const MakeClientOrderId& make_id) {
  constexpr std::size_t kMaxLength = 36;
  if (!params.has(name)) return make_id();
  const std::string& id = params.value(name);
  const bool legal = id.size() <= kMaxLength && std::ranges::all_of(id, [](unsigned char c) {
                       return std::isalnum(c) != 0 || c == '-' || c == '_';
                     });
  if (!legal) return std::unexpected(errors::illegal_characters(name, "^[a-zA-Z0-9-_]{1,36}$"));
  return id;
}

/// The parameters that a type has, and those that it must not have.
std::optional<ApiError> check_parameters_of_type(const Params& params, OrderType type) {
  using Names = std::initializer_list<std::string_view>;
  const auto check = [&](Names needed, Names refused) -> std::optional<ApiError> {
    for (const auto name : needed) {
      if (!params.has(name)) return errors::missing_parameter(name);
    }
    for (const auto name : refused) {
      if (params.has(name)) return errors::not_required(name);
    }
    return std::nullopt;
  };
  for (const std::string_view name : {"stopPrice", "trailingDelta"}) {
    if (params.has(name)) return errors::not_required(name);
  }
  if (params.has("icebergQty")) return errors::order_rejected("Unsupported order combination");
  switch (type) {
    case OrderType::kLimit:
      return check({"timeInForce", "quantity", "price"}, {"quoteOrderQty"});
    case OrderType::kLimitMaker:
      return check({"quantity", "price"}, {"timeInForce", "quoteOrderQty"});
    case OrderType::kMarket:
      if (!params.has("quantity") && !params.has("quoteOrderQty")) {
        return errors::missing_parameter("quantity");
      }
      if (params.has("quantity") && params.has("quoteOrderQty")) {
        return errors::invalid_combination();
      }
      return check({}, {"timeInForce", "price"});
  }
  return std::nullopt;
}

std::optional<ApiError> read_amounts(const Params& params, NewOrder& order) {
  if (params.has("price")) {
    const auto price = parse_amount(params, "price");
    if (!price) return price.error();
    order.price = market::Price{*price};
  }
  if (params.has("quantity")) {
    const auto quantity = parse_amount(params, "quantity");
    if (!quantity) return quantity.error();
    order.quantity = market::Quantity{*quantity};
  }
  if (params.has("quoteOrderQty")) {
    const auto quote = parse_amount(params, "quoteOrderQty");
    if (!quote) return quote.error();
    order.quote_quantity = market::Money{*quote};
  }
  return std::nullopt;
}

}  // namespace

Result<std::string> parse_symbol(const Params& params) {
  const std::string& symbol = params.value("symbol");
  if (symbol.empty()) return std::unexpected(errors::missing_parameter("symbol"));
  if (!market::is_symbol(symbol)) {
    return std::unexpected(errors::illegal_characters("symbol", "^[A-Z0-9-_.]{1,20}$"));
  }
  return symbol;
}

Result<std::int64_t> parse_integer(const Params& params, std::string_view name,
                                   std::int64_t absent) {
  const std::string* text = params.find(name);
  if (text == nullptr) return absent;
  if (!all_digits(*text)) {
    return std::unexpected(errors::illegal_characters(name, "^[0-9]{1,20}$"));
  }
  std::int64_t value = 0;
  const auto result = std::from_chars(text->data(), text->data() + text->size(), value);
  if (result.ec != std::errc{}) return std::unexpected(errors::overflowed(name));
  return value;
}

Result<NewOrder> parse_new_order(const Params& params, const MakeClientOrderId& make_id) {
  NewOrder order;
  const auto symbol = parse_symbol(params);
  if (!symbol) return std::unexpected(symbol.error());
  order.symbol = *symbol;
  const auto side = parse_side(params);
  if (!side) return std::unexpected(side.error());
  order.side = *side;
  const auto type = parse_type(params);
  if (!type) return std::unexpected(type.error());
  order.type = *type;
  if (auto error = check_parameters_of_type(params, order.type)) return std::unexpected(*error);
  if (order.type == OrderType::kLimit) {
    const auto time_in_force = parse_time_in_force(params);
    if (!time_in_force) return std::unexpected(time_in_force.error());
    order.time_in_force = *time_in_force;
  }
  if (auto error = read_amounts(params, order)) return std::unexpected(*error);
  const auto id = parse_client_order_id(params, "newClientOrderId", make_id);
  if (!id) return std::unexpected(id.error());
  order.client_order_id = *id;
  return order;
}

Result<ResponseType> parse_response_type(const Params& params, OrderType type) {
  static constexpr std::array<std::pair<std::string_view, ResponseType>, 3> kWords{
      {{"ACK", ResponseType::kAck},
       {"RESULT", ResponseType::kResult},
       {"FULL", ResponseType::kFull}}};
  if (!params.has("newOrderRespType")) {
    return type == OrderType::kLimitMaker ? ResponseType::kAck : ResponseType::kFull;
  }
  return parse_word(params, "newOrderRespType",
                    errors::illegal_characters("newOrderRespType", "ACK|RESULT|FULL"), kWords);
}

Result<OrderKey> parse_order_key(const Params& params) {
  OrderKey key{.order_id = {}, .client_order_id = params.value("origClientOrderId")};
  if (params.has("orderId")) {
    const auto id = parse_integer(params, "orderId", 0);
    if (!id) return std::unexpected(id.error());
    key.order_id = *id;
  }
  if (!key.order_id && key.client_order_id.empty()) return std::unexpected(errors::no_order_key());
  return key;
}

Result<CancelOrder> parse_cancel(const Params& params, const MakeClientOrderId& make_id) {
  static constexpr std::array<std::pair<std::string_view, CancelRestriction>, 2> kRestrictions{
      {{"ONLY_NEW", CancelRestriction::kOnlyNew},
       {"ONLY_PARTIALLY_FILLED", CancelRestriction::kOnlyPartiallyFilled}}};
  CancelOrder cancel;
  const auto symbol = parse_symbol(params);
  if (!symbol) return std::unexpected(symbol.error());
  cancel.symbol = *symbol;
  const auto key = parse_order_key(params);
  if (!key) return std::unexpected(key.error());
  cancel.key = *key;
  const auto id = parse_client_order_id(params, "newClientOrderId", make_id);
  if (!id) return std::unexpected(id.error());
  cancel.cancel_client_order_id = *id;
  if (params.has("cancelRestrictions")) {
    const auto restriction =
        parse_word(params, "cancelRestrictions", errors::invalid_enum(-1145, "cancelRestrictions"),
                   kRestrictions);
    if (!restriction) return std::unexpected(restriction.error());
    cancel.restriction = *restriction;
  }
  return cancel;
}

}  // namespace naive::binance_mock
