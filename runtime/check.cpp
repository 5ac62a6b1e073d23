#include "runtime/check.h"

#include <fmt/format.h>

#include <cstdlib>

#include "runtime/log.h"

namespace naive::runtime {

void check_failed(const char* expression, const char* file, int line) {
  log::error(fmt::format("broken invariant: {} at {}:{}", expression, file, line));
  std::abort();
}

}  // namespace naive::runtime
