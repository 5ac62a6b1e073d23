#include "binance_mock/order_request.h"

#include "world.h"

namespace naive::binance_mock {
namespace {

struct Case {
  std::string name;
  std::string changes;  // to a good LIMIT order; "x=" takes x away
  int code;
  std::string message;
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

using Pairs = std::vector<std::pair<std::string, std::string>>;

Params changed(const std::string& changes) {
  Pairs pairs{{"symbol", "XRPUSDT"}, {"side", "BUY"},        {"type", "LIMIT"},
              {"quantity", "100"},   {"timeInForce", "GTC"}, {"price", "0.5"}};
  const auto parsed = Params::from_rest(changes, "");
  for (const auto& [name, value] : parsed->all()) {
    std::erase_if(pairs, [&](const auto& pair) { return pair.first == name; });
    if (!value.empty()) pairs.emplace_back(name, value);
  }
  return Params::from_members(pairs);
}

Result<NewOrder> parse(const std::string& changes) {
  return parse_new_order(changed(changes), [] { return std::string{"generated"}; });
}

class OrderRequestErrors : public testing::TestWithParam<Case> {};

TEST_P(OrderRequestErrors, AreBinances) {
  const auto order = parse(GetParam().changes);
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().http_status, 400);
  EXPECT_EQ(order.error().code, GetParam().code);
  EXPECT_EQ(order.error().message, GetParam().message);
}

const std::string kAmount = R"('; legal range is '^([0-9]{1,20})(\.[0-9]{1,20})?$'.)";

INSTANTIATE_TEST_SUITE_P(
    All, OrderRequestErrors,
    testing::Values(
        Case{"NoPrice", "price=", -1102,
             "Mandatory parameter 'price' was not sent, was empty/null, or malformed."},
        Case{"NoQuantity", "quantity=", -1102,
             "Mandatory parameter 'quantity' was not sent, was empty/null, or malformed."},
        Case{"NoTimeInForce", "timeInForce=", -1102,
             "Mandatory parameter 'timeInForce' was not sent, was empty/null, or malformed."},
        Case{"LowerCaseSymbol", "symbol=xrpusdt", -1100,
             "Illegal characters found in parameter 'symbol'; legal range is "
             "'^[A-Z0-9-_.]{1,20}$'."},
        Case{"Exponent", "quantity=1e-5", -1100,
             "Illegal characters found in parameter 'quantity" + kAmount},
        Case{"Negative", "quantity=-1", -1100,
             "Illegal characters found in parameter 'quantity" + kAmount},
        Case{"NoLeadingDigit", "price=.5", -1100,
             "Illegal characters found in parameter 'price" + kAmount},
        Case{"TooFine", "price=0.123456789", -1111, "Parameter 'price' has too much precision."},
        Case{"TooLarge", "quantity=92233720369", -1108, "Parameter 'quantity' overflowed."},
        Case{"Side", "side=HOLD", -1117, "Invalid side."},
        Case{"Type", "type=GUESS", -1116, "Invalid orderType."},
        Case{"TimeInForce", "timeInForce=GTX", -1115, "Invalid timeInForce."},
        Case{"StopLoss", "type=STOP_LOSS_LIMIT&stopPrice=1", -2010,
             "Stop loss limit orders are not supported for this symbol."},
        Case{"TakeProfit", "type=TAKE_PROFIT", -2010,
             "Take profit orders are not supported for this symbol."},
        Case{"Iceberg", "icebergQty=10", -2010, "Unsupported order combination"},
        Case{"StopPrice", "stopPrice=1", -1106, "Parameter 'stopPrice' sent when not required."},
        Case{"MarketWithPrice", "type=MARKET&timeInForce=", -1106,
             "Parameter 'price' sent when not required."},
        Case{"MarketWithTimeInForce", "type=MARKET&price=", -1106,
             "Parameter 'timeInForce' sent when not required."},
        Case{"MarketWithBoth", "type=MARKET&price=&timeInForce=&quoteOrderQty=1", -1128,
             "Combination of optional parameters invalid."},
        Case{"LimitMakerWithTimeInForce", "type=LIMIT_MAKER", -1106,
             "Parameter 'timeInForce' sent when not required."},
        Case{"ClientOrderId", "newClientOrderId=a.b", -1100,
             "Illegal characters found in parameter 'newClientOrderId'; legal range is "
             "'^[a-zA-Z0-9-_]{1,36}$'."},
        Case{"LongClientOrderId", "newClientOrderId=0123456789012345678901234567890123456", -1100,
             "Illegal characters found in parameter 'newClientOrderId'; legal range is "
             "'^[a-zA-Z0-9-_]{1,36}$'."}),
    [](const auto& one) { return one.param.name; });

TEST(OrderRequest, ReadsALimitOrder) {
  const auto order = parse("newClientOrderId=n1-XRPUSDT-0-1-B1");
  ASSERT_TRUE(order);
  EXPECT_EQ(order->symbol, "XRPUSDT");
  EXPECT_EQ(order->side, market::Side::kBuy);
  EXPECT_EQ(order->price, price("0.5"));
  EXPECT_EQ(order->quantity, quantity("100"));
  EXPECT_EQ(order->client_order_id, "n1-XRPUSDT-0-1-B1");
}

TEST(OrderRequest, ZerosBehindTheEighthPlaceAreFine) {
  EXPECT_EQ(parse("price=0.5000000000")->price, price("0.5"));
}

TEST(OrderRequest, WithoutAClientOrderIdOneIsMade) {
  EXPECT_EQ(parse("")->client_order_id, "generated");
}

TEST(OrderRequest, MarketTakesEitherQuantity) {
  EXPECT_TRUE(parse("type=MARKET&price=&timeInForce="));
  const auto by_quote = parse("type=MARKET&price=&timeInForce=&quantity=&quoteOrderQty=10");
  ASSERT_TRUE(by_quote);
  EXPECT_EQ(by_quote->quote_quantity.to_short_string(), "10");
  EXPECT_TRUE(by_quote->quantity.is_zero());
}

TEST(CancelRequest, Errors) {
  const auto error = [](const std::string& query) {
    const auto params = Params::from_rest(query, "");
    const auto cancel = parse_cancel(*params, [] { return std::string{"generated"}; });
    return cancel ? 0 : cancel.error().code;
  };
  EXPECT_EQ(error("symbol=XRPUSDT&orderId=1"), 0);
  EXPECT_EQ(error("symbol=XRPUSDT"), -1102);
  EXPECT_EQ(error("symbol=XRPUSDT&orderId=x"), -1100);
  EXPECT_EQ(error("symbol=XRPUSDT&orderId=99999999999999999999"), -1108);
  EXPECT_EQ(error("symbol=XRPUSDT&orderId=1&cancelRestrictions=NEVER"), -1145);
}

}  // namespace
}  // namespace naive::binance_mock
