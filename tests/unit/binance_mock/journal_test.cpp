#include "binance_mock/journal.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "binance_mock/change_json.h"
#include "local_world.h"
#include "runtime/program.h"

namespace naive::binance_mock {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using testing::ThrowsMessage;

class Book : public testing::Test {
 protected:
  ~Book() override { std::filesystem::remove(file_); }

  std::string text() const {
    std::ostringstream text;
    text << std::ifstream{file_}.rdbuf();
    return text.str();
  }
  void write(const std::string& text) const { std::ofstream{file_} << text; }

  /// A day at the exchange: everything that can happen to an order.
  static void trade_a_little(LocalWorld& world) {
    world.step(R"({"symbol":"XRPUSDT","price":"0.5"})");
    world.place("BUY", "0.4", "rests");
    world.place("BUY", "0.5", "takes");
    world.place("SELL", "0.6", "fills");
    world.place("SELL", "0.7", "canceled");
    world.call("DELETE", "order", "symbol=XRPUSDT&origClientOrderId=canceled");
    world.call("POST", "order",
               "symbol=XRPUSDT&side=BUY&type=LIMIT&timeInForce=IOC&quantity=100&price=0.4");
    world.step(R"({"symbol":"XRPUSDT","price":"0.6"})");
  }
  static std::string ledger(LocalWorld& world) { return world.get("/_mock/ledger").body; }

  std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / ("naive-book-" + std::to_string(::getpid()));
};

TEST(ChangeJson, ReadsWhatItWrites) {
  ExchangeWorld world{FillRule::kQueue};
  world.trade("0.5", "30");
  const auto taken = world.exchange.place(buy("0.5", "100", "B1", TimeInForce::kIoc), at(5));
  Changes changes = *taken;
  changes.emplace_back(Deposited{"XRP", decimal("0.00000001")});
  changes.emplace_back(Closed{"XRPUSDT", 7, market::OrderStatus::kCanceled, "C\"1", "", at(6)});
  changes.emplace_back(TradeIdsReserved{"XRPUSDT", 1000});
  const std::string json = to_json(changes);
  const auto parsed = parse_changes(json);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(to_json(*parsed), json);
  ASSERT_EQ(parsed->size(), 6U);
  EXPECT_EQ(std::get<Filled>((*parsed)[1]).execution, std::get<Filled>(changes[1]).execution);
}

TEST(ChangeJson, RefusesAnythingElse) {
  for (const char* text :
       {"", "{}", "[1]", R"([{"change":"guess"}])", R"([{"change":"deposited"}])"}) {
    EXPECT_FALSE(parse_changes(text)) << text;
  }
}

TEST_F(Book, NothingIsLostOverARestart) {
  std::string before;
  {
    LocalWorld world{Funds::kNone};
    EXPECT_FALSE(world.venue.keep_book(file_));
    world.fund();
    trade_a_little(world);
    before = ledger(world);
  }
  LocalWorld world{Funds::kNone};
  EXPECT_TRUE(world.venue.keep_book(file_));
  EXPECT_EQ(ledger(world), before);
  // and goes on where it was
  EXPECT_THAT(world.place("BUY", "0.4", "rests").body, HasSubstr("Duplicate order sent."));
  EXPECT_THAT(world.place("BUY", "0.3", "next").body, HasSubstr("\"orderId\":6,"));
}

TEST_F(Book, ATornTailIsCutOffAndTheRestCounts) {
  std::string whole;
  {
    LocalWorld world;
    world.venue.keep_book(file_);
    trade_a_little(world);
    whole = text();
  }
  for (const std::size_t kept :
       {whole.size() - 1, whole.size() - 20, whole.rfind('\n', whole.size() - 2) + 3}) {
    write(whole.substr(0, kept));
    std::size_t records = 0;
    const Journal journal{file_, [&](const Changes&) { ++records; }};
    EXPECT_EQ(records, static_cast<std::size_t>(std::ranges::count(whole, '\n')) - 1);
    EXPECT_EQ(text(), whole.substr(0, whole.rfind('\n', whole.size() - 2) + 1));
  }
}

TEST_F(Book, DamageInTheMiddleIsRefusedAndTheFileLeftAlone) {
  {
    LocalWorld world;
    world.venue.keep_book(file_);
    trade_a_little(world);
  }
  std::string damaged = text();
  damaged[20] = '#';
  write(damaged);
  EXPECT_THAT([&] { Journal(file_, [](const Changes&) {}); },
              ThrowsMessage<runtime::ConfigError>(HasSubstr("line 1 is damaged")));
  EXPECT_EQ(text(), damaged);
}

TEST_F(Book, TwoExchangesDoNotShareOne) {
  const Journal first{file_, [](const Changes&) {}};
  EXPECT_THAT([&] { Journal(file_, [](const Changes&) {}); },
              ThrowsMessage<runtime::ConfigError>(HasSubstr("another exchange writes to it")));
}

TEST_F(Book, OrdersOfASymbolThatIsGoneAreRefused) {
  {
    Journal journal{file_, [](const Changes&) {}};
    journal.append({Closed{.symbol = "GONEUSDT"}});
  }
  LocalWorld world;
  EXPECT_THAT([&] { world.venue.keep_book(file_); },
              ThrowsMessage<runtime::ConfigError>(HasSubstr("orders in GONEUSDT")));
}

TEST_F(Book, PublicTradeIdsGrowOverARestart) {
  {
    LocalWorld world;
    world.venue.keep_book(file_);
    EXPECT_THAT(world.step(R"({"symbol":"XRPUSDT","price":"0.5","count":3})").body,
                HasSubstr("\"id\":3,"));
  }
  LocalWorld world;
  EXPECT_TRUE(world.venue.keep_book(file_));
  EXPECT_THAT(world.step(R"({"symbol":"XRPUSDT","price":"0.5"})").body,
              StartsWith(R"({"trades":[{"symbol":"XRPUSDT","id":1001,)"));
}

}  // namespace
}  // namespace naive::binance_mock
