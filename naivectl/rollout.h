#pragma once

#include <naive/v1/control.pb.h>

#include <iosfwd>
#include <string>

#include "naivectl/commands.h"

namespace naive::naivectl {

/// A rolling restart or an upgrade in a sentence: "upgrade to /opt/naive-2: 3 of 5, now leader BTCUSDT".
std::string rollout_line(const v1::Rollout& rollout);

/// Stays until the one that has just begun is over, through the moment in which an upgraded supervisor
/// does not listen, and shows how it goes. The exit status: 0 when it has been done, 1 when it has
/// stopped or has been taken back.
int watch_rollout(const CommandLine& line, std::ostream& out, std::ostream& err);

}  // namespace naive::naivectl
