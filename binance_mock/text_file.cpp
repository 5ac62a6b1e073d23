#include "binance_mock/text_file.h"

#include <fmt/format.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "runtime/program.h"

namespace naive::binance_mock {
namespace {

constexpr std::size_t kLimit = std::size_t{2} * 1024 * 1024 * 1024;

struct CloseGzip {
  void operator()(gzFile file) const { ::gzclose(file); }
};
using GzipFile = std::unique_ptr<std::remove_pointer_t<gzFile>, CloseGzip>;

}  // namespace

std::string read_text_file(const std::filesystem::path& file, const std::string& what) {
  const auto fail = [&](std::string_view why) {
    throw runtime::ConfigError(fmt::format("cannot read {} '{}': {}", what, file.string(), why));
  };
  if (std::filesystem::is_directory(file)) fail("it is a directory");
  // zlib reads plain files as they are.
  const GzipFile input{::gzopen(file.c_str(), "rb")};
  if (!input) fail(std::strerror(errno));

  std::string text;
  constexpr unsigned kChunk = 1 << 16;
  for (;;) {
    const std::size_t before = text.size();
    text.resize(before + kChunk);
    const int read = ::gzread(input.get(), text.data() + before, kChunk);
    if (read < 0) fail("it is not a whole gzip file");
    text.resize(before + static_cast<std::size_t>(read));
    if (read == 0) return text;
    if (text.size() > kLimit) fail("it is larger than 2 GiB");
  }
}

}  // namespace naive::binance_mock
