#include "tests/simulation/exchange_model.h"

#include <algorithm>

namespace naive::simulation {

using binance_mock::ExecutionReport;
using gateway::Response;
using market::Decimal;
using market::Money;
using market::Price;
using market::Quantity;
using Transport = gateway::Response::Transport;

namespace {

Response failed(Transport transport) {
  return {.transport = transport, .status = 0, .error = {}, .order = {}, .reason = "network"};
}

Response refused(int status, int code, const std::string& message) {
  return {.status = status, .error = binance::ApiError{.code = code, .message = message}};
}

}  // namespace

market::SymbolRules ExchangeModel::rules() {
  return {.symbol = kSymbol,
          .base_asset = "XYZ",
          .quote_asset = "USDT",
          .tick_size = Price::parse("0.01").value(),
          .min_quantity = Quantity::parse("0.001").value(),
          .step_size = Quantity::parse("0.001").value(),
          .min_notional = Money::parse("5").value()};
}

ExchangeModel::ExchangeModel(Schedule& schedule, OnReport on_report)
    : schedule_(schedule),
      on_report_(std::move(on_report)),
      symbols_([] {
        binance_mock::SymbolTable table;
        table.add({.rules = rules(), .status = "TRADING"});
        return table;
      }()),
      exchange_(symbols_, schedule.chance(500) ? binance_mock::FillRule::kQueue
                                               : binance_mock::FillRule::kTouch) {
  exchange_.commit({binance_mock::Deposited{"USDT", Decimal::parse("1000000").value()},
                    binance_mock::Deposited{"XYZ", Decimal::parse("1000").value()}});
}

market::Order ExchangeModel::told(const binance_mock::OrderRecord& order) {
  market::Commission commission;
  for (const auto& execution : order.executions) {
    const bool base = execution.commission_asset == "XYZ";
    commission =
        commission + market::Commission{.base = base ? Quantity{execution.commission} : Quantity{},
                                        .quote = base ? Money{} : Money{execution.commission}};
  }
  return {.client_order_id = order.client_order_id,
          .order_id = order.order_id,
          .side = order.side,
          .status = order.status,
          .price = order.price,
          .quantity = order.quantity,
          .executed_quantity = order.executed,
          .executed_quote = order.executed_quote,
          .commission = commission,
          .commissioned_quantity = order.executed,
          .update_time = order.update_time};
}

void ExchangeModel::commit(const binance_mock::Changes& changes) {
  for (const auto& event : exchange_.commit(changes)) {
    if (const auto* report = std::get_if<ExecutionReport>(&event)) on_report_(*report);
  }
}

Response ExchangeModel::execute(const gateway::PlaceOrder& order, Time signed_at) {
  if (schedule_.now() - signed_at > kReceiveWindow) return refused(400, -1021, "too old");
  const auto placed = exchange_.place({.symbol = order.symbol,
                                       .side = order.side,
                                       .price = order.price,
                                       .quantity = order.quantity,
                                       .client_order_id = order.client_order_id},
                                      schedule_.exchange_now());
  if (!placed)
    return refused(placed.error().http_status, placed.error().code, placed.error().message);
  commit(*placed);
  return {.status = 200, .order = told(ledger().orders.back())};
}

void ExchangeModel::post(const gateway::PlaceOrder& order, Answer answer) {
  const Time signed_at = schedule_.now();
  const auto arrive = [=, this](microseconds delay, std::function<void(Response)> then) {
    schedule_.after(delay, [=, this] { then(execute(order, signed_at)); });
  };
  const auto reply = [=, this](const Response& response) {
    schedule_.after(network(), [=] { answer(response); });
  };
  const auto forget = [](const Response&) {};
  if (!faults_ || schedule_.chance(800)) return arrive(network(), reply);

  switch (schedule_.below(9)) {
    case 0:
      return reply(failed(Transport::kNotSent));
    case 1:
      return reply(failed(Transport::kMaybeSent));  // lost on the way there
    case 2:                                         // lost on the way back
      arrive(network(), forget);
      return schedule_.after(schedule_.between(1ms, 200ms),
                             [=] { answer(failed(Transport::kMaybeSent)); });
    case 3:  // the connection breaks, and the request takes as long as it may
    case 4:
      arrive(schedule_.between(0us, kReceiveWindow), [=, this](const Response&) {});
      return reply(failed(Transport::kMaybeSent));
    case 5:  // accepted in time, executed as late as the engine may
      schedule_.after(schedule_.between(0us, kReceiveWindow), [=, this] {
        const Time arrived = schedule_.now();
        schedule_.after(schedule_.between(0us, kEngineTimeout),
                        [=, this] { execute(order, arrived); });
      });
      return reply(refused(400, -1007, "Timeout"));
    case 6:  // says that it broke, and had done it
      return arrive(network(),
                    [=](const Response&) { reply(refused(503, 0, "Service Unavailable.")); });
    case 7:
      return reply(refused(500, -1000, "Unknown error"));
    default:
      return reply(refused(400, -1021, "Timestamp for this request is outside of the recvWindow."));
  }
}

void ExchangeModel::get(const gateway::OrderName& name, Answer answer) {
  schedule_.after(network(), [=, this] {
    Response response = refused(400, -2013, "Order does not exist.");
    const auto found = exchange_.ledger().find(
        name.symbol, {.order_id = {}, .client_order_id = name.client_order_id});
    const bool lags = found && faults_ && schedule_.exchange_now() - (*found)->time < kReadLag;
    if (found && !lags) {
      response = {.status = 200, .order = told(**found)};
      // The list of fills may be behind the order.
      if (faults_ && schedule_.chance(50)) response.order->commissioned_quantity = {};
    }
    if (faults_ && schedule_.chance(50)) response = failed(Transport::kMaybeSent);
    if (faults_ && schedule_.chance(20)) response = refused(503, 0, "Service Unavailable.");
    // An answer may be older than the fence is long.
    const bool slow = faults_ && schedule_.chance(200);
    schedule_.after(slow ? schedule_.between(0us, 2 * kFence) : network(),
                    [=] { answer(response); });
  });
}

Price ExchangeModel::trade() {
  // Up and down between turning points that are never the same, so that every order is reached sooner or later.
  price_ += drift_ * schedule_.below(8) + schedule_.below(7) - 3;
  if (drift_ > 0 ? price_ > turn_ : price_ < turn_) {
    drift_ = -drift_;
    turn_ = turning_point();
  }
  const Price price = Price::from_units(price_ * 1'000'000);
  const auto quantity = Quantity::from_units((1 + schedule_.below(1500)) * 100'000LL);
  const market::Trade trade{.trade_id = ++trades_,
                            .price = price,
                            .quantity = quantity,
                            .trade_time = schedule_.exchange_now()};
  exchange_.set_last(kSymbol, price, quantity);
  commit(exchange_.match(kSymbol, trade));
  if (faults_ && schedule_.chance(10)) cancel_one();
  return price;
}

/// In hundredths. When the faults have stopped, prices reach every open order.
std::int64_t ExchangeModel::turning_point() {
  const std::int64_t usual = 10'000 + drift_ * (10 + schedule_.below(60));
  if (faults_) return usual;
  constexpr std::int64_t kTick = 1'000'000;
  if (drift_ > 0) {
    const auto& sells = ledger().sells;
    return sells.empty() ? usual : std::max(usual, sells.rbegin()->rank / kTick + 10);
  }
  const auto& buys = ledger().buys;  // their ranks are negative
  return buys.empty() ? usual : std::min(usual, -buys.rbegin()->rank / kTick - 10);
}

/// Somebody at the exchange's web page, or the exchange itself.
void ExchangeModel::cancel_one() {
  const auto& open = schedule_.chance(500) ? ledger().buys : ledger().sells;
  if (open.empty()) return;
  const auto canceled =
      exchange_.cancel({.symbol = kSymbol,
                        .key = {.order_id = open.begin()->order_id, .client_order_id = ""},
                        .cancel_client_order_id = "web"},
                       schedule_.exchange_now());
  if (canceled) commit(*canceled);
}

}  // namespace naive::simulation
