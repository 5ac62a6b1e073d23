#include "binance_mock/filters.h"

#include "world.h"

namespace naive::binance_mock {
namespace {

using market::Side;

struct Case {
  std::string name;
  std::string symbol;
  NewOrder order;
  std::string last;  // "": none
  std::size_t open;
  std::string filter;  // "": passes
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

class Filters : public testing::TestWithParam<Case> {};

TEST_P(Filters, AreChecked) {
  const SymbolTable symbols = test_symbols();
  const Case& one = GetParam();
  const auto last = one.last.empty() ? std::nullopt : std::optional{price(one.last)};
  const auto error = broken_filter(*symbols.find(one.symbol), one.order, last, one.open);
  const auto expected =
      one.filter.empty() ? std::nullopt : std::optional{errors::filter_failure(one.filter)};
  EXPECT_EQ(error, expected);
}

INSTANTIATE_TEST_SUITE_P(
    All, Filters,
    testing::Values(
        Case{"Passes", "XRPUSDT", buy("0.5", "100", ""), "0.5", 0, ""},
        Case{"OffTick", "XRPUSDT", buy("0.50001", "100", ""), "0.5", 0, "PRICE_FILTER"},
        Case{"PriceTooHigh", "XRPUSDT", buy("1000.0001", "100", ""), "", 0, "PRICE_FILTER"},
        Case{"PriceZero", "XRPUSDT", buy("0", "100", ""), "", 0, "PRICE_FILTER"},
        Case{"FarAboveTheMarket", "XRPUSDT", buy("2.6", "100", ""), "0.5", 0, "PERCENT_PRICE"},
        Case{"FarBelowTheMarket", "XRPUSDT", sell("0.09", "1000", ""), "0.5", 0, "PERCENT_PRICE"},
        Case{"NoMarketNoPercent", "XRPUSDT", buy("2.6", "100", ""), "", 0, ""},
        Case{"BuyBySide", "BTCUSDT", buy("100", "1", ""), "400", 0, ""},
        Case{"SellBySide", "BTCUSDT", sell("100", "1", ""), "400", 0, "PERCENT_PRICE_BY_SIDE"},
        Case{"OffStep", "XRPUSDT", buy("0.5", "100.05", ""), "0.5", 0, "LOT_SIZE"},
        Case{"TooMuch", "XRPUSDT", buy("0.5", "90000.1", ""), "0.5", 0, "LOT_SIZE"},
        Case{"Nothing", "XRPUSDT", buy("0.5", "0", ""), "0.5", 0, "LOT_SIZE"},
        Case{"TooMuchAtMarket", "XRPUSDT", at_market(Side::kBuy, "5000.1", ""), "0.5", 0,
             "MARKET_LOT_SIZE"},
        Case{"EnoughAtMarket", "XRPUSDT", at_market(Side::kBuy, "5000", ""), "0.5", 0, ""},
        Case{"TooCheap", "XRPUSDT", buy("0.5", "19.9", ""), "0.5", 0, "MIN_NOTIONAL"},
        Case{"TooCheapAtMarket", "XRPUSDT", at_market(Side::kSell, "19.9", ""), "0.5", 0,
             "MIN_NOTIONAL"},
        Case{"NotionalTooSmall", "BTCUSDT", buy("100", "0.04999", ""), "", 0, "NOTIONAL"},
        Case{"NotionalTooLarge", "BTCUSDT", buy("100000", "90.00001", ""), "", 0, "NOTIONAL"},
        Case{"MaxNotionalNotAtMarket", "BTCUSDT", at_market(Side::kBuy, "90.00001", ""), "100000",
             0, ""},
        Case{"TooManyOpen", "BTCUSDT", buy("100", "1", ""), "", 3, "MAX_NUM_ORDERS"},
        Case{"AlmostTooManyOpen", "BTCUSDT", buy("100", "1", ""), "", 2, ""}),
    [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace naive::binance_mock
