#include "gateway/order_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

namespace naive::gateway {

void PrintTo(const OrderDesk::Reply& reply, std::ostream* out) {
  static constexpr const char* kNames[] = {"Accepted",    "Rejected", "NotSent",
                                           "Unknown",     "Found",    "NotFound",
                                           "Unavailable", "Rules",    "InvalidSymbol"};
  *out << kNames[reply.answer.index()] << " to " << reply.to.identity << '#' << reply.to.request_id;
}

namespace {

using namespace std::chrono_literals;
using Reply = OrderDesk::Reply;
using Post = OrderDesk::Post;
using Cancel = OrderDesk::Cancel;
using Fetch = OrderDesk::Fetch;
using testing::ElementsAre;
using testing::IsEmpty;

const TimePoint kNow{1000s};
const Asker kTrader{"trader", 1};
const Asker kSuccessor{"successor", 1};
const OrderName kName{"BTCUSDT", "n1-BTCUSDT-0-1-B1"};

PlaceOrder order(const std::string& id = kName.client_order_id) {
  return {.symbol = kName.symbol,
          .client_order_id = id,
          .side = market::Side::kBuy,
          .price = market::Price::from_units(100),
          .quantity = market::Quantity::from_units(5),
          .deadline = kNow + 1s};
}

market::Order on_exchange(market::OrderStatus status = market::OrderStatus::kNew) {
  return {.client_order_id = kName.client_order_id,
          .order_id = 28,
          .status = status,
          .price = market::Price::from_units(100),
          .quantity = market::Quantity::from_units(5)};
}

/// The answer in a single reply, and that it is one.
template <class Wanted>
std::optional<Wanted> only_answer(const OrderDesk::Actions& actions, const Asker& to) {
  if (actions.size() != 1) return std::nullopt;
  const auto* reply = std::get_if<Reply>(&actions[0]);
  if (reply == nullptr || reply->to != to) return std::nullopt;
  const auto* answer = std::get_if<Wanted>(&reply->answer);
  return answer != nullptr ? std::optional{*answer} : std::nullopt;
}

/// The ticket of a single fetch.
std::optional<std::uint64_t> only_fetch(const OrderDesk::Actions& actions) {
  if (actions.size() != 1 || !std::holds_alternative<Fetch>(actions[0])) return std::nullopt;
  return std::get<Fetch>(actions[0]).ticket;
}

class OrderDeskTest : public testing::Test {
 protected:
  /// Places and finishes with that outcome.
  void place_with(const Outcome& outcome, std::uint32_t incarnation = 1) {
    EXPECT_THAT(desk_.place(kTrader, incarnation, order(), kNow), ElementsAre(Post{order()}));
    desk_.posted(kName, outcome, kNow);
  }
  /// Asks, lets the exchange say that it does not know, and tells whether the desk is sure.
  std::optional<bool> never_sent(const OrderName& name = kName, std::uint32_t incarnation = 2) {
    const auto ticket = only_fetch(desk_.query(kSuccessor, incarnation, name, kNow));
    if (!ticket) return std::nullopt;
    const auto answer = only_answer<NotFound>(desk_.fetched(*ticket, NotFound{}), kSuccessor);
    return answer ? std::optional{answer->never_sent} : std::nullopt;
  }

