// Welcome to the supervisor, the root of the process tree and the only process that a user starts.
//
// It owns the run directory with everybody's sockets, the state directory, the `control` socket on
// which users start and stop symbols, and the memory of which symbols are on. It starts the
// services (binance_mock, gateway, streamer), then one leader per symbol, talks to each over the
// `supervision` socket, starts them again when they die, and publishes every such transition on
// `events`. It knows nothing of orders or prices, and nothing that happens below makes it end. When
// it dies itself the kernel kills everything below it; the next one starts the same symbols again,
// whose leaders find their state in the store.

#include <csignal>

#include "runtime/program.h"
#include "runtime/signal_fd.h"
#include "supervisor/options.h"
#include "supervisor/succession.h"

int main(int argc, char** argv) {
  using namespace naive;
  return runtime::run_main([&] {
    runtime::SignalFd signals{SIGCHLD, SIGINT, SIGTERM, SIGHUP};
    supervisor::Options options;
    if (const int status = options.parse(argc, argv); status >= 0) return status;
    return options.check ? supervisor::check(options) : supervisor::run(options, signals);
  });
}
