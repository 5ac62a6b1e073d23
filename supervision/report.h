#pragma once

#include <string>
#include <string_view>

/// OTP's reports on what happens below a supervisor, in the single-line form of its logger, so that whoever reads or
/// collects those can read ours.
namespace naive::supervision {

enum class Context {
  kStartError,       // could not be executed, or ended before it was ready
  kChildTerminated,  // ended although nobody had told it to
  kShutdownError,    // was told to stop, and ended otherwise
  kShutdown,         // is not started again: it has used up its restarts
};

/// The reason in the report of a Context::kShutdown, in OTP's words.
inline constexpr std::string_view kReachedMaxRestartIntensity = "reached_max_restart_intensity";

/// A process as a report names it. pid 0: there was none.
struct Offender {
  std::string_view id;
  int pid = 0;
};

/// "SUPERVISOR REPORT Supervisor: leader BTCUSDT. Context: child_terminated. Reason: killed by SIGKILL.
/// Offender: id=trader BTCUSDT/0,pid=4711."
std::string supervisor_report(std::string_view supervisor, Context context, std::string_view reason,
                              const Offender& offender);
/// "PROGRESS REPORT Supervisor: supervisor. Started: id=gateway,pid=4711."
std::string progress_report(std::string_view supervisor, const Offender& started);

}  // namespace naive::supervision