  Throttle throttle_;
  OrderDesk desk_{throttle_, {}};
};

TEST_F(OrderDeskTest, PostsAnOrderAndTellsItsOutcome) {
  EXPECT_THAT(desk_.place(kTrader, 1, order(), kNow), ElementsAre(Post{order()}));
  EXPECT_THAT(desk_.posted(kName, Accepted{on_exchange()}, kNow),
              ElementsAre(Reply{kTrader, Accepted{on_exchange()}}));
}

TEST_F(OrderDeskTest, NotFoundIsAsOldAsItsQuestion) {
  const auto ticket = only_fetch(desk_.query(kSuccessor, 2, kName, kNow + 3s));
  ASSERT_TRUE(ticket);
  const auto answer = only_answer<NotFound>(desk_.fetched(*ticket, NotFound{}), kSuccessor);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->asked, kNow + 3s);
}

TEST_F(OrderDeskTest, TellsEveryOutcomeAsItIs) {
  int number = 0;
  for (const Outcome& outcome : {Outcome{Rejected{-2010, "no", RejectClass::kTryLater}},
                                 Outcome{NotSent{"no", 5ms}}, Outcome{Unknown{"hm"}}}) {
    const auto id = "order-" + std::to_string(++number);
    desk_.place(kTrader, 1, order(id), kNow);
    const auto actions = desk_.posted({kName.symbol, id}, outcome, kNow);
    const auto answer = std::visit([](const auto& value) -> Answer { return value; }, outcome);
    EXPECT_THAT(actions, ElementsAre(Reply{kTrader, answer}));
  }
}

TEST_F(OrderDeskTest, CompletesAnAcknowledgementWithWhatWasAskedFor) {
  desk_.place(kTrader, 1, order(), kNow);
  const market::Order ack{
      .client_order_id = "whatever", .order_id = 28, .status = market::OrderStatus::kNew};
  EXPECT_THAT(desk_.posted(kName, Accepted{ack}, kNow),
              ElementsAre(Reply{kTrader, Accepted{on_exchange()}}));
}

TEST_F(OrderDeskTest, DropsARequestAfterItsDeadline) {
  EXPECT_TRUE(only_answer<NotSent>(desk_.place(kTrader, 1, order(), kNow + 1s), kTrader));
  EXPECT_THAT(desk_.place(kTrader, 1, order(), kNow + 1s - 1us), ElementsAre(Post{order()}));
}

TEST_F(OrderDeskTest, AQueryWaitsForTheOutcomeOfAPendingPost) {
  desk_.place(kTrader, 1, order(), kNow);
  EXPECT_THAT(desk_.query(kSuccessor, 2, kName, kNow), IsEmpty());
  const auto actions = desk_.posted(kName, Unknown{"lost"}, kNow);
  EXPECT_THAT(actions, ElementsAre(Reply{kTrader, Unknown{"lost"}}, Fetch{kName, 1}));
  EXPECT_THAT(desk_.fetched(1, Found{on_exchange()}),
              ElementsAre(Reply{kSuccessor, Found{on_exchange()}}));
}

TEST_F(OrderDeskTest, AQueryForAnotherOrderDoesNotWait) {
  desk_.place(kTrader, 1, order(), kNow);
  EXPECT_TRUE(only_fetch(desk_.query(kSuccessor, 2, {"BTCUSDT", "another"}, kNow)));
  EXPECT_TRUE(only_fetch(desk_.query(kSuccessor, 2, {"ETHUSDT", kName.client_order_id}, kNow)));
}

TEST_F(OrderDeskTest, DoesNotPostAnOrderThatIsBeingPosted) {
  desk_.place(kTrader, 1, order(), kNow);
  EXPECT_TRUE(only_answer<Unknown>(desk_.place(kSuccessor, 2, order(), kNow), kSuccessor));
}

TEST_F(OrderDeskTest, DoesNotPostAnOrderThatWasAccepted) {
  place_with(Accepted{on_exchange(market::OrderStatus::kFilled)});
  EXPECT_TRUE(only_answer<Unknown>(desk_.place(kTrader, 1, order(), kNow), kTrader));
}

TEST_F(OrderDeskTest, PostsAgainWhatWasNotExecuted) {
  place_with(NotSent{"backing off"});
  place_with(Rejected{-2010, "no balance", RejectClass::kTryLater});
  place_with(Unknown{"lost"});  // its trader has resolved it in between
  EXPECT_THAT(desk_.place(kTrader, 1, order(), kNow), ElementsAre(Post{order()}));
}

TEST_F(OrderDeskTest, AQueryFencesOffEarlierIncarnations) {
  desk_.query(kSuccessor, 3, kName, kNow);
  EXPECT_TRUE(only_answer<NotSent>(desk_.place(kTrader, 2, order(), kNow), kTrader));
  desk_.query(kTrader, 1, kName, kNow);  // never lowers the fence
  EXPECT_TRUE(only_answer<NotSent>(desk_.place(kTrader, 2, order(), kNow), kTrader));
  EXPECT_THAT(desk_.place(kSuccessor, 3, order(), kNow), ElementsAre(Post{order()}));
}

TEST_F(OrderDeskTest, AQueryThatWaitsFencesToo) {
  desk_.place(kTrader, 1, order(), kNow);
  desk_.query(kSuccessor, 2, kName, kNow);
  desk_.posted(kName, NotSent{"no connection"}, kNow);
  EXPECT_TRUE(only_answer<NotSent>(desk_.place(kTrader, 1, order(), kNow), kTrader));
}

TEST_F(OrderDeskTest, NeverSentWhatItNeverSaw) { EXPECT_EQ(never_sent(), true); }

TEST_F(OrderDeskTest, NeverSentAfterWhatDidNotLeave) {
  place_with(NotSent{"no connection"});
  EXPECT_EQ(never_sent(), true);
}

TEST_F(OrderDeskTest, NotNeverSentAfterEverythingElse) {
  place_with(Unknown{"lost"});
  EXPECT_EQ(never_sent(), false);
  place_with(NotSent{"no connection"}, 2);  // does not undo the first one
  EXPECT_EQ(never_sent(), false);
}

TEST_F(OrderDeskTest, NotNeverSentWhenItWasPlacedWhileBeingLookedFor) {
  const auto ticket = only_fetch(desk_.query(kSuccessor, 2, kName, kNow));
  ASSERT_TRUE(ticket);
  desk_.place(kSuccessor, 2, order(), kNow);
  const auto answer = only_answer<NotFound>(desk_.fetched(*ticket, NotFound{}), kSuccessor);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->never_sent);
}

