#pragma once

#include "binance_mock/feed.h"
#include "binance_mock/options.h"
#include "binance_mock/symbol_spec.h"
#include "binance_mock/tape.h"
#include "binance_mock/venue.h"

namespace naive::binance_mock {

// From files to a market that is ready to open. Each throws runtime::ConfigError that names the
// file.

SymbolTable load_symbols(const Options& options);
/// Every taped symbol must be one of the table's.
Tape load_tape(const Options& options, const SymbolTable& symbols);
/// Tapes for the symbols that have one, random walks for the others that trade; and where all of
/// them stand.
void open_market(const Options& options, const SymbolTable& symbols, const Tape& tape, Feed& feed,
                 Venue& venue, Feed::Time now);
/// Gives the account what the options say, or the generous default.
void fund_account(const Options& options, const SymbolTable& symbols, Venue& venue);

}  // namespace naive::binance_mock
