#include "supervision/report.h"

namespace naive::supervision {
namespace {

std::string_view to_string(Context context) {
  switch (context) {
    case Context::kStartError:
      return "start_error";
    case Context::kChildTerminated:
      return "child_terminated";
    case Context::kShutdownError:
      return "shutdown_error";
    case Context::kShutdown:
      return "shutdown";
  }
  return "";
}

std::string to_string(const Offender& offender) {
  const std::string pid = offender.pid == 0 ? "undefined" : std::to_string(offender.pid);
  return "id=" + std::string{offender.id} + ",pid=" + pid + '.';
}

}  // namespace

std::string supervisor_report(std::string_view supervisor, Context context, std::string_view reason,
                              const Offender& offender) {
  std::string line = "SUPERVISOR REPORT Supervisor: ";
  line += supervisor;
  line += ". Context: ";
  line += to_string(context);
  line += ". Reason: ";
  line += reason;
  line += ". Offender: ";
  line += to_string(offender);
  return line;
}

std::string progress_report(std::string_view supervisor, const Offender& started) {
  std::string line = "PROGRESS REPORT Supervisor: ";
  line += supervisor;
  line += ". Started: ";
  line += to_string(started);
  return line;
}

}  // namespace naive::supervision
