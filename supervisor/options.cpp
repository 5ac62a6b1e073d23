#include "supervisor/options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>

#include "runtime/child_options.h"
#include "runtime/directories.h"
#include "runtime/log.h"
#include "runtime/process.h"

namespace naive::supervisor {

int Options::parse(int argc, char** argv) {
  CLI::App app{
      "Trades many symbols at once, each symbol and each trader in a process of its own, and "
      "starts again "
      "whatever dies. Ctrl-C stops all of it in order.",
      "supervisor"};
  runtime::ChildOptions common;
  common.declare(app);
  app.remove_option(app.get_option("--name"));
  app.remove_option(app.get_option("--incarnation"));
  app.remove_option(app.get_option("--parent"));
  app.add_option("--config", config, "What to trade where, e.g. config/demo.toml")->required();
  app.add_option("--state-dir", state_directory, "Directory of what outlives this process")
      ->default_str("$XDG_STATE_HOME/naive or ~/.local/state/naive");
  app.add_option("--bin-dir", bin_directory)->group("");  // hidden: tests put other children there
  app.add_option("--resume-from", memory)->group("");     // these two: see supervisor/succession.h
  app.add_flag("--check", check)->group("");
  if (const int status = runtime::parse_command_line(app, argc, argv); status >= 0) return status;

  common.apply("supervisor");
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument != "--check" && !argument.starts_with("--resume-from=")) {
      arguments.push_back(argument);
    }
  }
  run_directory = std::filesystem::absolute(common.run_directory).lexically_normal();
  log_format = common.log_format;
  log_level = common.log_level;
  if (state_directory.empty()) state_directory = runtime::default_state_directory();
  state_directory = std::filesystem::absolute(state_directory).lexically_normal();
  if (bin_directory.empty()) bin_directory = runtime::executable_directory();
  return -1;
}

Premises::Premises(const Options& options) : run_directory_(options.run_directory) {
  runtime::prepare_private_directory(options.run_directory, "run directory");
  runtime::prepare_private_directory(options.state_directory, "state directory");
  run_lock_ = runtime::lock_directory(options.run_directory);
  if (!std::filesystem::equivalent(options.run_directory, options.state_directory)) {
    state_lock_ = runtime::lock_directory(options.state_directory);
  }
  runtime::remove_sockets(run_directory_);
}

Premises::Premises(const Options& options, runtime::UniqueFd run_lock, runtime::UniqueFd state_lock)
    : run_directory_(options.run_directory),
      run_lock_(std::move(run_lock)),
      state_lock_(std::move(state_lock)) {}

Premises::~Premises() {
  if (run_lock_) runtime::remove_sockets(run_directory_);
}

Surroundings surroundings(const Options& options, const Config& config) {
  return {.bin_directory = options.bin_directory,
          .run_directory = options.run_directory,
          .state_directory = options.state_directory,
          .key_file = config.exchange.key_file.value_or(options.state_directory / "mock.key"),
          .log_format = options.log_format,
          .log_level = options.log_level,
          .pid = ::getpid(),
          .arguments = options.arguments};
}

}  // namespace naive::supervisor
