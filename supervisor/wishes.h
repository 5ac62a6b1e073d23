#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "supervisor/node.h"

namespace naive::supervisor {

/// What users have asked of symbols, kept in the state directory's file `symbols` so that it
/// outlives the supervisor: one line a symbol, "BTCUSDT on", "XRPUSDT off", "ETHUSDT finish". A
/// symbol that no user has touched is not in it and follows the configuration.
class Wishes {
 public:
  /// Reads the file if there is one. ConfigError when it is not as this class writes it, StartError when it cannot be read.
  explicit Wishes(std::filesystem::path file);

  /// On disk when this returns; false, with errno set, when it could not be written.
  bool remember(const std::string& symbol, Wish wish);
  const std::map<std::string, Wish>& all() const { return wishes_; }

 private:
  bool write() const;

  std::filesystem::path file_;
  std::map<std::string, Wish> wishes_;
};

}  // namespace naive::supervisor
