#include "proto/topics.h"

#include <gtest/gtest.h>

namespace naive::wire {
namespace {

std::string began(const std::string& topic) { return "\1" + topic; }

TEST(Topics, AreReadBackByWhoPublishes) {
  const std::string orders = began(topic(kOrders, "BTCUSDT"));
  EXPECT_EQ(orders, "\1ORDERS:BTCUSDT|");
  const auto subscription = read_subscription(orders);
  ASSERT_TRUE(subscription);
  EXPECT_TRUE(subscription->begins);
  EXPECT_EQ(subscription->kind, kOrders);
  EXPECT_EQ(subscription->symbol, "BTCUSDT");
}

TEST(Topics, AWelcomeIsForOneSubscriber) {
  const std::string frame = '\0' + welcome_topic(4017);
  const auto subscription = read_subscription(frame);
  ASSERT_TRUE(subscription);
  EXPECT_FALSE(subscription->begins);
  EXPECT_EQ(subscription->kind, kWelcome);
  EXPECT_EQ(subscription->symbol, "4017");
  EXPECT_EQ(subscription->topic, "WELCOME:4017|");
}

TEST(Topics, AWelcomeIsToldAfterWhatItWelcomesTo) {
  EXPECT_LT(kTradeEvents, kWelcome);
  EXPECT_LT(kOrders, kWelcome);
}

TEST(Topics, WhatNamesNoSymbolIsNobodysDemand) {
  for (const std::string topic : {"", "TRADE_EVENTS:", "TRADE_EVENTS:BTC", "TRADE_EVENTS:|",
                                  "ORDERS:btc|", "ORDERS:BTC|more", "|ORDERS:BTC", "WELCOME:4017"}) {
    EXPECT_FALSE(read_subscription(began(topic))) << topic;
  }
  EXPECT_FALSE(read_subscription(""));
}

}  // namespace
}  // namespace naive::wire
