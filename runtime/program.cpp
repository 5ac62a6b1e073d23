#include "runtime/program.h"

#include <fmt/format.h>

#include <cstdlib>

namespace naive::runtime {

void check_failed(const char* expression, const char* file, int line) {
  log::error(fmt::format("broken invariant: {} at {}:{}", expression, file, line));
  std::abort();
}

}  // namespace naive::runtime
