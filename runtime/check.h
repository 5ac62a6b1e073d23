#pragma once

namespace naive::runtime {

/// A broken invariant: says where, and aborts. The supervisor starts us again from what is stored.
[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace naive::runtime

/// Stays on in every build.
#define NAIVE_CHECK(expression) \
  ((expression) ? void() : ::naive::runtime::check_failed(#expression, __FILE__, __LINE__))
