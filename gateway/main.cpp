// Welcome to the gateway: the private account.
//
// It is the only holder of the API key. The supervisor starts it; traders ask it to place, cancel
// and find orders on the socket `gateway`, leaders ask it for their symbol's rules, and everybody
// hears what happens to orders on the socket `orders`. Towards the exchange it speaks signed REST
// and one user data stream. It never repeats a request that may have been executed. When it dies
// the supervisor starts another; requests under way then have an unknown outcome, and their traders
// ask the new one what became of them.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <csignal>

#include "gateway/gateway.h"
#include "runtime/program.h"

namespace {

/// The key is in our memory, so there is no core dump. 1 and not 0: the kernel pipes cores to a
/// handler regardless of the limit, except when it is 1 (core(5), fs/coredump.c).
void forbid_core_dumps() {
  constexpr rlimit kNone{.rlim_cur = 1, .rlim_max = 1};
  ::setrlimit(RLIMIT_CORE, &kNone);
}

}  // namespace

int main(int argc, char** argv) {
  naive::gateway::Options options;
  CLI::App app{"Places, cancels and finds orders at the exchange. Started by the supervisor."};
  options.declare(app);
  if (const int status = naive::runtime::parse_command_line(app, argc, argv); status >= 0) {
    return status;
  }
  options.child.apply("gateway");
  return naive::runtime::run_main([&] {
    forbid_core_dumps();
    naive::runtime::SignalFd signals{SIGTERM, SIGINT, SIGHUP};
    naive::runtime::Bus bus;
    naive::runtime::SupervisorLink supervisor{bus, options.child};
    try {
      options.check();
      naive::gateway::Gateway{options, signals, bus, supervisor,
                              naive::binance::read_credentials(options.key_file)}
          .run();
    } catch (const naive::runtime::ConfigError& error) {
      if (supervisor.failed("config", error.what())) return static_cast<int>(error.status());
      throw;
    }
    return static_cast<int>(naive::runtime::kExitOk);
  });
}
