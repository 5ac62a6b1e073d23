#include "streamer/codec.h"

#include <naive/v1/market.pb.h>

namespace naive::streamer {

struct FeedEncoder::Messages {
  v1::FeedMessage trade;
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

std::string_view FeedEncoder::subscribed(std::span<const std::string> running) {
  v1::FeedMessage message;
  message.mutable_subscribed()->mutable_running()->Assign(running.begin(), running.end());
  message.SerializeToString(&messages_->bytes);
  return messages_->bytes;
}

std::string_view FeedEncoder::running() {
  v1::FeedMessage message;
  message.mutable_running();
  message.SerializeToString(&messages_->bytes);
  return messages_->bytes;
}

}  // namespace naive::streamer
