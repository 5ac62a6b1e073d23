#include "supervisor/wishes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <sstream>

#include "market/symbol_rules.h"
#include "runtime/memory_file.h"
#include "runtime/program.h"
#include "runtime/unique_fd.h"

namespace naive::supervisor {
namespace {

std::string_view to_string(Wish wish) {
  switch (wish) {
    case Wish::kOn:
      return "on";
    case Wish::kFinish:
      return "finish";
    case Wish::kOff:
      return "off";
  }
  return "";
}

std::optional<Wish> parse_wish(std::string_view text) {
  for (const Wish wish : {Wish::kOn, Wish::kFinish, Wish::kOff}) {
    if (text == to_string(wish)) return wish;
  }
  return std::nullopt;
}

/// write(2) until everything is written.
bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Nothing when there is no file. One that cannot be read is another matter: it may say which symbols are not to be traded.
std::string read(const std::filesystem::path& file) {
  const runtime::UniqueFd fd{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd && errno == ENOENT) return "";
  std::string text;
  if (fd && runtime::read_all(fd.get(), text)) return text;
  const int failure = errno;
  const bool passes = failure == EIO || failure == EMFILE || failure == ENFILE || failure == ENOMEM;
  throw runtime::StartError(
      passes ? runtime::kExitTempFail : runtime::kExitConfig,
      fmt::format("cannot read '{}', which says what symbols users have started and stopped: {}; make it readable "
                  "(removing it makes every symbol follow the configuration again)",
                  file.string(), std::strerror(failure)));
}

}  // namespace

Wishes::Wishes(std::filesystem::path file) : file_(std::move(file)) {
  std::istringstream stream{read(file_)};
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    std::istringstream words{line};
    std::string symbol, word;
    words >> symbol >> word;
    const auto wish = parse_wish(word);
    if (!market::is_symbol(symbol) || !wish) {
      throw runtime::ConfigError(
          fmt::format("{}:{}: '{}' is not a symbol and on, off or finish; for example: BTCUSDT on "
                      "(removing the "
                      "file makes every symbol follow the configuration again)",
                      file_.string(), number, line));
    }
    wishes_[symbol] = *wish;
  }
}

bool Wishes::remember(const std::string& symbol, Wish wish) {
  wishes_[symbol] = wish;
  return write();
}

// A new file that takes the old one's name: whoever reads sees all of the one or all of the other,
// also after a power cut.
bool Wishes::write() const {
  std::string text;
  for (const auto& [symbol, wish] : wishes_)
    text += fmt::format("{} {}\n", symbol, to_string(wish));

  auto temporary = file_;
  temporary += ".new";
  const runtime::UniqueFd fd{
      ::open(temporary.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (!fd || !write_all(fd.get(), text) || ::fsync(fd.get()) != 0) return false;
  if (std::rename(temporary.c_str(), file_.c_str()) != 0) return false;
  const runtime::UniqueFd directory{
      ::open(file_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return directory && ::fsync(directory.get()) == 0;
}

}  // namespace naive::supervisor
