#pragma once

#include <stdexcept>
#include <string>

namespace naive::store {

/// A symbol's file cannot be opened, and why: a clear line that names the file and the way out.
class OpenError : public std::runtime_error {
 public:
  enum class Kind {
    kNotNow,    // the disk is full or read-only, or somebody holds a lock: may pass by itself
    kUnusable,  // torn, foreign, of another version: needs a human. Nothing in it was changed
  };

  OpenError(Kind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  Kind kind() const noexcept { return kind_; }

 private:
  Kind kind_;
};

}  // namespace naive::store