TEST_F(OrderDeskTest, ClaimsNothingAboutWhatItMayHaveForgotten) {
  OrderDesk forgetful{throttle_, {.remembered_orders = 2}};
  const auto place = [&](const std::string& id) {
    forgetful.place(kTrader, 1, order(id), kNow);
    forgetful.posted({kName.symbol, id}, Unknown{"lost"}, kNow);
  };
  const auto sure = [&](const std::string& id) {
    const auto ticket = only_fetch(forgetful.query(kSuccessor, 2, {kName.symbol, id}, kNow));
    return only_answer<NotFound>(forgetful.fetched(*ticket, NotFound{}), kSuccessor)->never_sent;
  };
  EXPECT_TRUE(sure("never-heard-of"));
  place("a");
  place("b");
  place("c");
  EXPECT_FALSE(sure("a"));
  EXPECT_FALSE(sure("never-heard-of"));
}

TEST_F(OrderDeskTest, KnowsAllOfTheCyclesAboveThoseThatItHasForgotten) {
  OrderDesk forgetful{throttle_, {.remembered_orders = 2}};
  for (const std::string id :
       {"n1-BTCUSDT-0-1-B1", "n1-BTCUSDT-0-2-B1", "n1-BTCUSDT-0-3-B1", "n1-BTCUSDT-0-4-B1"}) {
    forgetful.place(kTrader, 1, order(id), kNow);
    forgetful.posted({kName.symbol, id}, Unknown{"lost"}, kNow);
  }
  const auto sure = [&](const std::string& id) {
    const auto ticket = only_fetch(forgetful.query(kSuccessor, 2, {kName.symbol, id}, kNow));
    return only_answer<NotFound>(forgetful.fetched(*ticket, NotFound{}), kSuccessor)->never_sent;
  };
  EXPECT_TRUE(sure("n1-BTCUSDT-0-5-B1"));
  EXPECT_TRUE(sure("n1-BTCUSDT-1-1-B1")) << "another slot";
  EXPECT_FALSE(sure("n1-BTCUSDT-0-2-S1"));
  EXPECT_FALSE(sure("n1-BTCUSDT-0-1-B1"));
  EXPECT_EQ(forgetful.highest_cycle("BTCUSDT"), 5U);
  EXPECT_EQ(forgetful.highest_cycle("ETHUSDT"), 0U);
}

