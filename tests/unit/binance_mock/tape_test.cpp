#include "binance_mock/tape.h"

#include <gmock/gmock.h>

#include "runtime/program.h"
#include "world.h"

namespace naive::binance_mock {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Tape, ReadsRawAndCombinedFrames) {
  Tape tape;
  tape.add_text(
      R"({"e":"trade","E":1723161255343,"s":"BTCUSDT","t":7,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}
{"stream":"ethusdt@trade","data":{"e":"trade","E":2,"s":"ETHUSDT","t":9,"p":"2683.8","q":"1","T":1723161255611,"m":false,"M":true}}
{"stream":"btcusdt@bookTicker","data":{"u":1,"s":"BTCUSDT"}}
)",
      "tape.jsonl");
  ASSERT_EQ(tape.trades().size(), 2U);
  const market::Trade& trade = tape.trades().at("BTCUSDT").at(0);
  EXPECT_EQ(trade.trade_id, 7);
  EXPECT_EQ(trade.price, price("61837.63"));
  EXPECT_EQ(trade.quantity, quantity("0.02"));
  EXPECT_EQ(trade.trade_time.time_since_epoch().count(), 1723161255342000);
  EXPECT_TRUE(trade.buyer_is_maker);
}

TEST(Tape, ReadsPublicCsvInMillisecondsAndMicroseconds) {
  Tape tape;
  tape.add_text(
      "id,price,qty,quoteQty,time,isBuyerMaker,isBestMatch\r\n"
      "11,61837.63,0.02,1236.7526,1723161255342,True,True\r\n"
      "12,61837.64,0.01,618.3764,1735689600000123,false,true\r\n",
      "/some/where/BTCUSDT-trades-2024-08-09.csv.gz");
  const auto& trades = tape.trades().at("BTCUSDT");
  ASSERT_EQ(trades.size(), 2U);
  EXPECT_TRUE(trades[0].buyer_is_maker);
  EXPECT_EQ(trades[0].trade_time.time_since_epoch().count(), 1723161255342000);
  EXPECT_FALSE(trades[1].buyer_is_maker);
  EXPECT_EQ(trades[1].trade_time.time_since_epoch().count(), 1735689600000123);
}

TEST(Tape, SortsByTradeIdOverFiles) {
  Tape tape;
  tape.add_text("2,1.0,1,1,1723161255342,true,true\n", "XRPUSDT-trades-2024-08-10.csv");
  tape.add_text("1,2.0,1,1,1723161255341,true,true\n", "XRPUSDT-trades-2024-08-09.csv");
  EXPECT_EQ(tape.trades().at("XRPUSDT").front().trade_id, 1);
}

TEST(Tape, SaysWhichLineIsWrong) {
  Tape tape;
  EXPECT_THAT([&] { tape.add_text("{\"e\":\"trade\"}\n", "a.jsonl"); },
              ThrowsMessage<runtime::ConfigError>(HasSubstr("'a.jsonl' has no trade in line 1")));
  EXPECT_THAT([&] { tape.add_text("1,2,3,4,5,true,true\n1;2\n", "A-trades-x.csv"); },
              ThrowsMessage<runtime::ConfigError>(HasSubstr("in line 2: 1;2")));
  EXPECT_THAT([&] { tape.add_text("1,2,3,4,5,true,true\n", "unnamed.csv"); },
              ThrowsMessage<runtime::ConfigError>(HasSubstr("does not say whose trades")));
  EXPECT_THAT([&] { tape.add_text("\n\n", "empty.csv"); },
              ThrowsMessage<runtime::ConfigError>(HasSubstr("'empty.csv' holds no trades")));
}

TEST(Tape, RecordedOneIsWholeAndFitsTheExchangeInfo) {
  Tape tape;
  tape.add_file(std::filesystem::path{NAIVE_DATA_DIR} / "tape-2024/trades.jsonl.gz");
  const auto& btc = tape.trades().at("BTCUSDT");
  EXPECT_EQ(btc.size() + tape.trades().at("ETHUSDT").size(), 34419U);
  EXPECT_EQ(btc.front().price, price("61837.63"));
  for (std::size_t i = 1; i < btc.size(); ++i) {
    ASSERT_EQ(btc[i].trade_id, btc[i - 1].trade_id + 1);
  }
}

}  // namespace
}  // namespace naive::binance_mock
