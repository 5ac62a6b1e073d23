#include "runtime/memory_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace naive::runtime {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

UniqueFd memory_file(std::string_view content) {
  UniqueFd fd{::memfd_create("naive", MFD_CLOEXEC)};
  if (!fd) fail("memfd_create");
  while (!content.empty()) {
    const ssize_t written = ::write(fd.get(), content.data(), content.size());
    if (written < 0) fail("write");
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return fd;
}

bool read_all(int fd, std::string& content) {
  content.clear();
  std::array<char, 4096> part{};
  for (;;) {
    const ssize_t length =
        ::pread(fd, part.data(), part.size(), static_cast<off_t>(content.size()));
    if (length <= 0) return length == 0;
    content.append(part.data(), static_cast<std::size_t>(length));
  }
}

std::string read_memory(int fd) {
  std::string content;
  if (!read_all(fd, content)) fail("pread");
  return content;
}

void set_across_exec(int fd, AcrossExec fate) noexcept {
  ::fcntl(fd, F_SETFD, fate == AcrossExec::kClosed ? FD_CLOEXEC : 0);
}

}  // namespace naive::runtime
