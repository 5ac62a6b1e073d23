#pragma once

#include "binance_mock/options.h"
#include "runtime/child_options.h"

namespace naive::binance_mock {

/// Runs the exchange until SIGTERM or SIGINT. Throws runtime::StartError when it cannot start,
/// after telling the supervisor.
int run(const Options& options, const runtime::ChildOptions& child);

}  // namespace naive::binance_mock
