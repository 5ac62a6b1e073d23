#include "binance_mock/api.h"

#include <algorithm>
#include <array>

#include "binance_mock/order_request.h"

namespace naive::binance_mock {
namespace {

using Security = Api::Security;

/// What every signed request may carry besides its own parameters.
constexpr std::string_view kSignedParameters = "timestamp recvWindow signature apiKey";

/// The words of a list that is written with blanks.
std::vector<std::string_view> words(std::string_view list) {
  std::vector<std::string_view> result;
  while (!list.empty()) {
    const auto end = list.find(' ');
    result.push_back(list.substr(0, end));
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
  }
  return result;
}

bool contains(std::string_view list, std::string_view word) {
  return std::ranges::count(words(list), word) > 0;
}

}  // namespace

const Api::Endpoint* Api::find_rest(std::string_view method, std::string_view path) {
  for (const Endpoint& endpoint : endpoints()) {
    if (endpoint.method == method && endpoint.path == path) return &endpoint;
  }
  return nullptr;
}

const Api::Endpoint* Api::find_call(std::string_view call) {
  for (const Endpoint& endpoint : endpoints()) {
    if (!call.empty() && endpoint.call == call) return &endpoint;
  }
  return nullptr;
}

std::span<const Api::Endpoint> Api::endpoints() {
  constexpr auto kPublic = Security::kPublic;
  constexpr auto kSigned = Security::kSigned;
  static constexpr std::string_view kSymbols =
      "symbol symbols permissions showPermissionSets symbolStatus";
  static constexpr std::string_view kOrder =
      "timeInForce quantity quoteOrderQty price newClientOrderId stopPrice trailingDelta "
      "icebergQty "
      "newOrderRespType strategyId strategyType selfTradePreventionMode";
  static constexpr std::string_view kCancel =
      "orderId origClientOrderId newClientOrderId cancelRestrictions";
  static constexpr std::array<Endpoint, 18> kEndpoints{{
      {"GET", "ping", "ping", kPublic, 1, "", "", &Api::ping},
      {"GET", "time", "time", kPublic, 1, "", "", &Api::time},
      {"GET", "exchangeInfo", "exchangeInfo", kPublic, 20, "", kSymbols, &Api::exchange_info},
      {"GET", "depth", "depth", kPublic, 5, "symbol", "limit", &Api::depth},
      {"GET", "trades", "trades.recent", kPublic, 25, "symbol", "limit", &Api::trades},
      {"GET", "historicalTrades", "trades.historical", kPublic, 25, "symbol", "limit fromId apiKey",
       &Api::trades},
      {"GET", "aggTrades", "trades.aggregate", kPublic, 4, "symbol", "limit fromId",
       &Api::aggregate_trades},
      {"GET", "ticker/price", "ticker.price", kPublic, 2, "", "symbol symbols", &Api::ticker_price},
      {"GET", "ticker/bookTicker", "ticker.book", kPublic, 2, "", "symbol symbols",
       &Api::ticker_book},
      {"POST", "order", "order.place", kSigned, 1, "symbol side type", kOrder, &Api::place_order},
      {"POST", "order/test", "order.test", kSigned, 1, "symbol side type", kOrder,
       &Api::test_order},
      {"GET", "order", "order.status", kSigned, 4, "symbol", "orderId origClientOrderId",
       &Api::query_order},
      {"DELETE", "order", "order.cancel", kSigned, 1, "symbol", kCancel, &Api::cancel_order},
      {"GET", "openOrders", "openOrders.status", kSigned, 6, "", "symbol", &Api::open_orders},
      {"DELETE", "openOrders", "openOrders.cancelAll", kSigned, 1, "symbol", "",
       &Api::cancel_open_orders},
      {"GET", "allOrders", "allOrders", kSigned, 20, "symbol", "orderId startTime endTime limit",
       &Api::all_orders},
      {"GET", "myTrades", "myTrades", kSigned, 20, "symbol",
       "orderId startTime endTime fromId limit", &Api::my_trades},
      {"GET", "account", "account.status", kSigned, 20, "", "omitZeroBalances", &Api::account},
  }};
  return kEndpoints;
}

Api::Answer Api::run(const Endpoint& endpoint, const Params& params, std::string_view api_key,
                     market::ExchangeTime now) {
  if (auto error = limits_.charge(endpoint.weight, now)) return std::unexpected(*error);
  if (auto error = refuse(endpoint, params, api_key, now)) return std::unexpected(*error);
  return (this->*endpoint.run)(params, now);
}

std::optional<ApiError> Api::refuse(const Endpoint& endpoint, const Params& params,
                                    std::string_view api_key, market::ExchangeTime now) const {
  const bool is_signed = endpoint.security == Security::kSigned;
  if (is_signed) {
    if (auto error = authentication_.check_key(api_key)) return error;
  }
  for (const std::string_view name : words(endpoint.mandatory)) {
    if (!params.has(name)) return errors::missing_parameter(name);
  }
  if (is_signed) {
    if (auto error = authentication_.check_signed(params, now)) return error;
  }
  const auto is_known = [&](const auto& pair) {
    return contains(endpoint.mandatory, pair.first) || contains(endpoint.optional, pair.first) ||
           (is_signed && contains(kSignedParameters, pair.first));
  };
  const auto known = static_cast<std::size_t>(std::ranges::count_if(params.all(), is_known));
  if (known < params.all().size()) return errors::unread_parameters(known, params.all().size());
  return std::nullopt;
}

Result<const SymbolSpec*> Api::symbol(const Params& params) const {
  const auto name = parse_symbol(params);
  if (!name) return std::unexpected(name.error());
  const SymbolSpec* spec = venue_.exchange().symbols().find(*name);
  if (spec == nullptr) return std::unexpected(errors::invalid_symbol());
  return spec;
}

}  // namespace naive::binance_mock
