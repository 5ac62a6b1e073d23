#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace CLI {
class App;
}

namespace naive::runtime {

/// What every process below the supervisor is told on its command line by its parent.
struct ChildOptions {
  std::string name;  // as which_children shows it: "gateway", "leader BTCUSDT"
  std::uint32_t incarnation = 1;
  pid_t parent = 0;  // 0: started by hand
  std::filesystem::path run_directory;
  std::string log_format = "text";
  std::string log_level = "info";

  /// Declares the options. `this` must outlive the parsing.
  void declare(CLI::App& app);
  /// Opens the log and arms the parent-death signal; first thing after parsing.
  void apply(const std::string& process) const;
};

/// Parses the command line. When it asks for help or is wrong this prints what is to be said and
/// returns the exit status for main; -1: go on.
int parse_command_line(CLI::App& app, int argc, char** argv);

}  // namespace naive::runtime
