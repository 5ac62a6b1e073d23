#include "runtime/last_words.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

namespace naive::runtime {

/// A ring of bytes. `written` counts all that were ever written, and is advanced after them: a writer that is killed on its
/// way has spoilt nothing but the oldest line, which read() drops anyway.
struct LastWords::Page {
  static constexpr std::size_t kSize = 4096;
  static constexpr std::size_t kText = kSize - sizeof(std::uint64_t);
  static constexpr std::size_t kLongestLine = kText / 4;

  std::uint64_t written;
  std::array<char, kText> text;
};

LastWords::LastWords(int fd) noexcept {
  static_assert(sizeof(Page) == Page::kSize);
  void* memory = ::mmap(nullptr, Page::kSize, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory != MAP_FAILED) page_ = static_cast<Page*>(memory);
}

LastWords::~LastWords() {
  if (page_ != nullptr) ::munmap(page_, Page::kSize);
}

std::pair<LastWords, UniqueFd> LastWords::make() {
  UniqueFd fd{::memfd_create("last words", MFD_CLOEXEC)};
  if (!fd || ::ftruncate(fd.get(), Page::kSize) != 0) return {};
  LastWords words{fd.get()};
  return {std::move(words), std::move(fd)};
}

LastWords LastWords::inherited() {
  // Only files in memory have seals, fcntl(2); a shorter one would be SIGBUS at the first line.
  struct stat status {};
  const bool is_ours = ::fcntl(kFd, F_GET_SEALS) >= 0 && ::fstat(kFd, &status) == 0 &&
                       status.st_size == static_cast<off_t>(Page::kSize);
  if (!is_ours) return {};
  const UniqueFd fd{kFd};
  return LastWords{fd.get()};
}

void LastWords::write(std::string_view line) noexcept {
  if (page_ == nullptr || line.empty()) return;
  const bool cut = line.size() > Page::kLongestLine;
  if (cut) line = line.substr(0, Page::kLongestLine - 1);
  std::uint64_t at = page_->written;
  const auto put = [&](char c) { page_->text[at++ % Page::kText] = c; };
  std::ranges::for_each(line, put);
  if (cut) put('\n');
  std::atomic_ref{page_->written}.store(at, std::memory_order_release);
}

std::vector<std::string> LastWords::read() const {
  if (page_ == nullptr) return {};
  const std::uint64_t end = std::atomic_ref{page_->written}.load(std::memory_order_acquire);
  const bool wrapped = end > Page::kText;
  std::vector<std::string> lines;
  std::string line;
  for (std::uint64_t at = wrapped ? end - Page::kText : 0; at < end; ++at) {
    const char c = page_->text[at % Page::kText];
    if (c != '\n') {
      line += static_cast<unsigned char>(c) < 0x80 ? c : '?';  // it may be half of a character
    } else {
      lines.push_back(std::exchange(line, {}));
    }
  }
  const std::size_t most = lines.size() - (wrapped && !lines.empty() ? 1 : 0);
  lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(std::min(most, kMostLines)));
  return lines;
}

}  // namespace naive::runtime
