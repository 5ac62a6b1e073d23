#include "streamer/codec.h"

#include <naive/v1/market.pb.h>

namespace naive::streamer {

/// One for each kind: a oneof that changes its member throws the other one's memory away.
struct FeedEncoder::Messages {
  v1::FeedMessage trade;
  v1::FeedMessage subscribed;
  std::string bytes;
};

FeedEncoder::FeedEncoder() : messages_(std::make_unique<Messages>()) {}
FeedEncoder::~FeedEncoder() = default;

std::string_view FeedEncoder::trade(std::string_view symbol, const market::Trade& trade, bool late) {
  v1::TradeEvent& event = *messages_->trade.mutable_trade();
  event.mutable_symbol()->assign(symbol);
  event.set_trade_id(trade.trade_id);
  event.set_price(trade.price.units());
  event.set_quantity(trade.quantity.units());
  event.set_trade_time(trade.trade_time.time_since_epoch().count());
  event.set_buyer_is_maker(trade.buyer_is_maker);
  event.set_late(late);
  messages_->trade.SerializeToString(&messages_->bytes);
  return messages_->bytes;
}

std::string_view FeedEncoder::subscribed(std::int64_t last_trade_id) {
  messages_->subscribed.mutable_subscribed()->set_last_trade_id(last_trade_id);
  messages_->subscribed.SerializeToString(&messages_->bytes);
  return messages_->bytes;
}

}  // namespace naive::streamer
