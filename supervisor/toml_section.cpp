#include "supervisor/toml_section.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <numeric>
#include <sstream>

#include "runtime/program.h"

namespace naive::supervisor {
namespace {

namespace fs = std::filesystem;

/// The text from `from` up to `to`; toml++ counts lines and columns from 1, columns in code points.
std::string text_between(const std::string& file, toml::source_position from,
                         toml::source_position to) {
  std::istringstream lines{file};
  std::string line;
  for (toml::source_index i = 0; i < from.line; ++i) std::getline(lines, line);
  const auto byte_of = [&](toml::source_index column) {
    std::size_t byte = 0;
    for (toml::source_index i = 1; i < column && byte < line.size(); ++i) {
      ++byte;
      while (byte < line.size() && (static_cast<unsigned char>(line[byte]) & 0xC0) == 0x80) ++byte;
    }
    return byte;
  };
  const std::size_t begin = byte_of(from.column);
  std::string text =
      line.substr(begin, to.line == from.line ? byte_of(to.column) - begin : std::string::npos);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) {
    text.pop_back();
  }
  return text;
}

/// Levenshtein's distance: how many letters to change, add or drop.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, changed}));
    }
  }
  return row.back();
}

}  // namespace

struct TomlSection::File {
  fs::path path;
  std::string text;
  toml::table root;
};

struct TomlSection::Table {
  std::shared_ptr<const File> file;  // shared by the sections of one file
  std::string name;                  // "exchange.mock"; empty: the file itself
  const toml::table* toml;           // nullptr: absent
  toml::source_region region;

  std::string where(toml::source_position position) const {
    return fmt::format("{}:{}:{}", file->path.string(), position.line, position.column);
  }
  std::string in() const { return name.empty() ? "at the top" : fmt::format("in [{}]", name); }
  const toml::node* find(std::string_view key) const {
    return toml == nullptr ? nullptr : toml->get(key);
  }
};

TomlSection::TomlSection(std::unique_ptr<Table> table) : table_(std::move(table)) {}
TomlSection::TomlSection(TomlSection&&) noexcept = default;
TomlSection::~TomlSection() = default;

std::string TomlSection::read(const fs::path& file) {
  const bool is_directory = fs::is_directory(file);
  std::ifstream stream{file, std::ios::binary};
  if (is_directory || !stream) {
    throw runtime::ConfigError(fmt::format("cannot read the configuration '{}': {}", file.string(),
                                           std::strerror(is_directory ? EISDIR : errno)));
  }
  return {std::istreambuf_iterator<char>{stream}, {}};
}

TomlSection TomlSection::parse(const fs::path& path, std::string text) {
  auto file = std::make_shared<File>(File{.path = path, .text = std::move(text), .root = {}});
  try {
    file->root = toml::parse(file->text);
  } catch (const toml::parse_error& error) {
    throw runtime::ConfigError(fmt::format("{}:{}:{}: {}", path.string(), error.source().begin.line,
                                           error.source().begin.column, error.description()));
  }
  const toml::table* root = &file->root;
  const auto region = root->source();
  return TomlSection{std::make_unique<Table>(Table{std::move(file), "", root, region})};
}

bool TomlSection::ask(std::string_view key, std::string_view example) {
  known_.push_back({std::string{key}, std::string{example}});
  return table_->find(key) != nullptr;
}

std::optional<std::string> TomlSection::text(std::string_view key, std::string_view example) {
  if (!ask(key, example)) return std::nullopt;
  const auto value = table_->find(key)->value_exact<std::string>();
  if (!value || value->empty()) refuse_value(key, example, "text in quotes");
  return value;
}

std::optional<fs::path> TomlSection::path(std::string_view key, std::string_view example) {
  const auto value = text(key, example);
  return value ? std::optional{resolve(*value)} : std::nullopt;
}

std::vector<fs::path> TomlSection::paths(std::string_view key, std::string_view example) {
  if (!ask(key, example)) return {};
  const toml::array* array = table_->find(key)->as_array();
  if (array == nullptr) refuse_value(key, example, "a list of files");
  std::vector<fs::path> files;
  for (const toml::node& element : *array) {
    const auto value = element.value_exact<std::string>();
    if (!value || value->empty()) refuse_value(key, example, "a list of files");
    files.push_back(resolve(*value));
  }
  return files;
}

