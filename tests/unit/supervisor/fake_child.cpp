// A child for tests, under any name. It does what the file `behave-PROGRAM` or
// `behave-leader-SYMBOL` of the run directory says when it starts; without a file it says that it
// is ready and works until it is told to stop.
//
//   exit N             ends at once
//   fail CODE TEXT     says that it cannot start, and exits with 78
//   silent             starts, is ready, and never says anything again
//   deaf               as usual, but SIGTERM means nothing to it
//   slow MS            is ready only after a while
//   crash-after MS     is ready, and dies of SIGABRT
//   forks              leaves a process behind that has a session of its own and hears no signal; its pid is in `stray`
//
// Each process appends its arguments to `started-PROGRAM`. A leader has one trader: a process that
// sleeps.

#include <naive/v1/supervision.pb.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <sstream>

#include "runtime/bus.h"
#include "runtime/child_options.h"
#include "runtime/event_loop.h"
#include "runtime/heartbeat.h"
#include "runtime/log.h"
#include "runtime/process.h"
#include "runtime/program.h"
#include "runtime/signal_fd.h"
#include "runtime/supervisor_link.h"

namespace {

using namespace naive;
using Order = runtime::EventLoop::Order;

struct Behaviour {
  std::string verb;
  std::string word;
  std::string rest;
};

Behaviour read_behaviour(const std::filesystem::path& run_directory, const std::string& program,
                         const std::string& symbol) {
  const auto file = run_directory / ("behave-" + program + (symbol.empty() ? "" : "-" + symbol));
  std::ifstream stream{file};
  Behaviour behaviour;
  stream >> behaviour.verb >> behaviour.word >> std::ws;
  std::getline(stream, behaviour.rest);
  return behaviour;
}

/// A process that only exists. Nothing here has started a thread yet, so a bare fork is safe.
pid_t start_trader() {
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  runtime::die_with_parent(parent);
  for (;;) ::pause();
}

/// As a daemon does it: neither its parent nor its group nor its session leads to it any more.
void leave_stray(const std::filesystem::path& run_directory) {
  if (::fork() != 0) return;
  ::setsid();
  sigset_t all;
  sigfillset(&all);
  ::sigprocmask(SIG_BLOCK, &all, nullptr);
  if (::fork() != 0) std::_Exit(0);
  std::ofstream{run_directory / "stray"} << ::getpid();
  for (;;) ::pause();
}

class FakeChild {
 public:
  FakeChild(const runtime::ChildOptions& options, const Behaviour& behaviour,
            const std::string& symbol, pid_t trader, runtime::SignalFd& signals)
      : behaviour_(behaviour),
        symbol_(symbol),
        trader_(trader),
        signals_(signals),
        link_(bus_, options),
        heartbeat_(loop_, [this] { beat(); }),
        step_(loop_, [this] { step(); }),
        signal_watch_(loop_, signals.fd(), Order::kExits, runtime::EventLoop::kRead,
                      [this](runtime::EventLoop::Interest) { on_signal(); }),
        link_watch_(loop_, link_.socket(), Order::kMessages, [this] {
          link_.drain([this](const v1::SupervisorMessage& message) { on_message(message); });
        }) {}

  int run() {
    if (behaviour_.verb == "fail") {
      link_.failed(behaviour_.word, behaviour_.rest);
      return runtime::kExitConfig;
    }
    if (behaviour_.verb == "slow") {
      step_.set_after(std::chrono::milliseconds{std::stol(behaviour_.word)});
    } else {
      say_ready();
    }
    if (behaviour_.verb == "crash-after") {
      step_.set_after(std::chrono::milliseconds{std::stol(behaviour_.word)});
    }
    loop_.run();
    return status_;
  }

 private:
  void say_ready() {
    if (trader_ != 0) tell_of_trader();
    link_.ready("http://127.0.0.1:4711");
    if (trader_ == 0) return;
    v1::ChildMessage message;
    v1::SymbolStatus& status = *message.mutable_symbol_status();
    status.set_symbol(symbol_);
    v1::TraderStatus& trader = *status.add_traders();
    trader.set_pid(trader_);
    trader.set_incarnation(1);
    trader.set_state("running");
    trader.set_cycle(1);
    trader.set_phase("AWAITING_PRICE");
    link_.send(std::move(message));
  }

  void tell_of_trader() {
    v1::ChildMessage message;
    v1::Event& event = *message.mutable_event();
    event.set_name("trader " + symbol_ + "/0");
    event.set_pid(trader_);
    event.set_incarnation(1);
    event.set_what(v1::Event::STARTED);
    link_.send(std::move(message));
  }

  void step() {
    if (behaviour_.verb == "crash-after") std::abort();
    say_ready();
  }

  void beat() {
    if (behaviour_.verb != "silent") link_.heartbeat();
  }

  void on_signal() {
    while (signals_.read()) {
      if (behaviour_.verb != "deaf") loop_.stop();
    }
  }

  void on_message(const v1::SupervisorMessage& message) {
    if (message.has_finish_trading()) loop_.stop();
    if (!message.has_slot()) return;
    v1::ChildMessage done;
    done.mutable_command_done()->set_command_id(message.command_id());
    if (message.slot().verb() != v1::SlotCommand::KILL) {
      done.mutable_command_done()->mutable_error()->set_code("running");
      done.mutable_command_done()->mutable_error()->set_message("the trader is running");
    } else {
      ::kill(trader_, message.slot().signal());
    }
    link_.send(std::move(done));
  }

  Behaviour behaviour_;
  std::string symbol_;
  pid_t trader_;
  runtime::SignalFd& signals_;
  runtime::EventLoop loop_;
  runtime::Bus bus_;
  runtime::SupervisorLink link_;
  runtime::Heartbeat heartbeat_;
  runtime::Timer step_;
  runtime::Watch signal_watch_;
  runtime::Watch link_watch_;
  int status_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  return runtime::run_main([&] {
    runtime::SignalFd signals{SIGTERM};
    CLI::App app{"fake child"};
    app.allow_extras();
    runtime::ChildOptions options;
    options.declare(app);
    std::string symbol;
    app.add_option("--symbol", symbol);
    if (const int status = runtime::parse_command_line(app, argc, argv); status >= 0) return status;
    const std::string program = std::filesystem::path{argv[0]}.filename();
    options.apply(program);

    std::ofstream started{options.run_directory / ("started-" + program), std::ios::app};
    for (int i = 1; i < argc; ++i) started << argv[i] << (i + 1 < argc ? " " : "\n");
    started.close();
    log::info("a fake child has started");

    const Behaviour behaviour = read_behaviour(options.run_directory, program, symbol);
    if (behaviour.verb == "exit") return std::stoi(behaviour.word);
    if (behaviour.verb == "forks") leave_stray(options.run_directory);
    const pid_t trader = symbol.empty() || behaviour.verb == "fail" ? 0 : start_trader();
    return FakeChild{options, behaviour, symbol, trader, signals}.run();
  });
}
