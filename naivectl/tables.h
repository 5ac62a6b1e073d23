#pragma once

#include <naive/v1/control.pb.h>
#include <naive/v1/events.pb.h>

#include <string>

namespace naive::naivectl {

/// The tree with every process, its cycle and its orders, one a line.
std::string status_table(const v1::SystemStatus& status);
/// The same tree without what is traded: how long each process runs, and what its predecessors died of. `now` is in
/// microseconds since the Unix epoch, here and below.
std::string tree_table(const v1::SystemStatus& status, std::int64_t now);
/// When, of what, and what it had said.
std::string crash_table(const v1::Crash& crash, std::int64_t now);
std::string children_table(const v1::Children& children);
std::string counts_line(const v1::Counts& counts);
/// "2026-01-02T03:04:05.678901Z #17 trader BTCUSDT/0 DIED pid=4711 incarnation=3 reason=killed by
/// SIGKILL"
std::string event_line(const v1::Event& event);

}  // namespace naive::naivectl
