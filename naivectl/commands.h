#pragma once

#include <naive/v1/control.pb.h>

#include <chrono>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

namespace naive::naivectl {

enum class Output { kTable, kJson };
/// What a table of the tree is about.
enum class View { kTrading, kProcesses };

/// A question that the stores answer, not the supervisor.
struct BooksQuestion {
  enum class About { kOrders, kCycles, kStates, kProfit };
  About about = About::kOrders;
  std::string symbol;      // empty: all that have a store
  std::size_t limit = 20;  // finished cycles of a symbol
  std::uint32_t slot = 0;  // of kStates

  /// "BTCUSDT/0". Throws CLI::ValidationError.
  void set_slot(const std::string& text);
};

/// What the user typed.
struct CommandLine {
  std::filesystem::path run_directory;
  std::filesystem::path state_directory;  // empty: the default
  Output output = Output::kTable;
  View view = View::kTrading;
  std::chrono::milliseconds timeout{15'000};
  std::optional<BooksQuestion> books;
  v1::ControlRequest request;  // without a command, and without a question: follow the events

  /// The exit status for main, or -1 to go on.
  int parse(int argc, char** argv);
};

/// Asks, and shows the answer. Returns the exit status.
int run(const CommandLine& line, std::ostream& out, std::ostream& err);

/// What a successful answer looks like on a terminal. `now`: microseconds since the Unix epoch.
std::string show(const v1::ControlReply& reply, View view, std::int64_t now);

}  // namespace naive::naivectl
