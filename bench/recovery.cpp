// kill -9 of a supervised process, until the next one is ready: ours, and whatever other supervisors this machine has, in
// turns, so that they meet the same weather. Ours is measured from outside, at the `events` socket: a trader that has its
// stored state, and hears prices and orders. The others start bench/child.cpp, which restores nothing.
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <thread>

#include "bench/statistics.h"
#include "bench/trader_killer.h"
#include "supervision/backoff.h"
#include "tests/support/system.h"

namespace naive::bench {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::chrono::seconds kPatience{15};
/// Who died a moment ago is made to wait by every supervisor, by ours for longest: a child lives that long before it is
/// killed again.
constexpr auto kHealthy = supervision::Backoff::kHealthy + 1s;
/// What a restart leaves to be done, logs and a new standby, is not to disturb the next one.
constexpr auto kAftermath = 50ms;

/// Something that supervises children 0 … n-1.
class Contestant {
 public:
  virtual ~Contestant() = default;
  virtual std::string name() const = 0;
  virtual std::string restores() const = 0;
  /// Kills one and waits for the next; nullopt when none came.
  virtual std::optional<Milliseconds> kill(int child) = 0;
};

/// Our traders, started when they are needed, or standing by.
class Naive : public Contestant {
 public:
  Naive(int children, int standby)
      : standby_(standby),
        system_(fmt::format("[symbols.XRPUSDT]\nchunks = {}\nstandby = {}\n", children, standby),
                "[supervision]\nmax_restarts = 1000\n", {.sync_points = false}),
        killer_(system_) {
    for (int slot = 0; slot < children; ++slot)
      system_.until_running("XRPUSDT", static_cast<std::uint32_t>(slot));
  }

  std::string name() const override { return standby_ == 0 ? "naive" : "naive, standby = 1"; }
  std::string restores() const override { return "state, order, prices"; }

  std::optional<Milliseconds> kill(int child) override {
    until_standby();
    return killer_.kill("XRPUSDT", static_cast<std::uint32_t>(child));
  }

 private:
  void until_standby() const {
    if (standby_ == 0) return;
    system_.until("a trader stands by", [this] {
      const auto symbol = system_.symbol("XRPUSDT");
      return std::ranges::any_of(symbol.traders(), [](const auto& trader) {
        return trader.standby() && trader.state() == "running";
      });
    });
  }

  int standby_;
  test::System system_;
  TraderKiller killer_;
};

/// Where children say that they run.
class ReadySocket {
 public:
  explicit ReadySocket(const fs::path& path)
      : path_(path), fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    ::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    const timeval patience{.tv_sec = kPatience.count(), .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ReadySocket(const ReadySocket&) = delete;
  ReadySocket& operator=(const ReadySocket&) = delete;
  ~ReadySocket() { ::close(fd_); }

  const fs::path& path() const { return path_; }
  /// A child's number and its pid.
  std::optional<std::pair<int, pid_t>> next() const {
    struct {
      int number;
      pid_t pid;
    } ready{};
    if (::recv(fd_, &ready, sizeof ready, 0) != sizeof ready) return std::nullopt;
    return std::pair{ready.number, ready.pid};
  }

 private:
  fs::path path_;
  int fd_;
};

/// Any supervisor of Unix processes: told in files what to run.
class Other : public Contestant {
 public:
  struct Recipe {
    std::string name;
    std::string executable;
    std::string restores = "nothing";
    /// Writes what it needs into its directory; returns the command lines to start, without the executable.
    std::function<std::vector<std::vector<std::string>>(
        const fs::path& directory, const std::string& child, const fs::path& socket, int children)>
        prepare;
  };

  Other(const Recipe& recipe, int children) : recipe_(recipe), ready_(directory_.path() / "ready") {
    for (auto& arguments :
         recipe.prepare(directory_.path(), NAIVE_BENCH_CHILD, ready_.path(), children)) {
      start(std::move(arguments));
    }
    while (static_cast<int>(pids_.size()) < children) {
      const auto ready = ready_.next();
      if (!ready) throw std::runtime_error(recipe.name + " did not start its children");
      pids_[ready->first] = ready->second;
    }
  }
  ~Other() override {
    for (const pid_t pid : supervisors_) ::kill(-pid, SIGKILL);
    for (const auto& [number, pid] : pids_) ::kill(pid, SIGKILL);
    for (const pid_t pid : supervisors_) ::waitpid(pid, nullptr, 0);
  }

  std::string name() const override { return recipe_.name; }
  std::string restores() const override { return recipe_.restores; }

  std::optional<Milliseconds> kill(int child) override {
    const auto killed = Clock::now();
    ::kill(pids_.at(child), SIGKILL);
    while (const auto ready = ready_.next()) {
      pids_[ready->first] = ready->second;
      if (ready->first == child) return Clock::now() - killed;
    }
    return std::nullopt;
  }

