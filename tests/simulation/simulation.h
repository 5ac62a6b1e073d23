#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace naive::simulation {

/// A protocol with one rule taken out, each the mistake of some real system. The simulation must catch every one.
enum class Broken {
  kNothing,
  kIdsAreGenerated,            // rule 1: an id is random instead of computed
  kAttemptIsUsedBeforeStored,  // rule 2
  kSellIsPlacedBeforeStored,   // rule 2
  kIncarnationsBeginAnew,      // rule 2: with every leader
  kSuccessorDoesNotResolve,    // rule 3
  kNotFoundIsBelievedAtOnce,   // rule 4: no fence
  kAnyGatewayIsAWitness,       // rule 4: whatever its epoch
  kNewGatewayIsAWitness,       // rule 4: trusted with an attempt that was sent before it began
  kFenceIsJudgedByTheAnswer,   // rule 4: by when it is heard, not by when it was asked for
  kFenceIsKept,                // rule 4: when its question is answered, for the next one
  kUnknownIsRetried,           // rule 5: a time-out is taken for a failure
  kGatewayRepeatsPosts,        // rule 6
  kGatewayAnswersDuringAPost,  // rule 6: a query does not wait for the POST of the same id
  kGatewayForgetsIncarnations,  // rule 6: a dead trader's request is sent after its successor has asked
  kTouchIsTakenForAFill,        // rule 7
  kCommissionIsIgnored,         // rule 7: sells what was bought, not what is there
  kLastWordCounts,              // rule 7: an order's update replaces what was known
  kNobodyAsks,                  // rule 8: only the order stream tells of fills
  kStateGoesBackwards,          // the leader takes updates of anybody
};
std::string to_string(Broken broken);
std::vector<Broken> all_broken();

struct Outcome {
  std::optional<std::string> violation;
  int cycles = 0;
  int orders = 0;
  int crashes = 0;
};

/// One run: a leader, its traders, the gateway and the exchange, all of them the product's own cores, in virtual time.
/// For a few seconds everything crashes and fails; then the faults stop and every slot has to trade again. The
/// invariants I1 to I6 are checked all along, against the exchange's ledger.
Outcome run(std::uint64_t seed, Broken broken = Broken::kNothing, bool trace = false);

}  // namespace naive::simulation
