#pragma once

#include <string>
#include <string_view>

namespace naive::runtime {

/// The text as a JSON string, quotes included. UTF-8 passes through; control characters become \u00XX.
std::string json_string(std::string_view text);

}  // namespace naive::runtime
