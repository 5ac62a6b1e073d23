#include "gateway/throttle.h"

#include <gtest/gtest.h>

namespace naive::gateway {
namespace {

using namespace std::chrono_literals;
using Use = Throttle::Use;

const TimePoint kNow{1000s};

struct Row {
  int status;
  int code;
  std::optional<std::chrono::seconds> retry_after;
  std::chrono::seconds orders_wait;
  std::chrono::seconds queries_wait;
};

TEST(Throttle, KeepsQuietForAsLongAsItIsTold) {
  const Row kTable[] = {
      {200, 0, {}, 0s, 0s},           {400, -2010, {}, 0s, 0s},   {503, 0, {}, 0s, 0s},
      {429, -1003, 7s, 7s, 7s},       {429, -1003, {}, 10s, 10s}, {429, 0, {}, 10s, 10s},
      {418, -1003, 180s, 180s, 180s}, {418, 0, {}, 120s, 120s},   {429, -1015, 4s, 4s, 0s},
      {429, -1015, {}, 10s, 0s},      {400, -1034, {}, 10s, 10s}, {400, -1008, {}, 1s, 1s},
  };
  for (const Row& row : kTable) {
    Throttle throttle;
    throttle.observe(row.status, row.code, row.retry_after, kNow);
    EXPECT_EQ(throttle.wait(Use::kOrder, kNow).value_or(0us), row.orders_wait)
        << row.status << ' ' << row.code;
    EXPECT_EQ(throttle.wait(Use::kQuery, kNow).value_or(0us), row.queries_wait)
        << row.status << ' ' << row.code;
  }
}

TEST(Throttle, WaitsLessAsTimePasses) {
  Throttle throttle;
  throttle.observe(429, -1003, 7s, kNow);
  EXPECT_EQ(throttle.wait(Use::kOrder, kNow + 5s), 2s);
  EXPECT_EQ(throttle.wait(Use::kOrder, kNow + 7s), std::nullopt);
}

TEST(Throttle, ALaterAnswerNeverShortensAWait) {
  Throttle throttle;
  throttle.observe(418, -1003, 300s, kNow);
  throttle.observe(429, -1003, 1s, kNow + 1s);
  throttle.observe(200, 0, {}, kNow + 2s);
  EXPECT_EQ(throttle.wait(Use::kQuery, kNow + 2s), 298s);
}

}  // namespace
}  // namespace naive::gateway
