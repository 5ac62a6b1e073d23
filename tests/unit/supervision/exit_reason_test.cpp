#include "supervision/exit_reason.h"

#include <gtest/gtest.h>

#include <csignal>

namespace naive::supervision {
namespace {

TEST(ExitReason, ReadsAsASentence) {
  EXPECT_EQ(ExitReason::exited(0).to_string(), "exited 0");
  EXPECT_EQ(ExitReason::exited(3).to_string(), "exited 3");
  EXPECT_EQ(ExitReason::killed(SIGKILL).to_string(), "killed by SIGKILL");
  EXPECT_EQ(ExitReason::killed(SIGSEGV).to_string(), "killed by SIGSEGV");
  EXPECT_EQ(ExitReason::killed(SIGRTMIN + 3).to_string(),
            "killed by signal " + std::to_string(SIGRTMIN + 3));
}

TEST(ExitReason, SaysWhatElseIsKnownOfASignal) {
  using Note = ExitReason::Note;
  EXPECT_EQ(ExitReason::killed(SIGSEGV).with(Note::kCoreDumped).to_string(),
            "killed by SIGSEGV - core dumped");
  const auto out_of_memory = ExitReason::killed(SIGKILL).with(Note::kOutOfMemory);
  EXPECT_EQ(out_of_memory.to_string(), "killed by SIGKILL - out of memory?");
  EXPECT_TRUE(out_of_memory.killed_by(SIGKILL));
  EXPECT_EQ(verdict(out_of_memory), Verdict::kCrash);
}

TEST(ExitReason, TellsAnExitFromASignalOfTheSameNumber) {
  EXPECT_TRUE(ExitReason::exited(9).exited_with(9));
  EXPECT_FALSE(ExitReason::exited(9).killed_by(9));
  EXPECT_TRUE(ExitReason::killed(9).killed_by(9));
  EXPECT_FALSE(ExitReason::killed(9).exited_with(9));
  EXPECT_NE(ExitReason::exited(9), ExitReason::killed(9));
}

TEST(Verdict, OfEveryExitStatus) {
  for (int status = 0; status <= 255; ++status) {
    const Verdict expected = status == 0    ? Verdict::kDone
                             : status == 75 ? Verdict::kTryLater
                             : status == 78 ? Verdict::kGiveUp
                                            : Verdict::kCrash;
    EXPECT_EQ(verdict(ExitReason::exited(status)), expected) << status;
  }
}

TEST(Verdict, EverySignalIsACrash) {
  for (int signal = 1; signal <= SIGRTMAX; ++signal) {
    EXPECT_EQ(verdict(ExitReason::killed(signal)), Verdict::kCrash) << signal;
  }
}

}  // namespace
}  // namespace naive::supervision
