#include "binance_mock/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "binance_mock/change_json.h"
#include "binance_mock/text_file.h"
#include "runtime/log.h"
#include "runtime/program.h"

namespace naive::binance_mock {
namespace {

constexpr std::size_t kChecksumDigits = 8;

std::string checksum(std::string_view text) {
  const auto value =
      ::crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
  return fmt::format("{:0{}x}", value, kChecksumDigits);
}

/// The changes of a line without its end; nullopt when it is not whole.
std::optional<Changes> parse_line(std::string_view line) {
  if (line.size() <= kChecksumDigits || line[kChecksumDigits] != ' ') return std::nullopt;
  const std::string_view json = line.substr(kChecksumDigits + 1);
  if (checksum(json) != line.substr(0, kChecksumDigits)) return std::nullopt;
  return parse_changes(json);
}

[[noreturn]] void fail(const std::filesystem::path& file, std::string_view why) {
  throw runtime::ConfigError(fmt::format("cannot use the book '{}': {}", file.string(), why));
}

}  // namespace

Journal::Journal(std::filesystem::path file, const Restore& restore) : file_(std::move(file)) {
  fd_ = runtime::UniqueFd{
      ::open(file_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (!fd_) fail(file_, std::strerror(errno));
  if (::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) fail(file_, "another exchange writes to it");
  replay(read_text_file(file_, "the book"), restore);
}

void Journal::replay(std::string_view text, const Restore& restore) {
  std::size_t good = 0;
  for (std::size_t number = 1; good < text.size(); ++number) {
    const auto end = text.find('\n', good);
    const bool has_end = end != std::string_view::npos;
    const auto changes =
        has_end ? parse_line(text.substr(good, end - good)) : std::optional<Changes>{};
    if (!changes) {
      const bool is_last = !has_end || end + 1 == text.size();
      if (!is_last) {
        fail(file_,
             fmt::format("line {} is damaged; move the file away to begin a new one", number));
      }
      log::warn("the last line of the book is not whole and was never answered: cut off",
                {{"file", file_.string()}, {"line", std::uint64_t{number}}});
      if (::ftruncate(fd_.get(), static_cast<off_t>(good)) != 0) fail(file_, std::strerror(errno));
      return;
    }
    restore(*changes);
    was_empty_ = false;
    good = end + 1;
  }
}

void Journal::append(const Changes& changes) {
  const std::string json = to_json(changes);
  const std::string line = fmt::format("{} {}\n", checksum(json), json);
  const auto written = ::write(fd_.get(), line.data(), line.size());
  if (written == static_cast<ssize_t>(line.size())) return;
  throw std::runtime_error(fmt::format("cannot write the book '{}': {}", file_.string(),
                                       written < 0 ? std::strerror(errno) : "the disk is full"));
}

}  // namespace naive::binance_mock
