#include "runtime/child_options.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "runtime/directories.h"
#include "runtime/log.h"
#include "runtime/process.h"
#include "runtime/program.h"

namespace naive::runtime {

void ChildOptions::declare(CLI::App& app) {
  run_directory = default_run_directory();
  app.add_option("--run-dir", run_directory, "Directory of the sockets")->capture_default_str();
  app.add_option("--log-format", log_format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  app.add_option("--log-level", log_level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
  app.add_option("--name", name, "Name under which the parent knows this process")
      ->group("Set by the parent");
  app.add_option("--incarnation", incarnation, "Number of this start")->group("Set by the parent");
  app.add_option("--parent", parent, "Pid of the parent; ends with it")->group("Set by the parent");
}

void ChildOptions::apply(const std::string& process) const {
  const auto level = log_level == "debug"   ? log::Level::kDebug
                     : log_level == "warn"  ? log::Level::kWarn
                     : log_level == "error" ? log::Level::kError
                                            : log::Level::kInfo;
  log::open(process, log_format == "json" ? log::Format::kJson : log::Format::kText, level,
            parent != 0 ? LastWords::inherited() : LastWords{});
  die_with_parent(parent);
}

int parse_command_line(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return -1;
  } catch (const CLI::ParseError& error) {
    return app.exit(error, std::cout, std::cerr) == 0 ? kExitOk : kExitUsage;
  }
}

}  // namespace naive::runtime
