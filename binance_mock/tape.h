#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "market/order.h"

namespace naive::binance_mock {

/// Recorded trades by symbol, each in the order of its trade ids.
class Tape {
 public:
  /// All files together may hold this many.
  static constexpr std::size_t kLimit = 50'000'000;

  /// Adds a file, gzipped or plain:
  ///   lines of `@trade` JSON, raw {"e":"trade",...} or combined {"stream":...,"data":{...}}; other
  ///   events are skipped; or Binance's public trades CSV
  ///   (id,price,qty,quoteQty,time,isBuyerMaker,isBestMatch, times in ms or us), which names its
  ///   symbol in the file name only: BTCUSDT-trades-2024-08-09.csv.
  /// Throws runtime::ConfigError that names file, line and what is wrong with it.
  void add_file(const std::filesystem::path& file);
  /// The same for a text at hand. `name` as that of a file.
  void add_text(std::string_view text, const std::string& name);

  const std::map<std::string, std::vector<market::Trade>>& trades() const { return trades_; }
  bool empty() const { return trades_.empty(); }

 private:
  void add(const std::string& symbol, const market::Trade& trade, const std::string& name);

  std::map<std::string, std::vector<market::Trade>> trades_;
  std::size_t count_ = 0;
};

}  // namespace naive::binance_mock
