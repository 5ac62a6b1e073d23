#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace naive::test {

/// What a state machine does in every state at every event: {state, event} -> what happens, in words.
using Row = std::pair<std::string, std::string>;
using Table = std::map<Row, std::string>;

/// Expects the same rows. Prints what happened as rows for the file, in its order, when it is something else.
inline void expect_table(const Table& expected,
                         const std::vector<std::pair<Row, std::string>>& happened) {
  std::string rows;
  for (const auto& [row, what] : happened) {
    rows += fmt::format("    {{{{\"{}\", \"{}\"}}, \"{}\"}},\n", row.first, row.second, what);
    const auto wanted = expected.find(row);
    if (wanted == expected.end()) {
      ADD_FAILURE() << "no row for " << row.first << " × " << row.second << "; it does " << what;
    } else {
      EXPECT_EQ(what, wanted->second) << row.first << " × " << row.second;
    }
  }
  EXPECT_EQ(expected.size(), happened.size());
  if (testing::Test::HasFailure()) fmt::print("The table as it is:\n{}", rows);
}

}  // namespace naive::test
