#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "binance_mock/order_record.h"

namespace naive::binance_mock {

/// Changes as one line of JSON, for the journal.
std::string to_json(const Changes& changes);
/// nullopt for anything that to_json() does not write.
std::optional<Changes> parse_changes(std::string_view json);

}  // namespace naive::binance_mock
