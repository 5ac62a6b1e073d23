#include "leader/leader.h"

#include <fmt/format.h>
#include <naive/v1/gateway.pb.h>
#include <naive/v1/supervision.pb.h>
#include <unistd.h>

#include <algorithm>

#include "market/symbol_rules.h"
#include "proto/codec.h"
#include "proto/topics.h"
#include "runtime/log.h"
#include "runtime/program.h"
#include "runtime/publisher.h"
#include "store/books.h"
#include "store/open_error.h"

namespace naive::leader {
namespace {

using runtime::EventLoop;
using runtime::Socket;

constexpr std::chrono::milliseconds kAskAgain{500};
/// The gateway may have to read many pages of orders.
constexpr std::chrono::seconds kAskForOrdersAgain{10};
constexpr std::chrono::seconds kAskAgainIfSuspended{10};
constexpr std::chrono::milliseconds kStatusInterval{10};

}  // namespace

Leader::Leader(const Options& options)
    : options_(options),
      signals_({SIGCHLD, SIGTERM, SIGINT, SIGHUP}),
      sockets_{options.child.run_directory},
      supervisor_(bus_, options.child),
      store_(open_store()),
      traders_(bus_, options_.child, options.symbol),
      gateway_(bus_, Socket::Kind::kDealer),
      orders_(bus_, Socket::Kind::kSub),
      watch_traders_(loop_, traders_.socket(), EventLoop::Order::kMessages,
                     [this] { drain_traders(); }),
      watch_gateway_(loop_, gateway_, EventLoop::Order::kMessages, [this] { on_gateway(); }),
      watch_orders_(loop_, orders_, EventLoop::Order::kMessages, [this] { on_gateway_epoch(); }),
      watch_signals_(loop_, signals_.fd(), EventLoop::Order::kExits, EventLoop::kRead,
                     [this](EventLoop::Interest) { on_signals(); }),
      watch_supervisor_(
          loop_, supervisor_.socket(), EventLoop::Order::kControl,
          [this] { supervisor_.drain([this](const auto& message) { on_supervisor(message); }); }),
      heartbeat_(loop_,
                 [this] {
                   excuse_silence_if_late();
                   supervisor_.heartbeat();
                 }),
      timer_(loop_,
             [this] {
               excuse_silence_if_late();
               tend_reserve();
               act(roster_.tick(loop_.now()));
             }),
      ask_again_(loop_, [this] { rules_ && !begun_ ? ask_for_last_cycle() : ask_for_rules(); }),
      status_timer_(loop_, [this] { push_status(); }),
      roster_(make_roster()),
      reserve_({.size = options.standby,
                .restarts = options.restarts,
                .silence_limit = options.silence_limit}) {
  gateway_.connect(sockets_.gateway());
  orders_.subscribe(wire::welcome_topic(::getpid()));
  orders_.connect(runtime::part_of(sockets_.orders(), options_.symbol));
}

/// A file that needs a human halts this symbol; one that may be usable in a while is tried again.
store::SlotStore Leader::open_store() {
  try {
    return store::SlotStore{store::file_of(options_.state_directory, options_.symbol)};
  } catch (const store::OpenError& error) {
    const bool unusable = error.kind() == store::OpenError::Kind::kUnusable;
    supervisor_.failed(unusable ? "store_unusable" : "store_unavailable", error.what());
    throw runtime::StartError(unusable ? runtime::kExitConfig : runtime::kExitTempFail,
                              error.what());
  }
}

/// Of our own heartbeat: then we were stopped ourselves, or the whole machine was.
void Leader::excuse_silence_if_late() {
  const auto now = loop_.now();
  if (now - std::exchange(last_beat_, now) <=
      runtime::kHeartbeatInterval + options_.silence_limit / 2)
    return;
  roster_.excuse_silence(now);
  reserve_.excuse_silence(now);
}

Roster Leader::make_roster() {
  return Roster{
      {.chunks = options_.chunks,
       .restarts = options_.restarts,
       .silence_limit = options_.silence_limit,
       .finishing = options_.finishing,
       .fresh_state =
           [this](std::uint32_t slot, std::uint64_t cycle) {
             return fresh_state(options_.symbol, slot, cycle, options_.settings, gateway_epoch_);
           },
       .refresh_state =
           [this](const TraderRecord& record) { return refresh_state(record, options_.settings); }},
      store_.records()};
}

int Leader::run() {
  ask_for_rules();
  loop_.run();
  return exit_status_;
}

// ---- the gateway ----

void Leader::ask_for_rules() {
  v1::GatewayRequest request;
  request.set_request_id(++last_request_id_);
  request.mutable_rules()->set_symbol(options_.symbol);
  gateway_.send({request.SerializeAsString()});
  ask_again_.set_after(kAskAgain);
}

/// A symbol of which nothing is on record may have been traded before: its file was moved away, or lost. Client order
/// ids are never used twice, so the exchange is asked how far they are used up.
void Leader::ask_for_last_cycle() {
  v1::GatewayRequest request;
  request.set_request_id(++last_request_id_);
  request.mutable_last_cycle()->set_symbol(options_.symbol);
  gateway_.send({request.SerializeAsString()});
  ask_again_.set_after(kAskForOrdersAgain);
}

void Leader::on_gateway() {
  v1::GatewayReply reply;
  for (int i = 0; i < runtime::kDrainLimit && gateway_.receive(frames_); ++i) {
    if (reply.ParseFromString(frames_.back())) on_reply(reply);
  }
}

void Leader::on_reply(const v1::GatewayReply& reply) {
  gateway_epoch_ = reply.gateway_epoch();
  if (reply.has_last_cycle()) {
    on_last_cycle(reply.last_cycle().cycle());
  } else if (reply.has_unavailable()) {
    ask_again_.set_after(kAskAgain);
  } else {
    on_rules(reply);
  }
}

void Leader::on_rules(const v1::GatewayReply& reply) {
  if (exit_status_ != runtime::kExitOk) return;  // each of our questions is answered, late ones too
  if (reply.has_invalid_symbol()) {
    const std::string& message = reply.invalid_symbol().message();
    // One that was traded is not mistyped.
    if (begun_ || !store_.records().empty()) return on_suspension(reply.invalid_symbol());
    ask_again_.cancel();
    if (!supervisor_.failed("invalid_symbol", message)) {
      log::error(fmt::format("{} cannot be traded - {}", options_.symbol, message));
    }
    exit_status_ = runtime::kExitConfig;
    store_.discard_if_empty();
    return act(roster_.stop());
  }
  if (!reply.has_rules()) return;
  suspension_told_ = false;
  ask_again_.cancel();
  rules_ = wire::read(reply.rules());
  if (begun_) return;
  store_.records().empty() ? ask_for_last_cycle() : begin(0);
}

/// A symbol is taken out of trading for a while, or the whole exchange is maintained. What traders have ordered is still
/// theirs to watch: they go on with the rules that they have, and start with those of before the suspension.
void Leader::on_suspension(const v1::InvalidSymbol& answer) {
  if (!std::exchange(suspension_told_, true)) {
    log::warn(
        fmt::format("{} is suspended - {} - asking again", options_.symbol, answer.message()));
  }
  if (!begun_ && answer.has_rules()) {
    rules_ = wire::read(answer.rules());
    begin(0);
  }
  ask_again_.set_after(kAskAgainIfSuspended);
}

/// The exchange lists a cancelled order under its cancel's name, and does not list one that is on its way, so a few
/// more cycles than it knows of may be used up.
void Leader::on_last_cycle(std::uint64_t last_cycle) {
  constexpr std::uint64_t kUnseenCycles = 16;
  if (last_cycle == 0) return begin(0);
  log::warn(options_.symbol +
                " was traded before, and its store is gone - orders that are open at the exchange "
                "are not watched, look for them there",
            {{"last_cycle", last_cycle}});
  begin(last_cycle + kUnseenCycles);
}

void Leader::begin(std::uint64_t last_cycle) {
  if (std::exchange(begun_, true)) return;
  ask_again_.cancel();
  log::info(fmt::format("{} starting {} trader{}", options_.symbol, options_.chunks,
                        options_.chunks == 1 ? "" : "s"),
            {{"chunks", options_.chunks}});
  reserve_.begin(loop_.now());
  act(roster_.begin(loop_.now(), last_cycle));
  supervisor_.ready();
}

/// Each gateway welcomes us with its epoch; a new one is asked again, for its rules may be newer too.
void Leader::on_gateway_epoch() {
  v1::OrdersMessage message;
  for (int i = 0; i < runtime::kDrainLimit && orders_.receive(frames_); ++i) {
    if (!message.ParseFromString(frames_.back())) continue;
    const auto before = std::exchange(gateway_epoch_, message.gateway_epoch());
    if (before != gateway_epoch_ && rules_) ask_for_rules();
  }
}

// ---- the traders ----

void Leader::drain_traders() {
  traders_.drain([this](const std::string& identity, std::string_view bytes) {
    v1::TraderMessage message;
    if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      on_trader(identity, message);
    } else {
      log::warn(options_.symbol + " not a trader's message", {{"from", identity}});
    }
  });
}

