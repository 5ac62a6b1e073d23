#include "supervisor/succession.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <naive/v1/handover.pb.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <memory>
#include <system_error>

#include "binance/credentials.h"
#include "runtime/log.h"
#include "runtime/memory_file.h"
#include "runtime/process.h"
#include "runtime/program.h"
#include "runtime/sync_point.h"
#include "supervisor/handover.h"
#include "supervisor/supervisor.h"
#include "supervisor/wishes.h"

namespace naive::supervisor {
namespace {

using runtime::AcrossExec;
using runtime::UniqueFd;

/// The image before this one, as far as it takes to become it again.
struct Predecessor {
  UniqueFd executable;  // none: this is the first one
  std::string config;
};

UniqueFd open_executable(const std::filesystem::path& file) {
  return UniqueFd{::open(file.c_str(), O_PATH | O_CLOEXEC)};
}

/// Returns or throws std::system_error only when it fails.
std::string exec(const UniqueFd& executable, const Options& options, const Premises& premises,
                 v1::Handover memory) {
  const UniqueFd self = open_executable("/proc/self/exe");
  memory.set_run_lock(premises.run_lock().get());
  memory.set_state_lock(premises.state_lock().get());
  memory.set_executable(self.get());
  const UniqueFd file = runtime::memory_file(memory.SerializeAsString());

  std::string name = memory.bin_directory() + "/supervisor";
  std::vector<std::string> arguments = options.arguments;
  arguments.push_back(fmt::format("--resume-from={}", file.get()));
  std::vector<char*> argv{name.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  const auto keep = [&](AcrossExec fate) {
    for (const UniqueFd* fd : {&premises.run_lock(), &premises.state_lock(), &self, &file}) {
      if (*fd) runtime::set_across_exec(fd->get(), fate);
    }
  };
  ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  keep(AcrossExec::kKept);
  ::execveat(executable.get(), "", argv.data(), environ, AT_EMPTY_PATH);
  const int failure = errno;
  keep(AcrossExec::kClosed);
  return fmt::format("cannot execute '{}': {}", name, std::strerror(failure));
}

/// Returns only when it fails: why.
std::string become(const UniqueFd& executable, const Options& options, const Premises& premises,
                   const v1::Handover& memory) {
  try {
    return exec(executable, options, premises, memory);
  } catch (const std::system_error& error) {
    return error.what();
  }
}

v1::Handover read_memory(int fd) {
  v1::Handover memory;
  if (!memory.ParseFromString(runtime::read_memory(fd))) {
    throw runtime::StartError(runtime::kExitDataError, "the memory to resume from is not readable");
  }
  return memory;
}

UniqueFd take_over(int fd) {
  if (fd >= 0) runtime::set_across_exec(fd, AcrossExec::kClosed);
  return UniqueFd{fd};
}

/// What is wrong with the world, before anything depends on it.
void check_world(const Config& config, const Options& options) {
  const auto key_file = surroundings(options, config).key_file;
  if (!config.exchange.key_file) binance::ensure_mock_credentials(key_file);
  binance::read_credentials(key_file);
}

/// The failed image has started nothing, so there is nothing to take back but itself.
v1::Handover way_back(v1::Handover memory, const std::string& reason) {
  v1::Rollout& rollout = *memory.mutable_rollout();
  rollout.set_purpose(v1::Rollout::REVERT);
  rollout.clear_names();
  rollout.set_reason(reason);
  rollout.mutable_from()->swap(*rollout.mutable_to());
  memory.set_bin_directory(rollout.to());
  return memory;
}

/// From image to image.
int live(const Options& options, const Config& config, const Premises& premises,
         const Predecessor& predecessor, runtime::SignalFd& signals,
         std::unique_ptr<Supervisor> supervisor) {
  while (auto memory = supervisor->run()) {
    runtime::sync_point({"supervisor", "upgrade", "remembered"});
    supervisor.reset();  // the last answers go out, and every socket is closed
    runtime::sync_point({"supervisor", "upgrade", "closed"});
    const bool back = memory->rollout().purpose() == v1::Rollout::REVERT;
    memory->set_config(back ? predecessor.config : config.text);
    const UniqueFd next =
        back ? UniqueFd{} : open_executable(memory->bin_directory() + "/supervisor");
    const std::string failure =
        become(back ? predecessor.executable : next, options, premises, *memory);
    log::error(failure);
    if (back) {
      memory->mutable_rollout()->set_state(v1::Rollout::FAILED);
      memory->mutable_rollout()->set_reason(memory->rollout().reason() + "; " + failure);
    } else {
      *memory = way_back(std::move(*memory), failure);
    }
    supervisor =
        std::make_unique<Supervisor>(config, surroundings(options, config), signals, &*memory);
  }
  return supervisor->exit_status();
}

int begin(const Options& options, runtime::SignalFd& signals) {
  runtime::raise_descriptor_limit();  // inherited by every later image, too
  const Config config = read_config(options.config);
  const Premises premises{options};
  check_world(config, options);
  return live(
      options, config, premises, Predecessor{}, signals,
      std::make_unique<Supervisor>(config, surroundings(options, config), signals, nullptr));
}

int resume(Options options, runtime::SignalFd& signals) {
  const v1::Handover memory = read_memory(options.memory);
  ::close(options.memory);
  ::prctl(PR_SET_NAME, "supervisor");  // execveat has called it after the descriptor
  runtime::sync_point({"supervisor", "upgrade", "begun"});
  const Premises premises{options, take_over(memory.run_lock()), take_over(memory.state_lock())};
  const Predecessor predecessor{take_over(memory.executable()), memory.config()};
  options.bin_directory = memory.bin_directory();
  Config config;
  std::unique_ptr<Supervisor> supervisor;
  try {
    const bool back = memory.rollout().purpose() == v1::Rollout::REVERT;
    config = back ? parse_config(options.config, memory.config()) : read_config(options.config);
    require_fit(memory, config);
    supervisor =
        std::make_unique<Supervisor>(config, surroundings(options, config), signals, &memory);
  } catch (const std::exception& error) {
    if (memory.rollout().purpose() == v1::Rollout::REVERT) throw;  // there is nobody else to ask
    const std::string reason = fmt::format("supervisor cannot go on: {}", error.what());
    log::error(reason);
    log::error(become(predecessor.executable, options, premises, way_back(memory, reason)));
    throw;
  }
  runtime::sync_point({"supervisor", "upgrade", "resumed"});
  return live(options, config, premises, predecessor, signals, std::move(supervisor));
}

}  // namespace

int run(const Options& options, runtime::SignalFd& signals) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // orphans of our children come to us
  return options.memory < 0 ? begin(options, signals) : resume(options, signals);
}

int check(const Options& options) {
  runtime::die_with_parent(::getppid());
  try {
    const Config config = read_config(options.config);
    require_fit(read_memory(options.memory), config);
    check_world(config, options);
    const Wishes wishes{options.state_directory / "symbols"};
    return runtime::kExitOk;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return runtime::kExitConfig;
  }
}

}  // namespace naive::supervisor
