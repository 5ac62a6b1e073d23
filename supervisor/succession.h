#pragma once

#include "runtime/signal_fd.h"
#include "supervisor/options.h"

namespace naive::supervisor {

/// Runs supervisors in this process, the first one or the next one, until one of them has stopped;
/// main's exit status.
///
/// An upgrade replaces the program of this process by execveat(2). Process id, children, parent-death
/// signals, blocked signals and those that are pending stay; so do the locks, whose descriptors are
/// kept open, and the memory of what is going on, a v1::Handover in a memory file, named by
/// --resume-from=FD. All else is closed. The program of before is kept as a descriptor too: when
/// the next one cannot go on, it becomes that again, even if the file is not there any more.
int run(const Options& options, runtime::SignalFd& signals);

/// For a process of its own: whether run() with this memory would get as far as having sockets. The
/// exit status, 0 for yes; else the reason is on stderr.
int check(const Options& options);

}  // namespace naive::supervisor
