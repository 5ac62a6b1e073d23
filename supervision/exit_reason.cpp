#include "supervision/exit_reason.h"

#include <cstring>
#include <string_view>

namespace naive::supervision {
namespace {

std::string_view words(ExitReason::Note note) {
  switch (note) {
    case ExitReason::Note::kNone:
      return "";
    case ExitReason::Note::kCoreDumped:
      return " - core dumped";
    case ExitReason::Note::kOutOfMemory:
      return " - out of memory?";
  }
  return "";
}

}  // namespace

std::string ExitReason::to_string() const {
  if (kind_ == Kind::kExited) return "exited " + std::to_string(value_);
  const char* name = ::sigabbrev_np(value_);
  std::string text = name != nullptr ? std::string{"killed by SIG"} + name
                                     : "killed by signal " + std::to_string(value_);
  return text += words(note_);
}

Verdict verdict(const ExitReason& reason) {
  constexpr int kOk = 0;
  constexpr int kTempFail = 75;
  constexpr int kConfig = 78;
  if (reason.exited_with(kOk)) return Verdict::kDone;
  if (reason.exited_with(kTempFail)) return Verdict::kTryLater;
  if (reason.exited_with(kConfig)) return Verdict::kGiveUp;
  return Verdict::kCrash;
}

}  // namespace naive::supervision
