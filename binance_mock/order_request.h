#pragma once

#include <functional>
#include <string>

#include "binance_mock/api_error.h"
#include "binance_mock/exchange.h"
#include "binance_mock/order_record.h"
#include "binance_mock/params.h"

namespace naive::binance_mock {

enum class ResponseType { kAck, kResult, kFull };

/// How a request without its own client order id gets one.
using MakeClientOrderId = std::function<std::string()>;

/// POST /api/v3/order and order.place: parameters to what they ask for, with the errors of
/// Binance's request layer.
Result<NewOrder> parse_new_order(const Params& params, const MakeClientOrderId& make_id);
/// newOrderRespType; by default FULL for LIMIT and MARKET, ACK for the rest.
Result<ResponseType> parse_response_type(const Params& params, OrderType type);
Result<CancelOrder> parse_cancel(const Params& params, const MakeClientOrderId& make_id);
/// orderId and/or origClientOrderId.
Result<OrderKey> parse_order_key(const Params& params);

/// The symbol; -1100 when it has other characters than symbols have.
Result<std::string> parse_symbol(const Params& params);
/// An unsigned integer, or `absent`.
Result<std::int64_t> parse_integer(const Params& params, std::string_view name,
                                   std::int64_t absent);

}  // namespace naive::binance_mock
