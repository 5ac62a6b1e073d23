#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/unique_fd.h"

namespace naive::runtime {

/// The last lines that a process has logged, in a page of memory that it shares with its parent: they can be read after
/// its death, whatever it died of. Made by the parent, written by the child, which inherits it as descriptor kFd. Only what
/// goes through log:: is in it, not what a library prints by itself.
///
/// Where there is none (started by hand, or the parent was short of memory or descriptors) nothing is kept, and nothing else
/// changes.
class LastWords {
 public:
  /// The descriptor under which a child finds it.
  static constexpr int kFd = 3;
  static constexpr std::size_t kMostLines = 20;

  /// None.
  LastWords() = default;
  LastWords(LastWords&& other) noexcept : page_(std::exchange(other.page_, nullptr)) {}
  LastWords& operator=(LastWords&& other) noexcept {
    std::swap(page_, other.page_);
    return *this;
  }
  ~LastWords();

  /// For a child that is about to be started. The descriptor is to become its kFd, and may be closed then.
  static std::pair<LastWords, UniqueFd> make();
  /// Those that this process writes, as its parent has made them. Takes descriptor kFd, when that is what is behind it.
  static LastWords inherited();

  /// A line with its end. One that is too long is cut.
  void write(std::string_view line) noexcept;
  /// At most kMostLines, the oldest first, without their ends, in ASCII.
  std::vector<std::string> read() const;

 private:
  struct Page;
  explicit LastWords(int fd) noexcept;

  Page* page_ = nullptr;
};

}  // namespace naive::runtime