void Leader::on_trader(const std::string& identity, const v1::TraderMessage& message) {
  sender_ = identity;
  if (message.incarnation() == 0) {
    if (const auto* process = traders_.find(identity)) on_standby(process->place, message);
    return;
  }
  const auto slot = message.slot();
  const auto incarnation = message.incarnation();
  const auto now = loop_.now();
  switch (message.body_case()) {
    case v1::TraderMessage::kHello:
      return act(roster_.hello(slot, incarnation, now));
    case v1::TraderMessage::kReady:
      return act(roster_.ready(slot, incarnation, now));
    case v1::TraderMessage::kStateUpdated:
      return act(roster_.state_updated(slot, incarnation, read(message.state_updated()), now));
    case v1::TraderMessage::kHeartbeat:
      return roster_.heard(slot, incarnation, now);
    case v1::TraderMessage::BODY_NOT_SET:
      return;
  }
}

void Leader::on_standby(const Place& place, const v1::TraderMessage& message) {
  const auto now = loop_.now();
  // It may have been given a slot in the meantime.
  if (place.kind == Place::Kind::kSlot) {
    return roster_.heard(place.number, place.incarnation, now);
  }
  if (!message.has_ready()) return reserve_.heard(member_at(place), now);
  reserve_.ready(member_at(place), now);
  report(place, traders_.pid_of(place), v1::Event::READY);
  status_changed();
}

