#include "naivectl/request.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstring>

#include "runtime/program.h"

namespace naive::naivectl {
namespace {

constexpr std::array<std::string_view, 3> kServices{"binance_mock", "gateway", "streamer"};

/// The whole text as a number that is not negative, else -1.
int number(std::string_view text) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : -1;
}

}  // namespace

std::string full_name(std::string_view name) {
  const std::string given{name};
  if (given.find(' ') != std::string::npos ||
      std::ranges::find(kServices, name) != kServices.end()) {
    return given;
  }
  return (given.find('/') != std::string::npos ? "trader " : "leader ") + given;
}

int signal_number(std::string_view text) {
  if (const int value = number(text); value >= 0) return value <= SIGRTMAX ? value : 0;
  if (text.starts_with("SIG")) text.remove_prefix(3);
  for (int signal = 1; signal < SIGRTMIN; ++signal) {
    const char* name = ::sigabbrev_np(signal);
    if (name != nullptr && text == name) return signal;
  }
  return 0;
}

v1::ControlRequest kill_request(const std::string& target, int signal_number) {
  v1::ControlRequest request;
  v1::KillChild& kill = *request.mutable_kill();
  if (const int pid = number(target); pid >= 0) {
    kill.set_pid(pid);
  } else {
    kill.set_name(full_name(target));
  }
  kill.set_signal(signal_number);
  return request;
}

int exit_status(const v1::ControlReply& reply) {
  if (reply.ok()) return runtime::kExitOk;
  const std::string& code = reply.error().code();
  if (code == "invalid_symbol" || code == "bad_request") return runtime::kExitDataError;
  if (code == "timeout" || code == "busy" || code == "in_progress") return runtime::kExitTempFail;
  if (code == "unavailable" || code == "shutdown") return runtime::kExitUnavailable;
  return 1;
}

}  // namespace naive::naivectl
