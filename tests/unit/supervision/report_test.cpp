#include "supervision/report.h"

#include <gtest/gtest.h>

namespace naive::supervision {
namespace {

TEST(SupervisorReport, IsOtpsSingleLine) {
  EXPECT_EQ(supervisor_report("leader BTCUSDT", Context::kChildTerminated, "killed by SIGKILL",
                              {.id = "trader BTCUSDT/0", .pid = 4711}),
            "SUPERVISOR REPORT Supervisor: leader BTCUSDT. Context: child_terminated. "
            "Reason: killed by SIGKILL. Offender: id=trader BTCUSDT/0,pid=4711.");
}

TEST(SupervisorReport, NamesEveryContextAsOtpDoes) {
  const std::pair<Context, std::string> words[] = {{Context::kStartError, "start_error"},
                                                   {Context::kChildTerminated, "child_terminated"},
                                                   {Context::kShutdownError, "shutdown_error"},
                                                   {Context::kShutdown, "shutdown"}};
  for (const auto& [context, word] : words) {
    EXPECT_EQ(
        supervisor_report("s", context, "r", {.id = "i", .pid = 1}),
        "SUPERVISOR REPORT Supervisor: s. Context: " + word + ". Reason: r. Offender: id=i,pid=1.");
  }
}

TEST(SupervisorReport, WhoNeverRanHasNoPid) {
  EXPECT_EQ(
      supervisor_report("supervisor", Context::kStartError, "no such file", {.id = "gateway"}),
      "SUPERVISOR REPORT Supervisor: supervisor. Context: start_error. Reason: no such file. "
      "Offender: id=gateway,pid=undefined.");
}

TEST(ProgressReport, IsOtpsSingleLine) {
  EXPECT_EQ(progress_report("supervisor", {.id = "gateway", .pid = 4711}),
            "PROGRESS REPORT Supervisor: supervisor. Started: id=gateway,pid=4711.");
}

}  // namespace
}  // namespace naive::supervision
