#pragma once

#include <optional>
#include <string>
#include <vector>

#include "supervision/child_state.h"

namespace naive::leader {

using supervision::TimePoint;

/// The standbys of one symbol: traders without a slot that run, are connected and subscribed, and only wait to be told
/// whose place they take. Pure, like the Roster. Nothing rests on them: when there is none, a trader is started.
///
/// One that was taken is replaced kRefillDelay later, when the slot it went to should run again. One that dies is replaced
/// as its restart policy says; a quarantine passes by itself after kProbation, for nobody would notice it.
class Reserve {
 public:
  struct Config {
    std::uint32_t size = 0;
    supervision::RestartPolicy restarts;
    std::chrono::milliseconds silence_limit = supervision::kDefaultSilenceLimit;
  };
  static constexpr std::chrono::milliseconds kRefillDelay{20};
  static constexpr std::chrono::seconds kProbation{60};

  explicit Reserve(const Config& config);

  /// Which process of the reserve: never used for another one in the life of a leader.
  struct Member {
    std::uint32_t number;
    std::uint32_t incarnation;

    friend bool operator==(const Member&, const Member&) = default;
  };

  void begin(TimePoint now);
  /// Ends it: nothing is started any more.
  void stop();
  /// Those to be started now.
  std::vector<Member> due(TimePoint now);
  /// Those that have been silent for too long, each once.
  std::vector<Member> silent(TimePoint now);
  /// As Roster::excuse_silence().
  void excuse_silence(TimePoint now);
  /// When to ask due() and silent() again.
  std::optional<TimePoint> next_tick() const;

  void heard(Member member, TimePoint now);
  void ready(Member member, TimePoint now);
  /// One that is ready, and from now on belongs to whoever takes it; none when there is none.
  std::optional<Member> take(TimePoint now);
  /// Ended, or could not be started.
  /// No process could be made of it: the machine is short of something, which passes.
  void start_failed(Member member, const std::string& reason, TimePoint now, double jitter);
  void exited(Member member, const std::string& reason, TimePoint now, double jitter);

  struct Place {
    supervision::ChildState life;
    TimePoint last_heard{};
    std::optional<TimePoint> refill_at{};
  };
  const std::vector<Place>& places() const { return places_; }

 private:
  Place* current(Member member);

  Config config_;
  std::vector<Place> places_;
  bool stopped_ = true;
};

}  // namespace naive::leader
