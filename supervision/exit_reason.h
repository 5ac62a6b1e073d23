#pragma once

#include <string>

namespace naive::supervision {

/// How a process ended, as waitid(2) tells it.
class ExitReason {
 public:
  static ExitReason exited(int status) { return {Kind::kExited, status}; }
  static ExitReason killed(int signal_number) { return {Kind::kKilled, signal_number}; }

  /// What else is known of the death by a signal.
  enum class Note {
    kNone,
    kCoreDumped,
    kOutOfMemory,  // perhaps: the kernel has killed somebody for want of memory just now
  };
  ExitReason with(Note note) const { return {kind_, value_, note}; }

  /// "exited 3", "killed by SIGKILL", "killed by SIGSEGV - core dumped", "killed by SIGKILL - out of memory?".
  std::string to_string() const;

  bool exited_with(int status) const { return kind_ == Kind::kExited && value_ == status; }
  bool killed_by(int signal_number) const { return kind_ == Kind::kKilled && value_ == signal_number; }

  friend bool operator==(const ExitReason&, const ExitReason&) = default;

 private:
  enum class Kind { kExited, kKilled };
  ExitReason(Kind kind, int value, Note note = Note::kNone)
      : kind_(kind), value_(value), note_(note) {}

  Kind kind_;
  int value_;
  Note note_;
};

/// What an exit asks the parent for.
enum class Verdict {
  kDone,      // 0: finished what it was started for
  kTryLater,  // 75, EX_TEMPFAIL: start again after a while
  kGiveUp,    // 78, EX_CONFIG: will not get better by itself
  kCrash,     // anything else, every signal included
};

Verdict verdict(const ExitReason& reason);

}  // namespace naive::supervision
