#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "binance_mock/symbol_spec.h"
#include "market/amounts.h"

namespace naive::binance_mock {

/// Adds the rows of a recorded GET /api/v3/exchangeInfo to `table`. Order types that this exchange
/// has not are taken out of the rows. Throws runtime::ConfigError; `name` is the file's, for its
/// message.
void add_exchange_info(SymbolTable& table, std::string_view json, const std::string& name);

/// Reads `[{"symbol":"BTCUSDT","price":"56945.88000000"},...]`, a recorded GET
/// /api/v3/ticker/price.
std::unordered_map<std::string, market::Price> parse_prices(std::string_view json,
                                                            const std::string& name);

}  // namespace naive::binance_mock
