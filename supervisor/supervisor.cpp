#include "supervisor/supervisor.h"

#include <naive/v1/supervision.pb.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iterator>
#include <random>
#include <utility>

#include "runtime/log.h"
#include "runtime/program.h"
#include "runtime/wall_clock.h"
#include "supervision/earliest.h"

namespace naive::supervisor {
namespace {

using Order = runtime::EventLoop::Order;
using What = Transition::What;

constexpr int kSpawnsPerTurn = 2;

std::function<double()> random_jitter() {
  return [random = std::minstd_rand{std::random_device{}()}]() mutable {
    return std::uniform_real_distribution<double>{0.0, 1.0}(random);
  };
}

}  // namespace

Supervisor::Supervisor(const Config& config, const Surroundings& surroundings,
                       runtime::SignalFd& signals, const v1::Handover* memory)
    : config_(config),
      surroundings_(surroundings),
      signals_(signals),
      wishes_(surroundings.state_directory / "symbols"),
      tree_(config.supervision, services(config), random_jitter()),
      announcer_(bus_, runtime::Sockets{surroundings.run_directory}.events()),
      children_(bus_, runtime::Sockets{surroundings.run_directory}.supervision()),
      control_(bus_, runtime::Sockets{surroundings.run_directory}.control()),
      waiting_(control_),
      roller_(tree_, traders_, announcer_, config.supervision.renewal_time),
      upgrade_(children_, roller_, control_, surroundings_),
      commands_(tree_, children_, traders_, crashes_, control_, waiting_, roller_,
                [this](const Client& client, const std::string& directory) {
                  upgrade_.begin(client, directory, this->memory(), loop_.now());
                }),
      timer_(loop_,
             [this] {
               tree_.tick(loop_.now());
               waiting_.expire(loop_.now());
               upgrade_.tick(loop_.now());
               perform();
             }),
      go_on_timer_(loop_, [this] { perform(); }),
      silence_timer_(loop_,
                     [this] {
                       silence_timer_.set_after(Tree::kSilenceCheck);
                       tree_.check_silence(loop_.now());
                       on_exits();
                     }),
      watchdog_timer_(loop_, [this] { watchdog(); }),
      introduction_timer_(loop_, [this] { ask_for_introductions(); }),
      signal_watch_(loop_, signals.fd(), Order::kExits, runtime::EventLoop::kRead,
                    [this](runtime::EventLoop::Interest) { on_signals(); }),
      link_watch_(loop_, children_.socket(), Order::kMessages, [this] { on_link(); }),
      control_watch_(loop_, control_.socket(), Order::kControl, [this] { on_control(); }) {
  memory != nullptr ? resume(*memory) : begin();
}

void Supervisor::begin() {
  log::info("Supervisor started", {{"run_dir", surroundings_.run_directory.string()},
                                   {"state_dir", surroundings_.state_directory.string()}});
  autostart();
  tree_.boot(loop_.now());
}

std::optional<v1::Handover> Supervisor::run() {
  silence_timer_.set_after(Tree::kSilenceCheck);
  watchdog();
  on_exits();
  constexpr std::chrono::milliseconds kNoLimit{60'000};
  while (!tree_.is_down()) {
    if (must_hand_over()) return hand_over();
    loop_.run_once(kNoLimit);
  }
  if (tree_.fatal().empty()) log::info("Supervisor stopped");
  return std::nullopt;
}

int Supervisor::exit_status() const {
  if (tree_.fatal().empty()) return runtime::kExitOk;
  return tree_.fatal_for_good() ? runtime::kExitConfig : runtime::kExitTempFail;
}

/// What users have asked for comes before what the configuration lists.
void Supervisor::autostart() {
  const auto& wishes = wishes_.all();
  for (const auto& [symbol, settings] : config_.symbols) {
    if (settings.autostart && !wishes.contains(symbol)) tree_.autostart(symbol, Wish::kOn);
  }
  for (const auto& [symbol, wish] : wishes) {
    if (wish != Wish::kOff) tree_.autostart(symbol, wish);
  }
}

void Supervisor::on_signals() {
  bool exits = false;
  while (const auto signal = signals_.read()) {
    if (*signal == SIGCHLD) {
      exits = true;
    } else {
      log::info("Stopping", {{"signal", *signal}});
      end();
    }
  }
  if (exits) on_exits();
}

void Supervisor::end() {
  if (tree_.shutting_down()) {
    tree_.kill_all();
  } else {
    service_manager_.stopping();
    waiting_.give_up("shutdown", "the supervisor is stopping");
    upgrade_.give_up();
    tree_.shut_down(loop_.now());
  }
  perform();
}

void Supervisor::on_link() {
  children_.drain([this](const v1::ChildMessage& message) { on_message(message); });
  perform();
}

void Supervisor::on_message(const v1::ChildMessage& message) {
  const std::string& name = message.name();
  if (!tree_.heard(name, message.incarnation(), loop_.now())) {
    return log::warn("Ignored a message of a child that the supervisor is not aware of",
                     {{"name", name}, {"incarnation", message.incarnation()}});
  }
  using Body = v1::ChildMessage::BodyCase;
  switch (message.body_case()) {
    case Body::kReady:
      if (name == kMock) mock_endpoint_ = message.ready().endpoint();
      tree_.ready(name, message.ready().endpoint(), loop_.now());
      return;
    case Body::kFailed: {
      tree_.failed(name, message.failed().code(), message.failed().message());
      v1::SupervisorMessage heard;
      heard.mutable_failure_heard();
      children_.send(name, heard);
      return;
    }
    case Body::kSymbolStatus:
      return traders_.update(name, message.symbol_status());
    case Body::kEvent:
      return announcer_.announce(name, message.event());
    case Body::kCommandDone:
      return waiting_.on_command_done(message.command_done());
    case Body::kHello:
      return on_hello(*tree_.find(name));
    case Body::kHeartbeat:
    case Body::BODY_NOT_SET:
      return;  // having heard it is all
  }
}

/// What a child said before it died comes first.
void Supervisor::on_exits() {
  on_link();
  for (Children::Death& death : children_.reap(loop_.now())) {
    if (tree_.find(death.name) == nullptr) {
      upgrade_.on_end(death);
      continue;
    }
    tree_.died(death.name, death.reason, loop_.now());
    last_words_.insert_or_assign(death.name, std::move(death.last_words));
  }
  perform();
  last_words_.clear();
}

void Supervisor::on_control() {
  control_.drain([this](const Client& client, const v1::ControlRequest& request) {
    commands_.execute(client, request, loop_.now());
    perform();
  });
}

/// A few processes a turn, and none before everything else is done.
void Supervisor::perform() {
  const auto more = [this] { std::ranges::move(tree_.take_actions(), std::back_inserter(todo_)); };
  int spawns = 0;
  do {
    for (more(); !todo_.empty() || (tree_.has_spawns() && spawns < kSpawnsPerTurn); more()) {
      if (todo_.empty()) {
        ++spawns;
        perform(tree_.take_spawn());
      } else {
        const Action action = std::move(todo_.front());
        todo_.pop_front();
        std::visit([this](const auto& what) { perform(what); }, action);
      }
    }
  } while (roller_.go_on(loop_.now()));
  if (tree_.has_spawns()) go_on_timer_.set(loop_.now());
  set_timer();
  tell_service_manager();
}

void Supervisor::tell_service_manager() {
  if (!service_manager_.is_there() || tree_.shutting_down()) return;
  if (tree_.booted()) service_manager_.ready();
  service_manager_.status(summary(tree_));
}

/// That this loop turns is what a watchdog wants to know.
void Supervisor::watchdog() {
  const auto interval = service_manager_.watchdog_interval();
  if (!interval) return;
  service_manager_.alive();
  watchdog_timer_.set_after(*interval);
}

void Supervisor::perform(const Spawn& spawn) {
  const Node& node = *tree_.find(spawn.name);
  if (node.life.state() != supervision::State::kStarting) {
    return tree_.not_spawned(spawn.name, loop_.now());
  }
  const CommandLine line = command_line(node, config_, surroundings_, mock_endpoint_);
  const auto pid = children_.spawn(
      spawn.name, spawn.incarnation,
      {.executable = surroundings_.bin_directory / line.program, .arguments = line.arguments});
  if (pid) {
    tree_.spawned(spawn.name, *pid, runtime::microseconds_since_epoch());
  } else {
    tree_.spawn_failed(spawn.name, pid.error(), loop_.now());
  }
}

void Supervisor::perform(const Signal& signal) { children_.signal(signal.name, signal.number); }

void Supervisor::perform(const TellToFinish& tell) {
  v1::SupervisorMessage message;
  message.mutable_finish_trading();
  children_.send(tell.name, message);
}

void Supervisor::perform(const Remember& remember) {
  if (wishes_.remember(remember.symbol, remember.wish)) return;
  log::error("Cannot write down which symbols are on; this will be forgotten at the next start",
             {{"symbol", remember.symbol}, {"reason", std::strerror(errno)}});
}

void Supervisor::perform(const Transition& transition) {
  const bool dead = transition.what == What::kDied || transition.what == What::kStopped;
  if (dead) {
    announcer_.announce_deaths_below(transition.name);
    traders_.leader_died(transition.name);
  }
  if (transition.what == What::kDied) remember_crash(transition);
  announcer_.announce(transition);
  waiting_.on(transition);
  if (transition.name == kStreamer && transition.what == What::kReady) commands_.repeat_streams();
  if (tree_.find(transition.name) == nullptr) {
    traders_.forget(transition.name);
    crashes_.forget(transition.name);
  }
}

void Supervisor::remember_crash(const Transition& death) {
  v1::Crash crash;
  crash.set_name(death.name);
  crash.set_incarnation(death.incarnation);
  crash.set_pid(death.pid);
  crash.set_reason(death.reason);
  // Taken out: should the next start fail, that will have been without a word.
  const auto words = last_words_.extract(death.name);
  crashes_.put(std::move(crash), words ? words.mapped() : std::vector<std::string>{});
}

void Supervisor::set_timer() {
  const auto next = supervision::earliest({tree_.next_deadline(), waiting_.next_deadline(),
                                           roller_.next_deadline(), upgrade_.next_deadline()});
  next ? timer_.set(*next) : timer_.cancel();
}

}  // namespace naive::supervisor
