#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "store/slot_store.h"

/// A symbol's file in a directory of its own, and entries to put into it.
namespace naive::store::test {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  FileTest() {
    std::string pattern = (fs::temp_directory_path() / "naive-store-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~FileTest() override { fs::remove_all(directory_); }

  fs::path file() const { return directory_ / "BTCUSDT.sqlite"; }
  SQLite::Database database(int flags = SQLite::OPEN_READWRITE) const {
    return SQLite::Database{file().string(), flags};
  }

  fs::path directory_;
};

template <class Amount>
Amount amount(std::string_view text) {
  return Amount{market::Decimal::parse(text).value()};
}

/// Bought 10 @ 0.99 and sold 9.99 @ 1.02, with a commission of 0.01 in base and 0.02 in quote.
inline Cycle cycle(std::uint32_t slot, std::uint64_t number) {
  using market::Money, market::Price, market::Quantity;
  Cycle cycle{.slot = slot, .number = number, .phase = "FINISHED"};
  cycle.buy = {.order = {.client_order_id = "n1-BTCUSDT-0-1-B1",
                         .status = market::OrderStatus::kFilled,
                         .price = amount<Price>("0.99"),
                         .quantity = amount<Quantity>("10"),
                         .executed_quantity = amount<Quantity>("10"),
                         .executed_quote = amount<Money>("9.9")},
               .executed = amount<Quantity>("10"),
               .quote = amount<Money>("9.9")};
  cycle.sell = {.order = {.client_order_id = "n1-BTCUSDT-0-1-S1",
                          .side = market::Side::kSell,
                          .status = market::OrderStatus::kFilled,
                          .price = amount<Price>("1.02"),
                          .quantity = amount<Quantity>("9.98"),
                          .executed_quantity = amount<Quantity>("9.98"),
                          .executed_quote = amount<Money>("10.1796")},
                .executed = amount<Quantity>("9.98"),
                .quote = amount<Money>("10.1796")};
  cycle.commission.base = amount<Quantity>("0.01");
  cycle.commission.quote = amount<Money>("0.02");
  cycle.base_asset = "BTC";
  cycle.quote_asset = "USDT";
  return cycle;
}

enum class End { kRunning, kFinished };

inline SlotEntry entry(std::uint32_t slot, std::uint64_t number, std::uint64_t revision,
                       End end = End::kRunning) {
  SlotEntry entry{.record = {.slot = slot,
                             .incarnation = 7,
                             .trader = {.cycle = number,
                                        .revision = revision,
                                        .finished = end == End::kFinished,
                                        .reason = "why",
                                        .bytes = std::string{"a\0b", 3}}},
                  .cycle = cycle(slot, number),
                  .ended = std::nullopt};
  if (end == End::kRunning) entry.cycle.phase = "SELL_OPEN";
  return entry;
}

}  // namespace naive::store::test
