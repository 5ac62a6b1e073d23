#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/exchange.h"

namespace naive::test {

/// What the exchange has executed, held against what the stores say was done.
struct Audit {
  std::size_t orders = 0;
  std::size_t executions = 0;
  std::size_t cycles = 0;  // finished, in the books

  /// Executed at the exchange and not in the books as it was, or in the books and not executed.
  std::vector<std::string> lost;
  /// A client order id that was placed twice, or an attempt beside one that is open or filled.
  std::vector<std::string> duplicated;
  /// Whatever else may never be: a stranger's order, two open orders in a slot, more sold than bought.
  std::vector<std::string> broken;

  bool is_clean() const { return lost.empty() && duplicated.empty() && broken.empty(); }
  std::string to_string() const;
};

/// `state_directory`: where the symbols' stores are. Take the ledger when nothing trades any more.
Audit audit(const Ledger& ledger, const std::filesystem::path& state_directory);

}  // namespace naive::test
