#pragma once

#include <naive/v1/books.pb.h>

#include <filesystem>
#include <string>
#include <vector>

/// What the stores of a state directory know. They are read as files: no supervisor needs to run, and one that
/// runs is not disturbed.
namespace naive::naivectl {

/// The symbols to read: `symbol` alone, or all that have a store when it is empty. Throws
/// runtime::StartError, 66, that says what there is when there is no such directory or symbol.
std::vector<std::string> booked_symbols(const std::filesystem::path& state_directory,
                                        const std::string& symbol);

/// The functions below throw runtime::StartError when a store cannot be read.
///
/// Orders of running cycles and of the last `limit` finished ones of every symbol.
v1::BookedOrders booked_orders(const std::filesystem::path& state_directory,
                               const std::vector<std::string>& symbols, std::size_t limit);
/// The last `limit` finished cycles of every symbol, the latest first.
v1::BookedCycles booked_cycles(const std::filesystem::path& state_directory,
                               const std::vector<std::string>& symbols, std::size_t limit);
/// The last states of a symbol's slot, the latest first.
v1::BookedStates booked_states(const std::filesystem::path& state_directory,
                               const std::string& symbol, std::uint32_t slot);
/// All finished cycles of every symbol, added up.
v1::Profits profits(const std::filesystem::path& state_directory,
                    const std::vector<std::string>& symbols);

}  // namespace naive::naivectl
