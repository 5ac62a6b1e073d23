#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "market/amounts.h"
#include "market/client_order_id.h"
#include "market/formulas.h"
#include "market/order.h"
#include "market/symbol_rules.h"

namespace naive::market {
namespace {

template <class Value>
Value amount(std::string_view text) {
  return Value::parse(text).value();
}

constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
constexpr auto kMin = std::numeric_limits<std::int64_t>::min();

// Values of every magnitude, the edges among them.
std::vector<std::int64_t> sample_units() {
  std::vector<std::int64_t> units{0,    1,   -1, Decimal::kUnitsPerOne, -Decimal::kUnitsPerOne,
                                  kMax, kMin};
  std::mt19937_64 random{42};
  for (int i = 0; i < 2000; ++i) {
    const auto raw = static_cast<std::int64_t>(random());
    units.push_back(raw >> (random() % 63));
  }
  return units;
}

TEST(Decimal, EveryValueSurvivesFormattingAndParsing) {
  for (const std::int64_t units : sample_units()) {
    const Decimal value = Decimal::from_units(units);
    EXPECT_EQ(Decimal::parse(value.to_string()), value) << units;
    EXPECT_EQ(Decimal::parse(value.to_short_string()), value) << units;
  }
}

TEST(Decimal, WritesEightPlacesOrNoneTooMany) {
  EXPECT_EQ(amount<Decimal>("0.01").to_string(), "0.01000000");
  EXPECT_EQ(amount<Decimal>("-0.5").to_string(), "-0.50000000");
  EXPECT_EQ(amount<Decimal>("0.01").to_short_string(), "0.01");
  EXPECT_EQ(amount<Decimal>("100").to_short_string(), "100");
  EXPECT_EQ(Decimal::from_units(kMax).to_string(), "92233720368.54775807");
  EXPECT_EQ(Decimal::from_units(kMin).to_string(), "-92233720368.54775808");
}

TEST(Decimal, ReadsWhatBinanceWritesAndNothingElse) {
  EXPECT_EQ(Decimal::parse("61700.01000000")->units(), 6'170'001'000'000);
  EXPECT_EQ(Decimal::parse("1.1000000000")->units(), 110'000'000)
      << "zeros beyond the eighth place";
  EXPECT_EQ(Decimal::parse("007")->units(), 700'000'000);
  for (const char* bad : {"", "-", ".", ".5", "5.", "1e5", "+1", " 1", "1 ", "1,5", "0x1", "--1",
                          "1.2.3", "0.123456789", "92233720368.54775808", "-92233720368.54775809",
                          "99999999999999999999999999999999999999999999", "nan", "１"}) {
    EXPECT_EQ(Decimal::parse(bad), std::nullopt) << bad;
  }
}

TEST(Decimal, OverflowIsAnAnswerAndNeverAWrap) {
  const Decimal max = Decimal::from_units(kMax);
  const Decimal min = Decimal::from_units(kMin);
  EXPECT_EQ(add(max, Decimal::from_units(1)), std::nullopt);
  EXPECT_EQ(subtract(min, Decimal::from_units(1)), std::nullopt);
  EXPECT_EQ(add(max, min), Decimal::from_units(-1));
  EXPECT_EQ(multiply_divide(kMax, 2, 1), std::nullopt);
  EXPECT_EQ(multiply_divide(kMax, kMax, kMax), kMax);
  EXPECT_EQ(notional(amount<Price>("90000000000"), amount<Quantity>("2")), std::nullopt);
}

TEST(Decimal, DivisionRoundsTowardsMinusInfinity) {
  EXPECT_EQ(multiply_divide(7, 1, 2), 3);
  EXPECT_EQ(multiply_divide(-7, 1, 2), -4);
  EXPECT_EQ(multiply_divide(7, 1, -2), -4);
  EXPECT_EQ(multiply_divide(-8, 1, 2), -4);
}

TEST(Grid, FloorsAreOnTheGridNotAboveAndLessThanOneStepBelow) {
  for (const std::int64_t units : sample_units()) {
    if (units < 0) continue;
    for (const std::int64_t tick : {std::int64_t{1}, std::int64_t{10'000}, std::int64_t{1'000'000},
                                    Decimal::kUnitsPerOne * 7}) {
      const auto floored = floor_tick(Price::from_units(units), Price::from_units(tick)).units();
      EXPECT_EQ(floored % tick, 0);
      EXPECT_LE(floored, units);
      EXPECT_LT(units - floored, tick);
    }
  }
  EXPECT_EQ(floor_tick(amount<Price>("1.23"), Price{}), amount<Price>("1.23"))
      << "no tick size, no grid";
}

TEST(Formulas, TheBooksVectors) {
  const auto sell = [](const char* buy, const char* target, const char* tick) {
    return sell_price(amount<Price>(buy), amount<Decimal>(target), amount<Price>(tick))
        ->to_short_string();
  };
  EXPECT_EQ(sell("100", "0.02", "0.01"), "102.2");
  EXPECT_EQ(sell("0.25979", "-0.01", "0.0001"), "0.2577");
  EXPECT_EQ(sell("1.00", "0.01", "0.0001"), "1.012");
  EXPECT_EQ(sell("0.4307", "0.001", "0.0001"), "0.4319");

  const auto buy =
      buy_price(amount<Price>("1.0"), amount<Decimal>("0.01"), amount<Price>("0.0001"));
  EXPECT_EQ(buy, amount<Price>("0.99"));
  EXPECT_EQ(quantity_for(amount<Money>("10"), *buy, amount<Quantity>("1")), amount<Quantity>("10"));
  EXPECT_EQ(
      buy_price(amount<Price>("0.43183010"), amount<Decimal>("0.0025"), amount<Price>("0.0001")),
      amount<Price>("0.4307"));
  EXPECT_EQ(budget_share(amount<Money>("100"), 3), amount<Money>("33.33333333"));
}

TEST(Formulas, WhatCannotBeIsNothing) {
  EXPECT_EQ(buy_price(amount<Price>("100"), amount<Decimal>("1"), amount<Price>("0.01")),
            std::nullopt);
  EXPECT_EQ(buy_price(amount<Price>("0.001"), Decimal{}, amount<Price>("0.01")), std::nullopt);
  EXPECT_EQ(sell_price(Price::from_units(kMax), amount<Decimal>("5"), Price{}), std::nullopt);
  EXPECT_EQ(sell_price(Price::from_units(kMax), Decimal::from_units(kMax), Price{}), std::nullopt);
  EXPECT_EQ(quantity_for(amount<Money>("10"), Price{}, amount<Quantity>("1")), std::nullopt);
  EXPECT_EQ(quantity_for(amount<Money>("10"), amount<Price>("11"), amount<Quantity>("1")),
            std::nullopt);
}

SymbolRules btcusdt() {
  return {.symbol = "BTCUSDT",
          .min_price = amount<Price>("0.01"),
          .max_price = amount<Price>("1000000"),
          .tick_size = amount<Price>("0.01"),
          .min_quantity = amount<Quantity>("0.00001"),
          .max_quantity = amount<Quantity>("9000"),
          .step_size = amount<Quantity>("0.00001"),
          .min_notional = amount<Money>("5"),
          .max_notional = amount<Money>("9000000")};
}

TEST(Filters, TellWhichOneIsBroken) {
  const auto check = [](const char* price, const char* quantity) {
    return broken_filter(btcusdt(), amount<Price>(price), amount<Quantity>(quantity));
  };
  EXPECT_EQ(check("61700.01", "0.001"), Filter::kNone);
  EXPECT_EQ(check("61700.001", "0.001"), Filter::kPriceFilter);
  EXPECT_EQ(check("1000000.01", "0.001"), Filter::kPriceFilter);
  EXPECT_EQ(check("0", "1"), Filter::kPriceFilter);
  EXPECT_EQ(check("61700.01", "0.000001"), Filter::kLotSize);
  EXPECT_EQ(check("61700.01", "9000.00001"), Filter::kLotSize);
  EXPECT_EQ(check("61700.01", "0"), Filter::kLotSize);
  EXPECT_EQ(check("100", "0.04999"), Filter::kNotional);
  EXPECT_EQ(check("100", "0.05"), Filter::kNone);
  EXPECT_EQ(check("1000000", "9.1"), Filter::kNotional);
}

TEST(Symbols, AreWrittenInCapitals) {
  for (const char* good : {"BTCUSDT", "1000SATSUSDT", "A", "EUR-USD", "X_Y.Z"})
    EXPECT_TRUE(is_symbol(good)) << good;
  for (const char* bad :
       {"", "btcusdt", "BTC USDT", "BTC/USDT", "../X", "ABCDEFGHIJKLMNOPQRSTU", "BTCUSDT\n"}) {
    EXPECT_FALSE(is_symbol(bad)) << bad;
  }
}

TEST(ClientOrderIds, SayWhatTheOrderIsFor) {
  const ClientOrderId id{
      .symbol = "BTCUSDT", .slot = 0, .cycle = 100, .side = Side::kBuy, .attempt = 1};
  EXPECT_EQ(id.to_string(), "n1-BTCUSDT-0-2s-B1");
}

TEST(ClientOrderIds, ComeBackFromTheirText) {
  for (const char* symbol : {"BTCUSDT", "A-B", "1000SATSUSDT", "ABCDEFGHIJKLMNOPQRST"}) {
    for (const std::uint32_t slot : {0U, 7U, 99U}) {
      for (const std::uint64_t cycle : {1ULL, 35ULL, 36ULL, 1'000'000'000ULL}) {
        for (const Side side : {Side::kBuy, Side::kSell}) {
          const ClientOrderId id{
              .symbol = symbol, .slot = slot, .cycle = cycle, .side = side, .attempt = 3};
          EXPECT_EQ(ClientOrderId::parse(id.to_string()), id);
          EXPECT_LE(id.to_string().size(), ClientOrderId::kMaxLength);
        }
      }
    }
  }
}

TEST(ClientOrderIds, StrangersOrdersAreNotOurs) {
  for (const char* other :
       {"", "n1", "n1-", "web_abc", "n2-BTCUSDT-0-1-B1", "n1-BTCUSDT-0-1-X1", "n1-BTCUSDT-0-1-B",
        "n1-BTCUSDT-0--B1", "n1-BTCUSDT--1-B1", "n1-0-1-B1", "n1-BTCUSDT-0-1-B1x"}) {
    EXPECT_EQ(ClientOrderId::parse(other), std::nullopt) << other;
  }
}

TEST(OrderStatuses, AreReadAndWrittenInBinancesWords) {
  for (const char* word :
       {"NEW", "PARTIALLY_FILLED", "FILLED", "CANCELED", "REJECTED", "EXPIRED"}) {
    EXPECT_EQ(to_string(parse_order_status(word)), word);
  }
  EXPECT_EQ(parse_order_status("EXPIRED_IN_MATCH"), OrderStatus::kExpired);
  EXPECT_EQ(parse_order_status("SOMETHING_NEW"), OrderStatus::kNone);
  EXPECT_TRUE(is_open(OrderStatus::kPartiallyFilled));
  EXPECT_TRUE(is_final(OrderStatus::kCanceled));
  EXPECT_FALSE(is_final(OrderStatus::kNone));
}

}  // namespace
}  // namespace naive::market
