#include "trader/codec.h"

#include <gtest/gtest.h>

#include "world.h"

namespace naive::trader::test {
namespace {

State round_trip(const State& state) {
  v1::TraderState written;
  write(state, written);
  v1::TraderState parsed;
  EXPECT_TRUE(parsed.ParseFromString(written.SerializeAsString()));
  return read(parsed);
}

TEST(StateCodec, EveryPhaseComesBackAsItWas) {
  for (const Phase phase :
       {Phase::kAwaitingPrice, Phase::kBuying, Phase::kResolvingBuy, Phase::kBuyOpen,
        Phase::kSelling, Phase::kResolvingSell, Phase::kSellOpen, Phase::kFinished}) {
    State state = at(phase).state;
    state.reason = "because";
    state.buy.carried_commission = {.base = amount<Quantity>("0.1"),
                                    .quote = amount<market::Money>("0.2"),
                                    .other = amount<market::Decimal>("0.3"),
                                    .other_asset = "BNB"};
    EXPECT_EQ(round_trip(state), state) << to_string(phase);
  }
}

TEST(StateCodec, APhaseOfANewerBinaryIsResolvedFirst) {
  v1::TraderState written;
  write(at(Phase::kBuyOpen).state, written);
  written.set_phase(static_cast<v1::Phase>(77));
  EXPECT_EQ(read(written).phase, Phase::kAwaitingPrice);
  write(at(Phase::kSellOpen).state, written);
  written.set_phase(static_cast<v1::Phase>(77));
  EXPECT_EQ(read(written).phase, Phase::kSelling);
}

TEST(StateCodec, FieldsOfANewerBinaryDoNotHurt) {
  v1::TraderState written;
  write(at(Phase::kSellOpen).state, written);
  std::string bytes = written.SerializeAsString();
  bytes += "\xfa\x3f\x03new";  // field 1023, length-delimited
  v1::TraderState parsed;
  ASSERT_TRUE(parsed.ParseFromString(bytes));
  EXPECT_EQ(read(parsed), at(Phase::kSellOpen).state);
}

TEST(StateCodec, AnEmptyStateIsAFreshOne) { EXPECT_EQ(read(v1::TraderState{}), State{}); }

TEST(ReplyCodec, WhateverIsNotAnOutcomeOfAPlacementIsUnknown) {
  v1::GatewayReply reply;
  EXPECT_TRUE(std::holds_alternative<Unknown>(answer_to_place(reply, "x")));
  reply.mutable_unavailable();
  EXPECT_TRUE(std::holds_alternative<Unknown>(answer_to_place(reply, "x")));
  EXPECT_TRUE(std::holds_alternative<Unavailable>(answer_to_query(v1::GatewayReply{}, "x")));
}

}  // namespace
}  // namespace naive::trader::test
