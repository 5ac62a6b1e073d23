#include "tests/support/system.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <zmq.hpp>

#include "runtime/process.h"

namespace naive::test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Between two looks at something that another process is about to do.
constexpr std::chrono::milliseconds kLookAgain{2};

std::string read_file(const fs::path& file) {
  std::ifstream stream{file};
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

struct ProcessStat {
  char state = '\0';  // 'R', 'S', 'T' (stopped), 'Z', ...; 0: there is no such process
  pid_t parent = 0;
};

ProcessStat stat_of(pid_t pid) {
  const std::string stat = read_file(fmt::format("/proc/{}/stat", pid));
  const auto end_of_name = stat.rfind(')');
  if (end_of_name == std::string::npos) return {};
  return {.state = stat.at(end_of_name + 2), .parent = std::stoi(stat.substr(end_of_name + 4))};
}

std::vector<pid_t> all_processes() {
  std::vector<pid_t> found;
  for (const auto& entry : fs::directory_iterator{"/proc"}) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") == std::string::npos) found.push_back(std::stoi(name));
  }
  return found;
}

/// Reaps what has become ours.
void reap_strays() {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (fs::temp_directory_path() / "naive-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

bool is_alive(pid_t pid) {
  const char state = stat_of(pid).state;
  return state != '\0' && state != 'Z';
}

System::System(const std::string& symbols, const std::string& more, Setup setup)
    : setup_(std::move(setup)),
      run_directory_(directory_.path() / "run"),
      state_directory_(directory_.path() / "state"),
      sync_points_(directory_.path() / "sync") {
  fs::create_directory(sync_points_);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  write_config(symbols, more);
  start();
}

System::~System() {
  if (pid_ != 0) stop(SIGKILL);
  for (const pid_t pid : left_behind()) ::kill(pid, SIGKILL);
  reap_strays();
}

void System::write_config(const std::string& symbols, const std::string& more) const {
  const fs::path exchange_info = setup_.exchange_info.empty()
                                     ? fs::path{NAIVE_TEST_DATA} / "exchangeInfo.json"
                                     : setup_.exchange_info;
  const std::string tapes =
      setup_.pace == "stepped" ? "" : fmt::format("tapes = [\"{}\"]", NAIVE_TAPE);
  std::ofstream{directory_.path() / "naive.toml"} << fmt::format(
      R"([exchange]
name = "mock"
recv_window = 500
engine_timeout = 100

[exchange.mock]
port = 0
pace = "{}"
{}
exchange_info = ["{}"]

[defaults]
chunks = 1
profit_target = "0.001"
buy_down_interval = "0.0025"
budget = "100"

{}
{}
)",
      setup_.pace, tapes, exchange_info.string(), more, symbols);
}

void System::start() {
  const fs::path executable = fs::path{NAIVE_BIN} / "supervisor";
  std::vector<std::string> arguments{executable.string(),
                                     "--config",
                                     (directory_.path() / "naive.toml").string(),
                                     "--run-dir",
                                     run_directory_.string(),
                                     "--state-dir",
                                     state_directory_.string()};
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  std::vector<char*> environment;
  for (char** variable = environ; *variable != nullptr; ++variable)
    environment.push_back(*variable);
  std::string sync_points = "NAIVE_SYNC_POINTS=" + sync_points_.string();
  if (setup_.sync_points) environment.push_back(sync_points.data());
  environment.push_back(nullptr);

  const std::string log_file = (directory_.path() / "log").string();
  const pid_t test = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error(fmt::format("cannot start {}", executable.string()));
  if (pid_ == 0) {
    // A test that is ended by its time limit leaves nothing behind.
    runtime::die_with_parent(test);
    ::setpgid(0, 0);
    // What a script ignores that runs us in the background would be ignored by the supervisor, too.
    for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
    ::dup2(::open(log_file.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600), STDERR_FILENO);
    ::execve(executable.c_str(), argv.data(), environment.data());
    ::_exit(127);
  }
  exchange_.reset();
}

int System::wait_for_end() {
  int status = 0;
  until("the supervisor ends", [&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; });
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int System::stop(int signal_number) {
  ::kill(pid_, signal_number);
  return wait_for_end();
}

std::vector<pid_t> System::left_behind() const {
  reap_strays();
  std::vector<pid_t> found;
  for (const pid_t pid : all_processes()) {
    // Every process of ours names its run directory on its command line.
    const std::string command_line = read_file(fmt::format("/proc/{}/cmdline", pid));
    if (command_line.find(run_directory_.string()) != std::string::npos && is_alive(pid))
      found.push_back(pid);
  }
  return found;
}

std::size_t System::zombies() const {
  const auto ours = left_behind();
  return static_cast<std::size_t>(std::ranges::count_if(all_processes(), [&](pid_t pid) {
    const ProcessStat stat = stat_of(pid);
    return stat.state == 'Z' && std::ranges::find(ours, stat.parent) != ours.end();
  }));
}

std::string System::ask_raw(std::string_view request, std::chrono::milliseconds patience) const {
  static zmq::context_t context;
  zmq::socket_t socket{context, zmq::socket_type::req};
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::rcvtimeo, static_cast<int>(patience.count()));
  socket.connect("ipc://" + (run_directory_ / "control").string());
  socket.send(zmq::buffer(request));
  zmq::message_t reply;
  if (!socket.recv(reply)) throw std::runtime_error("no answer from the control socket\n" + log());
  return reply.to_string();
}

v1::ControlReply System::ask(const v1::ControlRequest& request) const {
  v1::ControlReply reply;
  if (!reply.ParseFromString(ask_raw(request.SerializeAsString()))) {
    throw std::runtime_error("the answer is no ControlReply");
  }
  return reply;
}

v1::ControlReply System::start_trading(const std::string& symbol) const {
  v1::ControlRequest request;
  request.mutable_start_trading()->set_symbol(symbol);
  return ask(request);
}

v1::ControlReply System::stop_trading(const std::string& symbol) const {
  v1::ControlRequest request;
  request.mutable_stop_trading()->set_symbol(symbol);
  return ask(request);
}

v1::SystemStatus System::status() const {
  v1::ControlRequest request;
  request.mutable_status();
  const std::string question = request.SerializeAsString();
  // While the supervisor becomes its next version a question is refused, or even lost.
  const auto give_up = Clock::now() + kDeadline;
  while (Clock::now() < give_up) {
    v1::ControlReply reply;
    try {
      reply.ParseFromString(ask_raw(question, std::chrono::seconds{2}));
    } catch (const std::runtime_error&) {
      continue;
    }
    if (reply.error().code() != "busy") return reply.status();
  }
  return ask(request).status();
}

v1::SymbolStatus System::symbol(const std::string& symbol) const {
  const auto all = status();
  for (const auto& entry : all.symbols()) {
    if (entry.symbol() == symbol) return entry;
  }
  return {};
}

v1::TraderStatus System::trader(const std::string& name, std::uint32_t slot) const {
  const auto of_symbol = symbol(name);
  for (const auto& entry : of_symbol.traders()) {
    if (entry.slot() == slot && !entry.standby()) return entry;
  }
  return {};
}

pid_t System::service(const std::string& name) const {
  const auto all = status();
  for (const auto& entry : all.services()) {
    if (entry.name() == name) return entry.pid();
  }
  return 0;
}

const Exchange& System::exchange() {
  if (!exchange_) {
    until("the exchange listens", [this] {
      const auto all = status();
      for (const auto& entry : all.services()) {
        if (entry.name() == "binance_mock" && !entry.endpoint().empty())
          exchange_.emplace(entry.endpoint());
      }
      return exchange_.has_value();
    });
  }
  return *exchange_;
}

std::string System::log() const { return read_file(directory_.path() / "log"); }

void System::until(const std::string& what, const std::function<bool()>& is_so) const {
  const auto give_up = Clock::now() + kDeadline;
  while (!is_so()) {
    if (Clock::now() > give_up) {
      throw std::runtime_error(fmt::format("in vain waited until {}\n{}", what, log()));
    }
    ::usleep(static_cast<useconds_t>(std::chrono::microseconds{kLookAgain}.count()));
  }
}

void System::until_log_says(const std::string& text) const {
  until("the log says: " + text, [&] { return log().find(text) != std::string::npos; });
}

void System::until_running(const std::string& symbol, std::uint32_t slot) const {
  until(fmt::format("trader {}/{} runs", symbol, slot),
        [&] { return trader(symbol, slot).state() == "running"; });
}

void System::until_phase(const std::string& symbol, const std::string& phase) const {
  until(fmt::format("{} is {}", symbol, phase), [&] { return trader(symbol).phase() == phase; });
}

void System::suspend(pid_t pid) const {
  ::kill(pid, SIGSTOP);
  until("the process is suspended", [&] { return stat_of(pid).state == 'T'; });
}

void System::arm(const std::string& sync_point) const { std::ofstream{sync_points_ / sync_point}; }

pid_t System::until_stopped_at(const std::string& sync_point) const {
  const std::string prefix = sync_point + "@";
  pid_t pid = 0;
  until("a process stops at " + sync_point, [&] {
    for (const auto& entry : fs::directory_iterator{sync_points_}) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(prefix)) pid = std::stoi(name.substr(prefix.size()));
    }
    return pid != 0 && stat_of(pid).state == 'T';
  });
  return pid;
}

}  // namespace naive::test
