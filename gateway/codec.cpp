#include "gateway/codec.h"

#include <naive/v1/gateway.pb.h>

#include <algorithm>

#include "market/client_order_id.h"
#include "proto/codec.h"

namespace naive::gateway {
namespace {

bool is_client_order_id(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  };
  return !text.empty() && text.size() <= market::ClientOrderId::kMaxLength &&
         std::ranges::all_of(text, allowed);
}

/// libstdc++'s steady_clock is CLOCK_MONOTONIC.
TimePoint deadline(std::int64_t monotonic_microseconds) {
  constexpr std::int64_t kFarFuture = 1'000'000'000'000'000;
  return TimePoint{microseconds{std::clamp<std::int64_t>(monotonic_microseconds, 0, kFarFuture)}};
}

using Body = decltype(Request::body);

/// PlaceOrder, CancelOrder and QueryOrder all name an order.
template <class Message>
std::optional<BadRequest> check_name(const Message& message) {
  if (!market::is_symbol(message.symbol())) return BadRequest{"not a symbol"};
  if (!is_client_order_id(message.client_order_id())) return BadRequest{"not a client order id"};
  return std::nullopt;
}

template <class Message>
OrderName order_name(const Message& message) {
  return {message.symbol(), message.client_order_id()};
}

Body decode(const v1::PlaceOrder& place) {
  if (auto bad = check_name(place)) return *std::move(bad);
  if (place.side() != v1::BUY && place.side() != v1::SELL) return BadRequest{"no side"};
  if (place.price() <= 0) return BadRequest{"no price"};
  if (place.quantity() <= 0) return BadRequest{"no quantity"};
  return PlaceOrder{.symbol = place.symbol(),
                    .client_order_id = place.client_order_id(),
                    .side = wire::from_proto(place.side()),
                    .price = market::Price::from_units(place.price()),
                    .quantity = market::Quantity::from_units(place.quantity()),
                    .deadline = deadline(place.deadline())};
}

Body decode_body(const v1::GatewayRequest& request) {
  switch (request.body_case()) {
    case v1::GatewayRequest::kPlace:
      return decode(request.place());
    case v1::GatewayRequest::kCancel:
      if (auto bad = check_name(request.cancel())) return *std::move(bad);
      return CancelOrder{order_name(request.cancel())};
    case v1::GatewayRequest::kQuery:
      if (auto bad = check_name(request.query())) return *std::move(bad);
      return QueryOrder{order_name(request.query())};
    case v1::GatewayRequest::kRules:
      return QueryRules{request.rules().symbol()};
    case v1::GatewayRequest::kLastCycle:
      if (!market::is_symbol(request.last_cycle().symbol())) return BadRequest{"not a symbol"};
      return QueryLastCycle{request.last_cycle().symbol()};
    case v1::GatewayRequest::BODY_NOT_SET:
      break;
  }
  return BadRequest{"nothing that this gateway knows is asked for"};
}

/// One overload for each alternative of Answer.
struct EncodeAnswer {
  v1::GatewayReply& reply;

  void operator()(const Accepted& a) const {
    wire::write(a.order, *reply.mutable_accepted()->mutable_order());
  }
  void operator()(const Rejected& a) const {
    auto& message = *reply.mutable_rejected();
    message.set_code(a.code);
    message.set_message(a.message);
    message.set_class_(a.reject_class == RejectClass::kFatal ? v1::Rejected::FATAL
                                                             : v1::Rejected::TRY_LATER);
  }
  void operator()(const NotSent& a) const {
    reply.mutable_not_sent()->set_reason(a.reason);
    reply.mutable_not_sent()->set_retry_after(a.retry_after.count());
  }
  void operator()(const Unknown& a) const { reply.mutable_unknown()->set_reason(a.reason); }
  void operator()(const Found& a) const {
    wire::write(a.order, *reply.mutable_found()->mutable_order());
  }
  void operator()(const NotFound& a) const {
    reply.mutable_not_found()->set_never_sent(a.never_sent);
  }
  void operator()(const Unavailable& a) const {
    reply.mutable_unavailable()->set_reason(a.reason);
    reply.mutable_unavailable()->set_retry_after(a.retry_after.count());
  }
  void operator()(const Rules& a) const { wire::write(a.rules, *reply.mutable_rules()); }
  void operator()(const InvalidSymbol& a) const {
    auto& answer = *reply.mutable_invalid_symbol();
    answer.set_message(a.message);
    if (a.rules) wire::write(*a.rules, *answer.mutable_rules());
  }
  void operator()(const LastCycle& a) const { reply.mutable_last_cycle()->set_cycle(a.cycle); }
};

}  // namespace

std::optional<Request> decode_request(std::string_view bytes) {
  v1::GatewayRequest request;
  if (!request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  return Request{.id = request.request_id(),
                 .incarnation = request.incarnation(),
                 .body = decode_body(request)};
}

std::string encode_reply(const ReplyHeader& header, const Answer& answer) {
  v1::GatewayReply reply;
  reply.set_request_id(header.request_id);
  reply.set_gateway_epoch(header.gateway_epoch);
  if (header.exchange_time) {
    reply.set_exchange_time(header.exchange_time->time_since_epoch().count());
  }
  std::visit(EncodeAnswer{reply}, answer);
  return reply.SerializeAsString();
}

std::string encode_update(std::uint64_t gateway_epoch, const binance::ExecutionReport& report,
                          const binance::Assets* assets) {
  v1::OrdersMessage message;
  message.set_gateway_epoch(gateway_epoch);
  wire::write(report.order, *message.mutable_update()->mutable_order());
  if (report.execution && assets != nullptr) {
    const auto& execution = *report.execution;
    const market::Fill fill{.trade_id = execution.trade_id,
                            .quantity = execution.quantity,
                            .price = execution.price,
                            .commission = binance::commission_in(
                                *assets, execution.commission_asset, execution.commission)};
    wire::write(fill, *message.mutable_update()->mutable_fill());
  }
  return message.SerializeAsString();
}

std::string encode_gap(std::uint64_t gateway_epoch, const std::string& reason) {
  v1::OrdersMessage message;
  message.set_gateway_epoch(gateway_epoch);
  message.mutable_gap()->set_reason(reason);
  return message.SerializeAsString();
}

std::string encode_subscribed(std::uint64_t gateway_epoch) {
  v1::OrdersMessage message;
  message.set_gateway_epoch(gateway_epoch);
  message.mutable_subscribed();
  return message.SerializeAsString();
}

}  // namespace naive::gateway
