#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "binance_mock/order_record.h"
#include "runtime/unique_fd.h"

namespace naive::binance_mock {

/// The exchange's book on disk: every change of orders and balances, one decision a line, appended before anybody hears of
/// it. `<crc32 in hex> <changes as JSON>`. One write(2) a line and no fsync: it survives any death of the process, not a
/// power cut.
///
/// What a dying process leaves is a line that is not whole, at the end only; it was never answered, so it is cut off, with
/// a warning. Damage elsewhere is refused: somebody should look at it.
class Journal {
 public:
  using Restore = std::function<void(const Changes& changes)>;

  /// Opens the file, or makes it, and tells what is in it, in order. Throws runtime::ConfigError: it cannot be opened, is
  /// damaged, or another exchange writes to it.
  Journal(std::filesystem::path file, const Restore& restore);

  /// Throws std::runtime_error when it cannot be written; then nothing may be answered any more.
  void append(const Changes& changes);

  bool was_empty() const { return was_empty_; }

 private:
  void replay(std::string_view text, const Restore& restore);

  std::filesystem::path file_;
  runtime::UniqueFd fd_;
  bool was_empty_ = true;
};

}  // namespace naive::binance_mock
