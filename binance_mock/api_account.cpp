// The signed part of the API: one account's orders, executions and balances.
#include <algorithm>

#include "binance_mock/api.h"
#include "binance_mock/json_writer.h"
#include "binance_mock/order_json.h"
#include "binance_mock/order_request.h"
#include "binance_mock/wire_time.h"

namespace naive::binance_mock {
namespace {

constexpr std::int64_t kDefaultLimit = 500;
constexpr std::int64_t kMaxLimit = 1000;
constexpr std::int64_t kDayInMilliseconds = 86'400'000;

/// orderId, fromId, startTime, endTime and limit of the two histories.
struct Range {
  std::int64_t order_id = 0;
  std::int64_t from_id = 0;
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::int64_t limit = kDefaultLimit;
  bool begins = false;  // somewhere, rather than ending now

  bool has_time() const { return start != 0 || end != 0; }
  bool contains(market::ExchangeTime time) const {
    const std::int64_t at = to_milliseconds(time);
    return at >= start && (end == 0 || at <= end);
  }
};

Result<Range> parse_range(const Params& params) {
  Range range;
  const auto read = [&](std::string_view name, std::int64_t& value) -> std::optional<ApiError> {
    const auto number = parse_integer(params, name, value);
    if (!number) return number.error();
    value = *number;
    return std::nullopt;
  };
  for (auto& [name, value] : std::initializer_list<std::pair<std::string_view, std::int64_t&>>{
           {"orderId", range.order_id},
           {"fromId", range.from_id},
           {"startTime", range.start},
           {"endTime", range.end},
           {"limit", range.limit}}) {
    if (auto error = read(name, value)) return std::unexpected(*error);
  }
  if (range.start != 0 && range.end != 0 && range.end - range.start > kDayInMilliseconds) {
    return std::unexpected(
        ApiError{.http_status = 400,
                 .code = -1127,
                 .message = "More than 24 hours between startTime and endTime."});
  }
  range.begins = params.has("orderId") || params.has("fromId") || params.has("startTime");
  range.limit = std::clamp<std::int64_t>(range.limit, 1, kMaxLimit);
  return range;
}

/// The first `limit` of a range that begins somewhere, the last `limit` of one that does not.
std::string rows_json(std::vector<std::string> rows, const Range& range) {
  const auto limit = static_cast<std::ptrdiff_t>(range.limit);
  if (std::ssize(rows) > limit) {
    if (range.begins) {
      rows.erase(rows.begin() + limit, rows.end());
    } else {
      rows.erase(rows.begin(), rows.end() - limit);
    }
  }
  JsonWriter json;
  json.begin_array();
  for (const std::string& row : rows) json.raw(row);
  return json.end_array().take();
}

void append_open(const SymbolLedger& ledger, std::vector<const OrderRecord*>& orders) {
  for (const auto* queue : {&ledger.buys, &ledger.sells}) {
    for (const QueuePlace& place : *queue) orders.push_back(&ledger.order(place.order_id));
  }
}

}  // namespace

/// 22 letters and digits, as Binance makes them.
std::string Api::random_id() {
  constexpr std::string_view kAlphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  constexpr std::size_t kLength = 22;
  std::string id;
  while (id.size() < kLength) {
    id += kAlphabet[static_cast<std::size_t>(random_.up_to(std::ssize(kAlphabet) - 1))];
  }
  return id;
}

Api::Answer Api::place_order(const Params& params, market::ExchangeTime now) {
  if (auto error = limits_.check_order(now)) return std::unexpected(*error);
  const auto order = parse_new_order(params, [this] { return random_id(); });
  if (!order) return std::unexpected(order.error());
  const auto response = parse_response_type(params, order->type);
  if (!response) return std::unexpected(response.error());
  const auto placed = venue_.place(*order, now);
  if (!placed) return std::unexpected(placed.error());
  limits_.count_order(now);
  return placed_json(**placed, *response);
}

Api::Answer Api::test_order(const Params& params, market::ExchangeTime now) {
  const auto order = parse_new_order(params, [this] { return random_id(); });
  if (!order) return std::unexpected(order.error());
  const auto checked = venue_.test(*order, now);
  if (!checked) return std::unexpected(checked.error());
  return "{}";
}

Api::Answer Api::query_order(const Params& params, market::ExchangeTime) {
  const auto key = parse_order_key(params);
  if (!key) return std::unexpected(key.error());
  const auto spec = symbol(params);
  if (!spec) return std::unexpected(spec.error());
  const auto found = venue_.exchange().ledger().find((*spec)->symbol(), *key);
  if (found) return order_json(**found);
  switch (found.error()) {
    case Ledger::NotFound::kUnknown:
      return std::unexpected(errors::no_such_order());
    case Ledger::NotFound::kMismatch:
      return std::unexpected(errors::order_mismatch());
  }
  return std::unexpected(errors::no_such_order());
}

Api::Answer Api::cancel_order(const Params& params, market::ExchangeTime now) {
  const auto cancel = parse_cancel(params, [this] { return random_id(); });
  if (!cancel) return std::unexpected(cancel.error());
  const auto canceled = venue_.cancel(*cancel, now);
  if (!canceled) return std::unexpected(canceled.error());
  return canceled_json(**canceled);
}

Api::Answer Api::open_orders(const Params& params, market::ExchangeTime) {
  std::vector<const OrderRecord*> orders;
  const Ledger& ledger = venue_.exchange().ledger();
  if (params.has("symbol")) {
    const auto spec = symbol(params);
    if (!spec) return std::unexpected(spec.error());
    append_open(ledger.of((*spec)->symbol()), orders);
  } else {
    for (const auto& [name, book] : ledger.symbols()) append_open(book, orders);
  }
  std::ranges::stable_sort(orders, {}, &OrderRecord::time);
  JsonWriter json;
  json.begin_array();
  for (const OrderRecord* order : orders) json.raw(order_json(*order));
  return json.end_array().take();
}

Api::Answer Api::cancel_open_orders(const Params& params, market::ExchangeTime now) {
  const auto spec = symbol(params);
  if (!spec) return std::unexpected(spec.error());
  std::vector<const OrderRecord*> orders;
  append_open(venue_.exchange().ledger().of((*spec)->symbol()), orders);
  if (orders.empty()) return std::unexpected(errors::cancel_rejected("Unknown order sent."));
  JsonWriter json;
  json.begin_array();
  for (const OrderRecord* order : orders) {
    const auto canceled =
        venue_.cancel({.symbol = order->symbol,
                       .key = {.order_id = order->order_id, .client_order_id = {}},
                       .cancel_client_order_id = random_id()},
                      now);
    if (canceled) json.raw(canceled_json(**canceled));
  }
  return json.end_array().take();
}

Api::Answer Api::all_orders(const Params& params, market::ExchangeTime) {
  const auto spec = symbol(params);
  if (!spec) return std::unexpected(spec.error());
  const auto range = parse_range(params);
  if (!range) return std::unexpected(range.error());
  std::vector<std::string> rows;
  for (const OrderRecord& order : venue_.exchange().ledger().of((*spec)->symbol()).orders) {
    if (order.order_id >= range->order_id && range->contains(order.time)) {
      rows.push_back(order_json(order));
    }
  }
  return rows_json(std::move(rows), *range);
}

Api::Answer Api::my_trades(const Params& params, market::ExchangeTime) {
  const auto spec = symbol(params);
  if (!spec) return std::unexpected(spec.error());
  const auto range = parse_range(params);
  if (!range) return std::unexpected(range.error());
  if (range->from_id != 0 && range->has_time()) {
    return std::unexpected(errors::invalid_combination());
  }
  const SymbolLedger& ledger = venue_.exchange().ledger().of((*spec)->symbol());
  std::vector<std::string> rows;
  for (const auto& [order_id, index] : ledger.fills) {
    const OrderRecord& order = ledger.order(order_id);
    const Execution& execution = order.executions[index];
    const bool of_order = range->order_id == 0 || range->order_id == order_id;
    if (of_order && execution.trade_id >= range->from_id && range->contains(execution.time)) {
      rows.push_back(execution_json(order, execution));
    }
  }
  return rows_json(std::move(rows), *range);
}

Api::Answer Api::account(const Params& params, market::ExchangeTime now) {
  constexpr std::int64_t kCommissionPoints = 10;  // of 1/10 000
  JsonWriter json;
  json.begin_object().member("makerCommission", kCommissionPoints);
  json.member("takerCommission", kCommissionPoints).member("buyerCommission", 0);
  json.member("sellerCommission", 0).key("commissionRates").begin_object();
  json.member("maker", "0.00100000").member("taker", "0.00100000");
  json.member("buyer", "0.00000000").member("seller", "0.00000000").end_object();
  for (const std::string_view name : {"canTrade", "canWithdraw", "canDeposit"}) {
    json.member_boolean(name, true);
  }
  for (const std::string_view name : {"brokered", "requireSelfTradePrevention", "preventSor"}) {
    json.member_boolean(name, false);
  }
  json.member("updateTime", to_milliseconds(now)).member("accountType", "SPOT");
  json.key("balances").begin_array();
  for (const auto& [asset, balance] : venue_.exchange().ledger().balances().all()) {
    const bool is_zero = balance.free.is_zero() && balance.locked.is_zero();
    if (is_zero && params.value("omitZeroBalances") == "true") continue;
    json.begin_object().member("asset", asset).member("free", balance.free.to_string());
    json.member("locked", balance.locked.to_string()).end_object();
  }
  json.end_array().member_raw("permissions", R"(["SPOT"])");
  return json.member("uid", 1).end_object().take();
}

}  // namespace naive::binance_mock
