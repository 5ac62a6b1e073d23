#pragma once

#include <naive/v1/control.pb.h>
#include <naive/v1/events.pb.h>

#include <string>

namespace naive::naivectl {

/// The tree with every process, its cycle and its orders, one a line.
std::string status_table(const v1::SystemStatus& status);
std::string children_table(const v1::Children& children);
std::string counts_line(const v1::Counts& counts);
/// "2026-01-02T03:04:05.678901Z #17 trader BTCUSDT/0 DIED pid=4711 incarnation=3 reason=killed by
/// SIGKILL"
std::string event_line(const v1::Event& event);

}  // namespace naive::naivectl
