#include "bench/trader_killer.h"

#include <fmt/format.h>
#include <naive/v1/events.pb.h>
#include <signal.h>

namespace naive::bench {

TraderKiller::TraderKiller(const test::System& system)
    : system_(system), events_(context_, zmq::socket_type::sub) {
  constexpr int kPatience = 15'000;  // milliseconds
  events_.set(zmq::sockopt::linger, 0);
  events_.set(zmq::sockopt::rcvhwm, 0);
  events_.set(zmq::sockopt::rcvtimeo, kPatience);
  events_.set(zmq::sockopt::subscribe, "");
  events_.connect("ipc://" + (system.run_directory() / "events").string());
}

std::optional<Milliseconds> TraderKiller::kill(const std::string& symbol, std::uint32_t slot) {
  const auto trader = system_.trader(symbol, slot);
  const std::string name = fmt::format("trader {}/{}", symbol, slot);
  const auto killed = Clock::now();
  if (trader.pid() == 0 || ::kill(trader.pid(), SIGKILL) != 0) return std::nullopt;
  zmq::message_t message;
  while (events_.recv(message)) {
    const auto now = Clock::now();
    v1::Event event;
    event.ParseFromArray(message.data(), static_cast<int>(message.size()));
    if (event.what() == v1::Event::READY && event.name() == name &&
        event.incarnation() == trader.incarnation() + 1) {
      return now - killed;
    }
  }
  return std::nullopt;
}

}  // namespace naive::bench
