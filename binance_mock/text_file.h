#pragma once

#include <filesystem>
#include <string>

namespace naive::binance_mock {

/// The whole of a file, gunzipped if it is gzipped. Throws runtime::ConfigError that names the
/// file; `what` says what it is for: "the tape".
std::string read_text_file(const std::filesystem::path& file, const std::string& what);

}  // namespace naive::binance_mock
