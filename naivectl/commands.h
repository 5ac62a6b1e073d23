#pragma once

#include <naive/v1/control.pb.h>

#include <chrono>
#include <filesystem>
#include <iosfwd>

namespace naive::naivectl {

enum class Output { kTable, kJson };

/// What the user typed.
struct CommandLine {
  std::filesystem::path run_directory;
  Output output = Output::kTable;
  std::chrono::milliseconds timeout{15'000};
  v1::ControlRequest request;  // without a command: follow the events

  /// The exit status for main, or -1 to go on.
  int parse(int argc, char** argv);
};

/// Asks, and shows the answer. Returns the exit status.
int run(const CommandLine& line, std::ostream& out, std::ostream& err);

/// What a successful answer looks like on a terminal.
std::string show(const v1::ControlReply& reply);

}  // namespace naive::naivectl
