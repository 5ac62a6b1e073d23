#include "supervisor/options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>

#include "binance/credentials.h"
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
  if (const int status = runtime::parse_command_line(app, argc, argv); status >= 0) return status;

  common.apply("supervisor");
  run_directory = std::filesystem::absolute(common.run_directory).lexically_normal();
  log_format = common.log_format;
  log_level = common.log_level;
  if (state_directory.empty()) state_directory = runtime::default_state_directory();
  state_directory = std::filesystem::absolute(state_directory).lexically_normal();
  if (bin_directory.empty()) bin_directory = runtime::executable_directory();
  return -1;
}

Premises::Premises(Surroundings surroundings) : surroundings_(std::move(surroundings)) {
  runtime::prepare_private_directory(surroundings_.run_directory, "run directory");
  runtime::prepare_private_directory(surroundings_.state_directory, "state directory");
  run_lock_ = runtime::lock_directory(surroundings_.run_directory);
  if (!std::filesystem::equivalent(surroundings_.run_directory, surroundings_.state_directory)) {
    state_lock_ = runtime::lock_directory(surroundings_.state_directory);
  }
  runtime::remove_sockets(surroundings_.run_directory);
}

Premises::~Premises() {
  if (run_lock_) runtime::remove_sockets(surroundings_.run_directory);
}

Premises move_in(const Options& options, const Config& config) {
  const bool own_key = !config.exchange.key_file;
  Premises premises{
      {.bin_directory = options.bin_directory,
       .run_directory = options.run_directory,
       .state_directory = options.state_directory,
       .key_file = own_key ? options.state_directory / "mock.key" : *config.exchange.key_file,
       .log_format = options.log_format,
       .log_level = options.log_level,
       .pid = ::getpid()}};
  if (own_key) {
    binance::ensure_mock_credentials(premises.surroundings().key_file);
  }
  binance::read_credentials(premises.surroundings().key_file);  // better wrong now than in a child
  return premises;
}

}  // namespace naive::supervisor
