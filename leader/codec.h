#pragma once

#include <naive/v1/control.pb.h>
#include <naive/v1/events.pb.h>
#include <naive/v1/link.pb.h>

#include <expected>
#include <string>

#include "leader/reserve.h"
#include "leader/roster.h"
#include "market/amounts.h"
#include "market/symbol_rules.h"
#include "store/cycle.h"

/// Between the roster, the traders' states and the wire.
namespace naive::leader {

/// How a symbol is traded.
struct Settings {
  market::Decimal profit_target;
  market::Decimal buy_down_interval;
  market::Money budget;  // of one slot; zero: `quantity` counts
  market::Quantity quantity;
};

/// A cycle in which nothing has happened. `gateway_epoch`: of the gateway that is alive now, 0 if
/// not known.
std::string fresh_state(const std::string& symbol, std::uint32_t slot, std::uint64_t cycle,
                        const Settings& settings, std::uint64_t gateway_epoch);

/// The same state, under today's settings when its cycle has not bought anything yet.
std::string refresh_state(const TraderRecord& record, const Settings& settings);

/// The same cycle, ended by command.
TraderRecord dropped(const TraderRecord& record);

/// An earlier state of the same leg and attempt, made fit to go on from: what it says about who cannot have sent the
/// order, and when a lost request is dead, need not be true any more. Or why it is not fit: an order of which it
/// does not know would be placed twice.
std::expected<std::string, std::string> earlier_state(const TraderRecord& now,
                                                      const std::string& earlier);

/// The order that a state is about: "SELL n1-BTCUSDT-0-2s-S1 NEW 0/0.008 @ 61815.89", or only its name while it is not
/// known whether it exists.
std::string describe_order(const TraderRecord& record);

TraderRecord read(const v1::StateUpdated& update);

/// What a state says about its cycle, for the books.
store::Cycle read_cycle(std::uint32_t slot, const TraderRecord& record,
                        const market::SymbolRules& rules);

/// `pid` and `started` (microseconds since the Unix epoch) of its process; 0: it has none.
v1::TraderStatus status(std::uint32_t number, const Roster::Slot& slot, std::int32_t pid,
                        std::int64_t started);

v1::TraderStatus status(std::uint32_t number, const Reserve::Place& standby, std::int32_t pid,
                        std::int64_t started);

v1::Event::What to_proto(Report::What what);

}  // namespace naive::leader
