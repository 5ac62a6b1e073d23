#pragma once

#include <filesystem>
#include <string>

namespace naive::binance {

/// An API key of type HMAC. Never logged, never on a command line, never in the environment.
struct Credentials {
  std::string api_key;
  std::string secret_key;
};

/// Reads a key file: TOML with `api_key` and `secret_key`, mode 0600 or less. Throws
/// runtime::ConfigError that names the file and what is wrong with it, and never a part of the key.
Credentials read_credentials(const std::filesystem::path& file);

/// Makes a key file with a random key for the mock exchange, unless there is one already.
void ensure_mock_credentials(const std::filesystem::path& file);

}  // namespace naive::binance