 private:
  void start(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), recipe_.executable);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    }
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    pid_t pid = 0;
    if (::posix_spawnp(&pid, argv[0], &actions, &attributes, argv.data(), environ) == 0)
      supervisors_.push_back(pid);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }

  Recipe recipe_;
  test::TemporaryDirectory directory_;
  ReadySocket ready_;
  std::vector<pid_t> supervisors_;
  std::map<int, pid_t> pids_;
};

/// A directory with an executable `run` for each child: what runit and s6 want.
std::vector<std::vector<std::string>> run_directories(const fs::path& directory,
                                                      const std::string& child,
                                                      const fs::path& socket, int children) {
  std::vector<std::vector<std::string>> commands;
  for (int i = 0; i < children; ++i) {
    const fs::path service = directory / fmt::format("service-{}", i);
    fs::create_directory(service);
    std::ofstream{service / "run"}
        << fmt::format("#!/bin/sh\nexec {} {} {}\n", child, socket.string(), i);
    fs::permissions(service / "run", fs::perms::owner_all);
    commands.push_back({service.string()});
  }
  return commands;
}

std::vector<std::vector<std::string>> supervisord(const fs::path& directory,
                                                  const std::string& child, const fs::path& socket,
                                                  int children) {
  const fs::path file = directory / "supervisord.conf";
  std::ofstream config{file};
  config << fmt::format(
      "[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile={}/pid\n",
      directory.string());
  for (int i = 0; i < children; ++i) {
    config << fmt::format(
        "[program:child{0}]\ncommand={1} {2} {0}\nautorestart=true\nstartsecs=1\n", i, child,
        socket.string());
  }
  return {{"-c", file.string()}};
}

/// An OTP supervisor with a gen_server for each child, which runs it behind a port.
std::vector<std::vector<std::string>> erlang(const fs::path&, const std::string& child,
                                             const fs::path& socket, int children) {
  return {{NAIVE_BENCH_ERLANG, child, socket.string(), std::to_string(children)}};
}

bool is_on_path(const std::string& executable) {
  std::istringstream folders{std::getenv("PATH") != nullptr ? std::getenv("PATH") : ""};
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((fs::path{folder} / executable).c_str(), X_OK) == 0) return true;
  }
  return false;
}

std::vector<std::unique_ptr<Contestant>> contestants(int children) {
  const std::vector<Other::Recipe> recipes{
      {.name = "Erlang/OTP, port program", .executable = "escript", .prepare = erlang},
      {.name = "runit", .executable = "runsv", .prepare = run_directories},
      {.name = "s6", .executable = "s6-supervise", .prepare = run_directories},
      {.name = "supervisord", .executable = "supervisord", .prepare = supervisord}};
  std::vector<std::unique_ptr<Contestant>> all;
  all.push_back(std::make_unique<Naive>(children, 0));
  all.push_back(std::make_unique<Naive>(children, 1));
  for (const auto& recipe : recipes) {
    if (is_on_path(recipe.executable)) {
      all.push_back(std::make_unique<Other>(recipe, children));
    } else {
      fmt::print("({} is not installed)\n", recipe.name);
    }
  }
  return all;
}

int run(int children, int rounds) {
  auto all = contestants(children);
  std::map<const Contestant*, std::vector<Milliseconds>> times;
  std::map<const Contestant*, int> never;
  auto healthy = Clock::now() + kHealthy;
  for (int round = 0; round < rounds; ++round) {
    std::this_thread::sleep_until(healthy);
    healthy = Clock::now() + kHealthy;
    for (int child = 0; child < children; ++child) {
      for (const auto& contestant : all) {
        std::this_thread::sleep_for(kAftermath);
        if (const auto time = contestant->kill(child)) {
          times[contestant.get()].push_back(*time);
        } else {
          ++never[contestant.get()];
        }
      }
    }
  }
  fmt::print("\n{:26} {:>9} {:>9} {:>7}  {}\n", "kill -9 to the next ready", "p50 ms", "p99 ms",
             "kills", "restores");
  for (const auto& contestant : all) {
    const auto& values = times[contestant.get()];
    fmt::print(
        "{:26} {:9.2f} {:9.2f} {:>7}  {}{}\n", contestant->name(), percentile(values, 50).count(),
        percentile(values, 99).count(), values.size(), contestant->restores(),
        never[contestant.get()] != 0 ? fmt::format(", {} never came back", never[contestant.get()])
                                     : "");
  }
  return 0;
}

}  // namespace
}  // namespace naive::bench

int main(int argc, char** argv) {
  int children = 20;
  int rounds = 10;
  CLI::App app{
      "kill -9 of a supervised process until the next one is ready, side by side with other "
      "supervisors."};
  app.add_option("--children", children, "Of each supervisor")->capture_default_str();
  app.add_option("--rounds", rounds, "How often each child is killed")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return naive::bench::run(children, rounds);
}