TEST_F(OrderDeskTest, BacksOffWithAHint) {
  throttle_.observe(429, -1003, 7s, kNow);
  const auto place = only_answer<NotSent>(desk_.place(kTrader, 1, order(), kNow), kTrader);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->retry_after, 7s);
  const auto query = only_answer<Unavailable>(desk_.query(kTrader, 1, kName, kNow), kTrader);
  ASSERT_TRUE(query);
  EXPECT_EQ(query->retry_after, 7s);
  EXPECT_TRUE(only_answer<NotSent>(desk_.cancel(kTrader, kName, kNow), kTrader));
}

TEST_F(OrderDeskTest, AnOrderLimitDoesNotStopQueries) {
  throttle_.observe(429, -1015, 4s, kNow);
  EXPECT_TRUE(only_answer<NotSent>(desk_.place(kTrader, 1, order(), kNow), kTrader));
  EXPECT_TRUE(only_fetch(desk_.query(kTrader, 1, kName, kNow)));
}

TEST_F(OrderDeskTest, TheOneThatWasRefusedGetsTheHintToo) {
  desk_.place(kTrader, 1, order(), kNow);
  throttle_.observe(429, -1015, 4s, kNow);
  const auto answer =
      only_answer<NotSent>(desk_.posted(kName, NotSent{"HTTP 429", 500ms}, kNow), kTrader);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->retry_after, 4s);
}

TEST_F(OrderDeskTest, SendsNothingWhileHeld) {
  desk_.hold("no time");
  EXPECT_EQ(only_answer<NotSent>(desk_.place(kTrader, 1, order(), kNow), kTrader)->reason,
            "no time");
  EXPECT_TRUE(only_answer<Unavailable>(desk_.query(kTrader, 1, kName, kNow), kTrader));
  EXPECT_TRUE(only_answer<NotSent>(desk_.cancel(kTrader, kName, kNow), kTrader));
  desk_.release();
  EXPECT_THAT(desk_.place(kTrader, 1, order(), kNow), ElementsAre(Post{order()}));
}

TEST_F(OrderDeskTest, CancelsAndTells) {
  place_with(Accepted{on_exchange()});
  EXPECT_THAT(desk_.cancel(kTrader, kName, kNow), ElementsAre(Cancel{kName, 1}));
  const Rejected gone{-2011, "Unknown order sent.", RejectClass::kTryLater};
  EXPECT_THAT(desk_.canceled(1, gone), ElementsAre(Reply{kTrader, gone}));
}

TEST_F(OrderDeskTest, DoesNotCancelWhatIsBeingPosted) {
  desk_.place(kTrader, 1, order(), kNow);
  EXPECT_TRUE(only_answer<NotSent>(desk_.cancel(kTrader, kName, kNow), kTrader));
}

TEST_F(OrderDeskTest, FindsACanceledOrderUnderItsOwnName) {
  auto canceled = on_exchange(market::OrderStatus::kCanceled);
  canceled.client_order_id = "the-id-of-the-cancel";
  const auto ticket = only_fetch(desk_.query(kTrader, 1, kName, kNow));
  const auto answer = only_answer<Found>(desk_.fetched(*ticket, Found{canceled}), kTrader);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->order.client_order_id, kName.client_order_id);
}

TEST_F(OrderDeskTest, HasLimits) {
  OrderDesk small{throttle_, {.pending_posts = 1, .pending_queries = 1, .waiting_queries = 1}};
  small.place(kTrader, 1, order("a"), kNow);
  EXPECT_TRUE(only_answer<NotSent>(small.place(kTrader, 1, order("b"), kNow), kTrader));
  EXPECT_THAT(small.query(kTrader, 1, {kName.symbol, "a"}, kNow), IsEmpty());
  EXPECT_TRUE(
      only_answer<Unavailable>(small.query(kTrader, 1, {kName.symbol, "a"}, kNow), kTrader));
  EXPECT_TRUE(only_fetch(small.query(kTrader, 1, {kName.symbol, "c"}, kNow)));
  EXPECT_TRUE(
      only_answer<Unavailable>(small.query(kTrader, 1, {kName.symbol, "d"}, kNow), kTrader));
}

}  // namespace
}  // namespace naive::gateway
