#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "market/order.h"

namespace naive::binance {

/// Bytes that must be readable behind every text given to a frame parser; what they hold does not
/// matter.
inline constexpr std::size_t kTextPadding = 64;

/// A text frame of the market streams, raw or combined.
struct MarketFrame {
  enum class Kind {
    kTrade,           // symbol, trade
    kAcknowledged,    // id
    kRefused,         // id (0: not told), error
    kServerShutdown,  // connect again at once
    kOther,           // well-formed, not for us
    kMalformed,
  };
  Kind kind = Kind::kOther;
  std::string_view symbol;  // valid until the next parse
  market::Trade trade;
  std::int64_t id = 0;
  std::string error;
};

/// Reads market frames without allocating.
class MarketFrameParser {
 public:
  MarketFrameParser();
  ~MarketFrameParser();

  /// `text` must have kTextPadding readable bytes behind it. The result is valid until the next
  /// call.
  const MarketFrame& parse(std::string_view text);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
  MarketFrame frame_;
};

/// `btcusdt@trade`
std::string trade_stream(std::string_view symbol);

/// {"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}
std::string subscribe_request(std::int64_t id, const std::vector<std::string>& streams);
std::string unsubscribe_request(std::int64_t id, const std::vector<std::string>& streams);

}  // namespace naive::binance
