#pragma once

#include <filesystem>
#include <string>

#include "runtime/unique_fd.h"
#include "supervisor/command_lines.h"
#include "supervisor/config.h"

namespace naive::supervisor {

/// The command line.
struct Options {
  std::filesystem::path config;
  std::filesystem::path run_directory;
  std::filesystem::path state_directory;  // empty: the default
  std::filesystem::path bin_directory;
  std::string log_format = "text";
  std::string log_level = "info";

  /// Opens the log as well. The exit status for main, or -1 to go on.
  int parse(int argc, char** argv);
};

/// The directories of one supervisor: private, writable, locked against a second one for as long as
/// this lives, and with no socket left in them, neither from a predecessor nor by itself.
class Premises {
 public:
  explicit Premises(Surroundings surroundings);
  Premises(Premises&&) = default;
  ~Premises();

  const Surroundings& surroundings() const { return surroundings_; }

 private:
  Surroundings surroundings_;
  runtime::UniqueFd run_lock_;
  runtime::UniqueFd state_lock_;
};

/// Throws runtime::StartError when somebody else is there, or the directories are not fit.
Premises move_in(const Options& options, const Config& config);

}  // namespace naive::supervisor
