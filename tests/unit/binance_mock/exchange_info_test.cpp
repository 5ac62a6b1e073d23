#include "binance_mock/exchange_info.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "binance_mock/text_file.h"
#include "runtime/program.h"
#include "world.h"

namespace naive::binance_mock {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(ExchangeInfo, ReadsRulesAndKeepsTheRow) {
  const SymbolTable symbols = test_symbols();
  const SymbolSpec& xrp = *symbols.find("XRPUSDT");
  EXPECT_EQ(xrp.rules.tick_size, price("0.0001"));
  EXPECT_EQ(xrp.rules.step_size, quantity("0.1"));
  EXPECT_EQ(xrp.rules.min_notional.to_short_string(), "10");
  EXPECT_EQ(xrp.notional_filter, "MIN_NOTIONAL");
  EXPECT_EQ(symbols.find("BTCUSDT")->max_open_orders, 3U);
  EXPECT_FALSE(symbols.find("DEADUSDT")->is_trading());
  EXPECT_THAT(xrp.row, HasSubstr(R"("baseAssetPrecision":8,"quoteAsset":"USDT")"));
}

TEST(ExchangeInfo, ListsOnlyTheOrderTypesThatThereAre) {
  const SymbolTable symbols = test_symbols();
  EXPECT_THAT(symbols.find("XRPUSDT")->row,
              HasSubstr(R"("orderTypes":["LIMIT","LIMIT_MAKER","MARKET"],)"));
}

TEST(ExchangeInfo, EarlierFilesWin) {
  SymbolTable symbols;
  add_exchange_info(symbols, R"({"symbols":[{"symbol":"XRPUSDT","status":"BREAK","baseAsset":"XRP",
      "quoteAsset":"USDT","orderTypes":[],"filters":[]}]})",
                    "first");
  add_exchange_info(symbols, kExchangeInfo, "second");
  EXPECT_EQ(symbols.find("XRPUSDT")->status, "BREAK");
  EXPECT_EQ(symbols.all().size(), 3U);
}

TEST(ExchangeInfo, GarbageNamesTheFile) {
  SymbolTable symbols;
  for (const std::string_view text :
       {"", "{", R"({"symbol":[]})", R"({"symbols":[{"symbol":1}]})"}) {
    EXPECT_THAT([&] { add_exchange_info(symbols, text, "info.json"); },
                ThrowsMessage<runtime::ConfigError>(HasSubstr("'info.json'")));
  }
}

TEST(ExchangeInfo, RecordedFilesAreWhole) {
  const std::filesystem::path data{NAIVE_DATA_DIR};
  SymbolTable symbols;
  for (const char* file : {"2025-08-07-25symbols.json.gz", "2019-11-08-full.json.gz"}) {
    const auto path = data / "exchange-info" / file;
    add_exchange_info(symbols, read_text_file(path, "the exchange info"), path);
  }
  EXPECT_EQ(symbols.all().size(), 657U);
  for (const SymbolSpec& spec : symbols.all()) {
    EXPECT_FALSE(spec.rules.tick_size.is_zero()) << spec.symbol();
    EXPECT_FALSE(spec.rules.step_size.is_zero()) << spec.symbol();
    EXPECT_FALSE(spec.rules.min_notional.is_zero()) << spec.symbol();
  }
  EXPECT_EQ(symbols.find("BTCUSDT")->notional_filter, "NOTIONAL");
  EXPECT_EQ(symbols.find("XRPUSDT")->rules.tick_size, price("0.00001"));
}

TEST(ExchangeInfo, ReadsPrices) {
  const auto prices =
      parse_prices(R"([{"symbol":"A","price":"1.5"},{"symbol":"B","price":"0.00"}])", "p");
  EXPECT_EQ(prices.at("A"), price("1.5"));
  EXPECT_FALSE(prices.contains("B"));
  EXPECT_THAT([] { parse_prices("{}", "p.json"); },
              ThrowsMessage<runtime::ConfigError>(HasSubstr("'p.json'")));
}

TEST(TextFile, MissingFileIsNamed) {
  EXPECT_THAT([] { read_text_file("/no/such/tape.gz", "the tape"); },
              ThrowsMessage<runtime::ConfigError>(
                  HasSubstr("cannot read the tape '/no/such/tape.gz': No such file or directory")));
}

}  // namespace
}  // namespace naive::binance_mock
