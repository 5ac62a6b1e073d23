#pragma once

#include <filesystem>
#include <string>
#include <vector>

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

  // Of an image that another one has become, or would become.
  int memory = -1;     // descriptor of the v1::Handover; -1: this is the first image
  bool check = false;  // only says whether it could go on with that
  std::vector<std::string> arguments;  // the command line without these two

  /// Opens the log as well. The exit status for main, or -1 to go on.
  int parse(int argc, char** argv);
};

/// The directories of one supervisor: private, writable, locked against a second one for as long as
/// this lives, and with no socket left in them, neither from a predecessor nor by itself.
class Premises {
 public:
  /// Throws runtime::StartError when somebody else is there, or the directories are not fit.
  explicit Premises(const Options& options);
  /// Locked already, by an earlier image of this process. `state_lock` is none where there is one
  /// directory for both.
  Premises(const Options& options, runtime::UniqueFd run_lock, runtime::UniqueFd state_lock);
  Premises(const Premises&) = delete;
  Premises& operator=(const Premises&) = delete;
  ~Premises();

  const runtime::UniqueFd& run_lock() const { return run_lock_; }
  const runtime::UniqueFd& state_lock() const { return state_lock_; }

 private:
  std::filesystem::path run_directory_;
  runtime::UniqueFd run_lock_;
  runtime::UniqueFd state_lock_;
};

/// `config` and `options`, as far as they concern the children.
Surroundings surroundings(const Options& options, const Config& config);

}  // namespace naive::supervisor
