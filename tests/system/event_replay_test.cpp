// Whoever follows `events` knows the tree as `status` tells it.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <naive/v1/events.pb.h>
#include <signal.h>

#include <map>
#include <ostream>
#include <random>
#include <set>
#include <zmq.hpp>

#include "tests/support/system.h"

namespace naive::test {
namespace {

/// What events tell of a process, or status does.
struct Process {
  pid_t pid = 0;
  std::uint32_t incarnation = 0;
  bool ready = false;

  friend bool operator==(const Process&, const Process&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Process& process) {
    return out << process.pid << '#' << process.incarnation << (process.ready ? " ready" : "");
  }
};
/// Those that run, by name.
using Tree = std::map<std::string, Process>;

Tree tree_of(const v1::SystemStatus& status) {
  Tree tree;
  for (const auto& symbol : status.symbols()) {
    const auto& leader = symbol.leader();
    const bool running = symbol.state() == "running" || symbol.state() == "finishing";
    tree["leader " + symbol.symbol()] = {leader.pid(), leader.incarnation(), running};
    for (const auto& trader : symbol.traders()) {
      tree[fmt::format("trader {}/{}", symbol.symbol(), trader.slot())] = {
          trader.pid(), trader.incarnation(), trader.state() == "running"};
    }
  }
  for (const auto& service : status.services()) {
    tree[service.name()] = {service.pid(), service.restarts() + 1, service.state() == "running"};
  }
  std::erase_if(tree, [](const auto& entry) { return entry.second.pid == 0; });
  return tree;
}

/// The tree as events tell it. Each is checked against what was told before.
class Replay {
 public:
  explicit Replay(const std::filesystem::path& socket) {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.set(zmq::sockopt::subscribe, "");
    socket_.connect("ipc://" + socket.string());
  }

  void drain() {
    zmq::message_t frame;
    while (socket_.recv(frame, zmq::recv_flags::dontwait)) {
      v1::Event event;
      ASSERT_TRUE(event.ParseFromArray(frame.data(), static_cast<int>(frame.size())));
      EXPECT_TRUE(last_ == 0 || event.sequence() == last_ + 1) << last_ << " has a gap after it";
      last_ = event.sequence();
      SCOPED_TRACE(event.ShortDebugString());
      apply(event);
    }
  }
  bool has_begun() const { return last_ != 0; }
  const Tree& tree() const { return tree_; }
  /// Anything of this one has been told.
  bool knows(const std::string& name) const { return known_.contains(name); }

 private:
  void apply(const v1::Event& event) {
    // Who was there before the first event is not known.
    const bool known = !known_.insert(event.name()).second;
    const auto current = tree_.find(event.name());
    const bool runs = current != tree_.end();
    switch (event.what()) {
      case v1::Event::STARTED:
        EXPECT_FALSE(runs) << "up before down";
        EXPECT_GT(event.pid(), 0);
        tree_[event.name()] = {event.pid(), event.incarnation(), false};
        return;
      case v1::Event::READY:
        if (known) expect_current(event, runs);
        tree_[event.name()] = {event.pid(), event.incarnation(), true};
        return;
      case v1::Event::DIED:
      case v1::Event::STOPPED:
      case v1::Event::CYCLE_FINISHED:
        if (known) expect_current(event, runs);
        tree_.erase(event.name());
        return;
      default:  // of a place that has no process
        EXPECT_FALSE(runs);
        return;
    }
  }
  void expect_current(const v1::Event& event, bool runs) {
    ASSERT_TRUE(runs);
    EXPECT_EQ(event.pid(), tree_.at(event.name()).pid);
    EXPECT_EQ(event.incarnation(), tree_.at(event.name()).incarnation);
  }

  zmq::context_t context_;
  zmq::socket_t socket_{context_, zmq::socket_type::sub};
  std::uint64_t last_ = 0;
  Tree tree_;
  std::set<std::string> known_;
};

TEST(Events, TheirReplayIsTheTreeThatStatusTells) {
  System system{"[symbols.XRPUSDT]\nchunks = 3\n[symbols.BTCUSDT]\nchunks = 3\n",
                "[supervision]\nmax_restarts = 1000\n"};
  for (const char* symbol : {"XRPUSDT", "BTCUSDT"}) {
    for (const std::uint32_t slot : {0U, 1U, 2U}) system.until_running(symbol, slot);
  }
  Replay replay{system.run_directory() / "events"};
  const Tree begin = tree_of(system.status());
  const auto until_replayed = [&] {
    system.until("replay and status agree, and all run", [&] {
      replay.drain();
      const Tree now = tree_of(system.status());
      return now == replay.tree() && now.size() == begin.size() &&
             std::ranges::all_of(now, [](const auto& entry) { return entry.second.ready; });
    });
  };
  system.until("the first event is heard", [&] {
    ::kill(system.trader("XRPUSDT", 0).pid(), SIGKILL);
    replay.drain();
    return replay.has_begun();
  });
  for (const auto& [name, process] : begin) {  // traders go with their leaders
    if (!name.starts_with("trader ")) ::kill(process.pid, SIGKILL);
  }
  until_replayed();
  for (const auto& [name, process] : begin) EXPECT_TRUE(replay.knows(name)) << name;

  std::minstd_rand random{7};
  for (int round = 0; round < 5; ++round) {
    for (const auto& [name, process] : tree_of(system.status())) {
      if (random() % 3 == 0) ::kill(process.pid, SIGKILL);
    }
    EXPECT_TRUE(system.stop_trading("BTCUSDT").ok());
    EXPECT_TRUE(system.start_trading("BTCUSDT").ok());
    until_replayed();
  }
}

}  // namespace
}  // namespace naive::test
