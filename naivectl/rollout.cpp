#include "naivectl/rollout.h"

#include <fmt/format.h>

#include <ostream>
#include <thread>

#include "naivectl/client.h"
#include "proto/json.h"
#include "runtime/event_loop.h"
#include "runtime/program.h"

namespace naive::naivectl {
namespace {

using namespace std::chrono_literals;

/// Asks until somebody answers: the next supervisor may take a moment.
v1::Rollout ask_for_rollout(const CommandLine& line) {
  constexpr auto kPatience = 10s;
  constexpr auto kAskAgain = 100ms;
  v1::ControlRequest request;
  request.mutable_status();
  const auto give_up = runtime::Clock::now() + kPatience;
  for (;;) {
    try {
      const v1::ControlReply reply = ask(line.run_directory, request, 1s);
      if (reply.ok()) return reply.status().rollout();
    } catch (const runtime::StartError&) {
      if (runtime::Clock::now() >= give_up) throw;
    }
    std::this_thread::sleep_for(kAskAgain);
  }
}

}  // namespace

std::string rollout_line(const v1::Rollout& rollout) {
  std::string text = rollout.purpose() == v1::Rollout::UPGRADE  ? "upgrade to " + rollout.to()
                     : rollout.purpose() == v1::Rollout::REVERT ? "way back to " + rollout.to()
                                                                : "rolling restart";
  text += fmt::format(": {} of {}", rollout.done(), rollout.names_size());
  const bool running = rollout.state() == v1::Rollout::RUNNING;
  const int turn = static_cast<int>(rollout.done());
  if (running && turn < rollout.names_size()) text += ", now " + rollout.names(turn);
  if (rollout.state() == v1::Rollout::FAILED) text += ", stopped";
  return rollout.reason().empty() ? text : fmt::format("{} ({})", text, rollout.reason());
}

int watch_rollout(const CommandLine& line, std::ostream& out, std::ostream& err) {
  constexpr auto kLookAgain = 100ms;
  std::string shown;
  v1::Rollout rollout = ask_for_rollout(line);
  for (;; rollout = ask_for_rollout(line)) {
    const std::string text = rollout_line(rollout);
    if (line.output == Output::kTable && text != std::exchange(shown, text)) {
      out << text << std::endl;
    }
    if (rollout.state() != v1::Rollout::RUNNING) break;
    std::this_thread::sleep_for(kLookAgain);
  }
  if (line.output == Output::kJson) out << to_json(rollout) << '\n';
  const bool back = rollout.purpose() == v1::Rollout::REVERT;
  if (rollout.state() == v1::Rollout::DONE && !back) return runtime::kExitOk;
  err << "naivectl: " << (back ? "taken back: " : "stopped: ") << rollout.reason() << '\n';
  return 1;
}

}  // namespace naive::naivectl
