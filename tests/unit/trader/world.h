#pragma once

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "trader/step.h"

/// A trader at any point of its cycle, and the events that can meet it there, in words that read
/// like the table in trader/step.h. BTCUSDT, tick 0.01, step 0.001, smallest notional 5; buys 1 @
/// 99, sells @ 101.
namespace naive::trader::test {

using market::Order;
using market::OrderStatus;
using market::Price;
using market::Quantity;
using market::Side;

template <class Value>
Value amount(std::string_view text) {
  return Value::parse(text).value();
}

inline const TimePoint kNow{std::chrono::hours{1}};
inline const market::ExchangeTime kExchangeNow{std::chrono::hours{1'000}};
inline constexpr std::uint64_t kGateway = 7;

inline market::SymbolRules rules() {
  return {.symbol = "BTCUSDT",
          .base_asset = "BTC",
          .quote_asset = "USDT",
          .tick_size = amount<Price>("0.01"),
          .min_quantity = amount<Quantity>("0.001"),
          .step_size = amount<Quantity>("0.001"),
          .min_notional = amount<market::Money>("5")};
}

inline Order order(Side side, OrderStatus status, std::string_view executed,
                   std::string_view commissioned, std::uint32_t attempt = 1) {
  Order order{.client_order_id =
                  fmt::format("n1-BTCUSDT-0-1-{}{}", side == Side::kBuy ? 'B' : 'S', attempt),
              .order_id = 1000,
              .side = side,
              .status = status,
              .price = amount<Price>(side == Side::kBuy ? "99" : "101.1"),
              .quantity = amount<Quantity>("1"),
              .executed_quantity = amount<Quantity>(executed),
              .commissioned_quantity = amount<Quantity>(commissioned)};
  order.executed_quote = market::notional(order.price, order.executed_quantity).value();
  return order;
}

inline Machine fresh() {
  Machine machine;
  machine.state = {.symbol = "BTCUSDT",
                   .slot = 0,
                   .cycle = 1,
                   .settings = {.profit_target = amount<market::Decimal>("0.0192"),
                                .buy_down_interval = amount<market::Decimal>("0.01"),
                                .quantity = amount<Quantity>("1")},
                   .gateway_epoch = kGateway};
  machine.session.rules = rules();
  machine.session.fence = std::chrono::seconds{15};
  machine.session.gateway_epoch = kGateway;
  return machine;
}

inline Step tell(const Machine& machine, const Event& event, TimePoint now = kNow) {
  return step(machine, event, now);
}

/// The machine as it is when it has come into a phase by the shortest way.
inline Machine at(Phase phase) {
  // What was saved is stored by the time the next thing happens.
  const auto go = [](Phase from, const Event& event) {
    const Step told = tell(at(from), event);
    const bool exits = told.machine.session.when_stored == Session::WhenStored::kExit;
    return exits ? told.machine : tell(told.machine, Stored{}).machine;
  };
  switch (phase) {
    case Phase::kAwaitingPrice:
      return tell(fresh(), Started{}).machine;
    case Phase::kBuying:
      return go(Phase::kAwaitingPrice, TradeSeen{amount<Price>("100")});
    case Phase::kResolvingBuy:
      return go(Phase::kBuying, Unknown{"n1-BTCUSDT-0-1-B1"});
    case Phase::kBuyOpen:
      return go(Phase::kBuying, Accepted{order(Side::kBuy, OrderStatus::kNew, "0", "0")});
    case Phase::kSelling:
      return go(Phase::kBuyOpen, Found{order(Side::kBuy, OrderStatus::kFilled, "1", "1")});
    case Phase::kResolvingSell:
      return go(Phase::kSelling, Unknown{"n1-BTCUSDT-0-1-S1"});
    case Phase::kSellOpen:
      return go(Phase::kSelling, Accepted{order(Side::kSell, OrderStatus::kNew, "0", "0")});
    case Phase::kFinished:
      return go(Phase::kSellOpen, Found{order(Side::kSell, OrderStatus::kFilled, "1", "1")});
  }
  return fresh();
}

inline std::string describe(const Action& action) {
  struct Words {
    std::string operator()(const Save&) const { return "save"; }
    std::string operator()(const Place& place) const {
      return fmt::format("place {}", market::to_string(place.side));
    }
    std::string operator()(const Query& query) const {
      return fmt::format("query {}", market::to_string(query.side));
    }
    std::string operator()(const Exit& exit) const { return fmt::format("exit {}", exit.status); }
  };
  return std::visit(Words{}, action);
}

/// "BUY_OPEN: save, query BUY".
inline std::string describe(const Step& result) {
  std::vector<std::string> parts;
  for (const Action& action : result.actions) parts.push_back(describe(action));
  using When = Session::WhenStored;
  switch (result.machine.session.when_stored) {
    case When::kNothing:
    case When::kExited:
      break;
    case When::kBuy:
      parts.emplace_back("then buy");
      break;
    case When::kPlaceSell:
      parts.emplace_back("then place SELL");
      break;
    case When::kExit:
      parts.push_back(fmt::format("then exit {}", result.machine.session.exit_status));
      break;
  }
  return fmt::format("{}: {}", to_string(result.machine.state.phase),
                     parts.empty() ? "-" : fmt::format("{}", fmt::join(parts, ", ")));
}

}  // namespace naive::trader::test
