#include "binance/credentials.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "runtime/program.h"
#include "runtime/unique_fd.h"

namespace naive::binance {
namespace {

using runtime::ConfigError;

constexpr std::string_view kExample = "api_key = \"...\"\nsecret_key = \"...\"";

void check_private(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) {
    throw ConfigError(fmt::format("cannot read the key file '{}': {}; it should hold two lines, {}",
                                  file.string(), std::strerror(errno), kExample));
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw ConfigError(fmt::format("others can read the key file '{}' (mode {:04o}): chmod 600 '{}'",
                                  file.string(), status.st_mode & 07777u, file.string()));
  }
}

std::string require(const toml::table& table, std::string_view key,
                    const std::filesystem::path& file) {
  const auto value = table[key].value<std::string>();
  if (!value || value->empty()) {
    throw ConfigError(fmt::format("the key file '{}' has no {}; it should hold two lines, {}",
                                  file.string(), key, kExample));
  }
  return *value;
}

std::string random_key() {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789AB";
  std::array<unsigned char, 64> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw ConfigError("no random numbers for the mock exchange's key");
  }
  std::string key;
  for (const unsigned char byte : bytes) key += kAlphabet[byte % kAlphabet.size()];
  return key;
}

}  // namespace

Credentials read_credentials(const std::filesystem::path& file) {
  check_private(file);
  try {
    const toml::table table = toml::parse_file(file.string());
    return {.api_key = require(table, "api_key", file),
            .secret_key = require(table, "secret_key", file)};
  } catch (const toml::parse_error& error) {
    // The parser's description may quote the offending text, which may be the key.
    throw ConfigError(
        fmt::format("the key file '{}' is not TOML (line {}); it should hold two lines, {}",
                    file.string(), error.source().begin.line, kExample));
  }
}

void ensure_mock_credentials(const std::filesystem::path& file) {
  const runtime::UniqueFd fd{
      ::open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (!fd) {
    if (errno == EEXIST) return;
    throw ConfigError(
        fmt::format("cannot make the key file '{}': {}", file.string(), std::strerror(errno)));
  }
  const std::string text =
      fmt::format("api_key = \"{}\"\nsecret_key = \"{}\"\n", random_key(), random_key());
  if (::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    ::unlink(file.c_str());
    throw ConfigError(
        fmt::format("cannot write the key file '{}': {}", file.string(), std::strerror(errno)));
  }
}

}  // namespace naive::binance
