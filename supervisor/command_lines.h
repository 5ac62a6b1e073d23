#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "supervisor/config.h"
#include "supervisor/node.h"

namespace naive::supervisor {

/// What the supervisor itself was told, and passes on.
struct Surroundings {
  std::filesystem::path bin_directory;  // of the other executables
  std::filesystem::path run_directory;
  std::filesystem::path state_directory;
  std::filesystem::path key_file;
  std::string log_format;
  std::string log_level;
  pid_t pid = 0;                       // our own
  std::vector<std::string> arguments;  // our own, for the next image of this process
};

/// An executable's name and its arguments.
struct CommandLine {
  std::string program;
  std::vector<std::string> arguments;
};

inline constexpr const char* kMock = "binance_mock";
inline constexpr const char* kGateway = "gateway";
inline constexpr const char* kStreamer = "streamer";

/// The services that this configuration needs, in start order.
std::vector<std::string> services(const Config& config);

/// How a node's next process is started. `mock_endpoint`: where the mock said it listens,
/// "http://127.0.0.1:4711"; empty before it has been ready.
CommandLine command_line(const Node& node, const Config& config, const Surroundings& surroundings,
                         const std::string& mock_endpoint);

}  // namespace naive::supervisor