std::optional<std::int64_t> TomlSection::integer(std::string_view key, std::string_view example,
                                                 std::int64_t least, std::int64_t most) {
  if (!ask(key, example)) return std::nullopt;
  const auto value = table_->find(key)->value_exact<std::int64_t>();
  if (!value || *value < least || *value > most) {
    refuse_value(key, example, fmt::format("a whole number from {} to {}", least, most));
  }
  return value;
}

std::optional<std::chrono::milliseconds> TomlSection::milliseconds(std::string_view key,
                                                                   std::string_view example,
                                                                   std::int64_t least,
                                                                   std::int64_t most) {
  if (!ask(key, example)) return std::nullopt;
  const auto value = table_->find(key)->value_exact<std::int64_t>();
  if (!value || *value < least || *value > most) {
    refuse_value(key, example, fmt::format("milliseconds, from {} to {}", least, most));
  }
  return std::chrono::milliseconds{*value};
}

std::optional<bool> TomlSection::flag(std::string_view key, std::string_view example) {
  if (!ask(key, example)) return std::nullopt;
  const auto value = table_->find(key)->value_exact<bool>();
  if (!value) refuse_value(key, example, "true or false");
  return value;
}

std::optional<market::Decimal> TomlSection::decimal(std::string_view key,
                                                    std::string_view example) {
  if (!ask(key, example)) return std::nullopt;
  const toml::node& node = *table_->find(key);
  const auto quoted = node.value_exact<std::string>();
  const std::string text =
      quoted ? *quoted : text_between(table_->file->text, node.source().begin, node.source().end);
  const auto value = market::Decimal::parse(text);
  if (!value) refuse_value(key, example, "a decimal number with at most 8 places");
  return value;
}

TomlSection TomlSection::section(std::string_view key) {
  const std::string name =
      table_->name.empty() ? std::string{key} : fmt::format("{}.{}", table_->name, key);
  const toml::table* below = nullptr;
  auto region = table_->region;
  if (ask(key, fmt::format("[{}]", name))) {
    below = table_->find(key)->as_table();
    if (below == nullptr) refuse_value(key, fmt::format("[{}]", name), "a table");
    region = below->source();
  }
  return TomlSection{std::make_unique<Table>(Table{table_->file, name, below, region})};
}

std::vector<std::string> TomlSection::keys() const {
  std::vector<std::string> keys;
  if (table_->toml == nullptr) return keys;
  for (const auto& [key, value] : *table_->toml) keys.emplace_back(key.str());
  return keys;
}

void TomlSection::refuse_unknown_keys() const {
  if (table_->toml == nullptr) return;
  const toml::key* unknown =
      nullptr;  // the first one as the file goes; the table is sorted by name
  for (const auto& [key, value] : *table_->toml) {
    const bool is_known =
        std::ranges::any_of(known_, [&](const Known& known) { return known.key == key.str(); });
    const auto line = key.source().begin.line;
    if (!is_known && (unknown == nullptr || line < unknown->source().begin.line)) unknown = &key;
  }
  if (unknown == nullptr) return;
  throw runtime::ConfigError(fmt::format("{}: unknown key '{}' {}; {}",
                                         table_->where(unknown->source().begin), unknown->str(),
                                         table_->in(), advice(unknown->str())));
}

/// The key that was probably meant, or all there are.
std::string TomlSection::advice(std::string_view unknown) const {
  const auto far = [&](const Known& known) { return distance(known.key, unknown); };
  const auto nearest = std::ranges::min_element(known_, {}, far);
  if (far(*nearest) <= unknown.size() / 2) return fmt::format("did you mean {}?", nearest->example);
  std::string all = "known here:";
  for (const Known& known : known_)
    all += fmt::format("{} {}", &known == &known_[0] ? "" : ",", known.key);
  return all;
}

void TomlSection::refuse(std::string_view key, std::string_view problem) const {
  const toml::node* node = table_->find(key);
  const auto region = node != nullptr ? node->source() : table_->region;
  throw runtime::ConfigError(fmt::format("{}: {}", table_->where(region.begin), problem));
}

void TomlSection::refuse_value(std::string_view key, std::string_view example,
                               std::string_view expected) const {
  const toml::source_region region = table_->find(key)->source();
  refuse(key, fmt::format("{} = {} {} is not {}; for example: {}", key,
                          text_between(table_->file->text, region.begin, region.end), table_->in(),
                          expected, example));
}

fs::path TomlSection::resolve(const std::string& path) const {
  const char* home = std::getenv("HOME");
  if (path.starts_with("~/") && home != nullptr) return fs::path{home} / path.substr(2);
  return (fs::absolute(table_->file->path).parent_path() / path).lexically_normal();
}

}  // namespace naive::supervisor
