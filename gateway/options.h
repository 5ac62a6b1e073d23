#pragma once

#include <filesystem>
#include <string>

#include "gateway/exchange.h"
#include "runtime/child_options.h"

namespace naive::gateway {

/// The command line.
struct Options {
  runtime::ChildOptions child;
  std::string ws_api_url;
  std::filesystem::path key_file;
  Exchange::Settings exchange;

  /// Declares the options. `this` must outlive the parsing.
  void declare(CLI::App& app);
  /// Throws runtime::ConfigError for what parsing cannot see.
  void check() const;
};

}  // namespace naive::gateway
