#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "market/decimal.h"

namespace naive::supervisor {

/// One table of a TOML file, read strictly. Each read names its key and shows an example of a right
/// value; whatever was never asked for is an unknown key. Every mistake is a runtime::ConfigError
/// that begins with file:line:column.
class TomlSection {
 public:
  /// ConfigError when the file cannot be read.
  static std::string read(const std::filesystem::path& file);
  /// The whole file, whose text this is. ConfigError when it is not TOML.
  static TomlSection parse(const std::filesystem::path& file, std::string text);
  TomlSection(TomlSection&&) noexcept;
  ~TomlSection();

  /// nullopt where the key is absent.
  std::optional<std::string> text(std::string_view key, std::string_view example);
  /// A path relative to the file's own folder; "~/" is the user's home.
  std::optional<std::filesystem::path> path(std::string_view key, std::string_view example);
  std::vector<std::filesystem::path> paths(std::string_view key, std::string_view example);
  std::optional<std::int64_t> integer(std::string_view key, std::string_view example,
                                      std::int64_t least, std::int64_t most);
  std::optional<std::chrono::milliseconds> milliseconds(std::string_view key,
                                                        std::string_view example,
                                                        std::int64_t least, std::int64_t most);
  std::optional<bool> flag(std::string_view key, std::string_view example);
  /// "0.001" or 0.001: a number is taken as it is written, and never becomes a double.
  std::optional<market::Decimal> decimal(std::string_view key, std::string_view example);

  /// A table below this one; an absent one is empty.
  TomlSection section(std::string_view key);
  /// The keys of this table, for tables whose keys are the user's own.
  std::vector<std::string> keys() const;

  /// Throws for the first key that nobody has asked for.
  void refuse_unknown_keys() const;
  /// Throws about the value at `key`, or about the table when there is none.
  [[noreturn]] void refuse(std::string_view key, std::string_view problem) const;

 private:
  struct File;
  struct Known {
    std::string key;
    std::string example;
  };
  struct Table;

  explicit TomlSection(std::unique_ptr<Table> table);
  [[noreturn]] void refuse_value(std::string_view key, std::string_view example,
                                 std::string_view expected) const;
  std::string advice(std::string_view unknown) const;
  std::filesystem::path resolve(const std::string& path) const;
  bool ask(std::string_view key, std::string_view example);

  std::unique_ptr<Table> table_;
  std::vector<Known> known_;
};

}  // namespace naive::supervisor
