#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "binance/rest_json.h"
#include "binance/user_stream.h"
#include "gateway/messages.h"

/// Between naive.v1 on the bus and the gateway's own types. The only place that knows both.
namespace naive::gateway {

/// nullopt when not even the request's number can be read; a BadRequest when the rest makes no
/// sense.
std::optional<Request> decode_request(std::string_view bytes);

struct ReplyHeader {
  std::uint64_t request_id = 0;
  std::uint64_t gateway_epoch = 0;
  std::optional<market::ExchangeTime> exchange_time;
};
std::string encode_reply(const ReplyHeader& header, const Answer& answer);

/// The fill is left out while the symbol's assets are not known, since its commission cannot be
/// told then.
std::string encode_update(std::uint64_t gateway_epoch, const binance::ExecutionReport& report,
                          const binance::Assets* assets);
std::string encode_gap(std::uint64_t gateway_epoch, const std::string& reason);
std::string encode_subscribed(std::uint64_t gateway_epoch);

}  // namespace naive::gateway