void Leader::on_signals() {
  while (const auto signal_number = signals_.read()) {
    if (*signal_number == SIGCHLD) {
      on_deaths();
    } else {
      // That is not to have finished, even if the next thing that the supervisor says is to finish.
      if (exit_status_ == runtime::kExitOk) exit_status_ = runtime::kExitTerminated;
      reserve_.stop();
      act(roster_.stop());
    }
  }
}

void Leader::on_deaths() {
  // What the dead had to say comes first.
  drain_traders();
  // Who died is settled before anybody is started, for a pid is free again as soon as it is reaped.
  std::vector<std::pair<Place, runtime::Death>> deaths;
  runtime::reap([&](const runtime::Death& death) {
    const auto* process = traders_.find(death.pid);
    if (process == nullptr) return;
    deaths.emplace_back(process->place, death);
    deaths.back().second.reason = runtime::explain(death.reason, process->child, oom_kills_);
  });
  // Standbys first, so that no slot is given to a dead one.
  std::ranges::stable_partition(
      deaths, [](const auto& death) { return death.first.kind == Place::Kind::kStandby; });
  for (const auto& [place, death] : deaths) on_death(place, death);
  for (const auto& [place, death] : deaths) traders_.forget(place);
}

void Leader::on_death(const Place& place, const runtime::Death& death) {
  if (place.kind == Place::Kind::kSlot) {
    return act(
        roster_.exited(place.number, place.incarnation, death.reason, loop_.now(), jitter()));
  }
  report(place, death.pid, v1::Event::DIED, death.reason.to_string());
  reserve_.exited(member_at(place), death.reason.to_string(), loop_.now(), jitter());
  set_timer();
  status_changed();
}

// ---- status ----

Place Leader::place_of(std::uint32_t slot) const {
  const auto found = roster_.slots().find(slot);
  return {.kind = Place::Kind::kSlot,
          .number = slot,
          .incarnation = found != roster_.slots().end() ? found->second.child.incarnation() : 0};
}

std::string Leader::name_of(std::uint32_t slot) const {
  return trader_name(options_.symbol, place_of(slot));
}

void Leader::status_changed() {
  if (!status_timer_.is_set()) status_timer_.set_after(kStatusInterval);
}

void Leader::push_status() {
  v1::ChildMessage message;
  auto& status = *message.mutable_symbol_status();
  status.set_symbol(options_.symbol);
  status.set_reason(store_trouble_);
  const auto add = [&](std::uint32_t number, const auto& what, const Place& place) {
    const auto* process = traders_.find(place);
    *status.add_traders() =
        process == nullptr ? leader::status(number, what, 0, 0)
                           : leader::status(number, what, process->child.pid(), process->started);
  };
  for (const auto& [number, slot] : roster_.slots()) add(number, slot, place_of(number));
  for (std::uint32_t number = 0; number < reserve_.places().size(); ++number) {
    const auto& place = reserve_.places()[number];
    add(number, place,
        leader::place_of({.number = number, .incarnation = place.life.incarnation()}));
  }
  supervisor_.send(std::move(message));
}

}  // namespace naive::leader
