#pragma once

#include <naive/v1/handover.pb.h>

#include "supervisor/config.h"
#include "supervisor/tree.h"

namespace naive::supervisor {

/// Between the tree and the wire, for the next image of this supervisor.
void write(const Tree::Memory& memory, v1::Handover& out);
Tree::Memory read_tree(const v1::Handover& handover);

/// Throws runtime::ConfigError when this build cannot go on with this configuration where another
/// one has stopped.
void require_fit(const v1::Handover& handover, const Config& config);

}  // namespace naive::supervisor
