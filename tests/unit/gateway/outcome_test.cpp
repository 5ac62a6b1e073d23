#include "gateway/outcome.h"

#include <gtest/gtest.h>

#include <vector>

namespace naive::gateway {

namespace {

using Transport = Response::Transport;

const market::Order kOrder{.client_order_id = "n1-BTCUSDT-0-1-B1", .order_id = 28};

/// What a response is expected to mean.
enum class Meaning { kAccepted, kTryLater, kFatal, kNotSent, kUnknown };

Meaning meaning(const Outcome& outcome) {
  if (std::holds_alternative<Accepted>(outcome)) return Meaning::kAccepted;
  if (std::holds_alternative<NotSent>(outcome)) return Meaning::kNotSent;
  if (std::holds_alternative<Unknown>(outcome)) return Meaning::kUnknown;
  return std::get<Rejected>(outcome).reject_class == RejectClass::kFatal ? Meaning::kFatal
                                                                         : Meaning::kTryLater;
}

Response refusal(int status, int code, const std::string& message = "") {
  return {.status = status, .error = binance::ApiError{code, message}};
}

struct Row {
  const char* name;
  Response response;
  Meaning meaning;
};

const std::vector<Row> kTable{
    {"accepted", {.status = 200, .order = kOrder}, Meaning::kAccepted},

    // Did it arrive?
    {"no connection", {.transport = Transport::kNotSent, .reason = "refused"}, Meaning::kNotSent},
    {"connection lost", {.transport = Transport::kMaybeSent, .reason = "reset"}, Meaning::kUnknown},
    {"200 without an order", {.status = 200}, Meaning::kUnknown},
    {"200 with an error's body", refusal(200, -1013), Meaning::kUnknown},
    {"redirection", {.status = 302}, Meaning::kUnknown},
    {"500", {.status = 500}, Meaning::kUnknown},
    {"502", {.status = 502}, Meaning::kUnknown},
    {"503", {.status = 503}, Meaning::kUnknown},
    {"504", {.status = 504}, Meaning::kUnknown},
    {"500 with a code that would be definite", refusal(500, -1013), Meaning::kUnknown},
    {"503 that futures would call not executed", refusal(503, -1008, "Service Unavailable."),
     Meaning::kUnknown},
    {"503 unknown error", refusal(503, -1000, "Unknown error"), Meaning::kUnknown},
    {"403 of a firewall", {.status = 403}, Meaning::kUnknown},
    {"404 of a proxy", {.status = 404}, Meaning::kUnknown},
    {"429 of a proxy", {.status = 429}, Meaning::kUnknown},
    {"-1000", refusal(400, -1000), Meaning::kUnknown},
    {"-1001", refusal(400, -1001), Meaning::kUnknown},
    {"-1006", refusal(400, -1006), Meaning::kUnknown},
    {"-1007", refusal(400, -1007), Meaning::kUnknown},
    {"-1007 in a 504", refusal(504, -1007), Meaning::kUnknown},
    {"-2010 duplicate", refusal(400, -2010, "Duplicate order sent."), Meaning::kUnknown},

    // Refused before the engine, and worth asking again.
    {"-1021", refusal(400, -1021), Meaning::kNotSent},
    {"-1003", refusal(429, -1003), Meaning::kNotSent},
    {"-1003 ban", refusal(418, -1003), Meaning::kNotSent},
    {"-1008", refusal(400, -1008), Meaning::kNotSent},
    {"-1015", refusal(429, -1015), Meaning::kNotSent},
    {"-1034", refusal(400, -1034), Meaning::kNotSent},

    // Refused, and may work later.
    {"-2010 balance", refusal(400, -2010, "Account has insufficient balance for requested action."),
     Meaning::kTryLater},
    {"-2010 market closed", refusal(400, -2010, "Market is closed."), Meaning::kTryLater},
    {"-1013 too many orders", refusal(400, -1013, "Filter failure: MAX_NUM_ORDERS"),
     Meaning::kTryLater},
    {"-1013 far from the market", refusal(400, -1013, "Filter failure: PERCENT_PRICE_BY_SIDE"),
     Meaning::kTryLater},
    {"-1016", refusal(400, -1016), Meaning::kTryLater},
    {"-2011", refusal(400, -2011, "Unknown order sent."), Meaning::kTryLater},
    {"a code of next year", refusal(400, -2099), Meaning::kTryLater},

    // Refused for good.
    {"-1013 price", refusal(400, -1013, "Filter failure: PRICE_FILTER"), Meaning::kFatal},
    {"-1013 lot", refusal(400, -1013, "Filter failure: LOT_SIZE"), Meaning::kFatal},
    {"-1013 notional", refusal(400, -1013, "Filter failure: NOTIONAL"), Meaning::kFatal},
    {"-1002", refusal(401, -1002), Meaning::kFatal},
    {"-1014", refusal(400, -1014), Meaning::kFatal},
    {"-1020", refusal(400, -1020), Meaning::kFatal},
    {"-1022", refusal(400, -1022), Meaning::kFatal},
    {"-1100", refusal(400, -1100), Meaning::kFatal},
    {"-1102", refusal(400, -1102), Meaning::kFatal},
    {"-1111", refusal(400, -1111), Meaning::kFatal},
    {"-1121", refusal(400, -1121), Meaning::kFatal},
    {"-1131", refusal(400, -1131), Meaning::kFatal},
    {"-2014", refusal(401, -2014), Meaning::kFatal},
    {"-2015", refusal(401, -2015), Meaning::kFatal},
    {"-2010 not permitted", refusal(400, -2010, "This symbol is not permitted for this account."),
     Meaning::kFatal},
};

TEST(Outcome, OfAnOrderRequest) {
  for (const auto& [name, response, expected] : kTable) {
    EXPECT_EQ(meaning(outcome_of(response)), expected) << name;
  }
}

/// Rule 5 of "Exactly once", over all statuses and codes: whatever is not definite is Unknown.
TEST(Outcome, NothingButAParsed4xxIsDefinite) {
  for (int status = 100; status < 600; ++status) {
    const bool definite = status >= 400 && status < 500;
    for (const int code : {-1013, -1021, -1111, -2010, -2015}) {
      EXPECT_EQ(meaning(outcome_of(refusal(status, code))) == Meaning::kUnknown, !definite)
          << status << ' ' << code;
    }
    EXPECT_EQ(meaning(outcome_of({.status = status})), Meaning::kUnknown) << status;
    for (const int code : {-1000, -1001, -1006, -1007}) {
      EXPECT_EQ(meaning(outcome_of(refusal(status, code))), Meaning::kUnknown) << status;
    }
  }
}

TEST(Outcome, SaysWhatTheExchangeSaid) {
  EXPECT_EQ(
      outcome_of(refusal(400, -1111, "Parameter 'price' has too much precision.")),
      Outcome(Rejected{-1111, "Parameter 'price' has too much precision.", RejectClass::kFatal}));
}

TEST(Finding, OfAQuery) {
  EXPECT_EQ(finding_of({.status = 200, .order = kOrder}), Finding(Found{kOrder}));
  EXPECT_EQ(finding_of(refusal(400, -2013)), Finding(NotFound{}));
  EXPECT_EQ(finding_of(refusal(400, -2026)), Finding(NotFound{}));
  for (const Response& response :
       {Response{.transport = Transport::kNotSent}, Response{.transport = Transport::kMaybeSent},
        Response{.status = 200}, Response{.status = 503}, Response{.status = 404},
        refusal(429, -1003), refusal(400, -1021), refusal(401, -2015)}) {
    EXPECT_TRUE(std::holds_alternative<Unavailable>(finding_of(response))) << response.status;
  }
}

}  // namespace
}  // namespace naive::gateway
