#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "market/order.h"

namespace naive::streamer {

/// Makes naive.v1.FeedMessage bytes, in the same memory again and again.
class FeedEncoder {
 public:
  FeedEncoder();
  ~FeedEncoder();

  /// Valid until the next call.
  /// `late`: fetched after it was missed.
  std::string_view trade(std::string_view symbol, const market::Trade& trade, bool late);
  std::string_view subscribed(std::span<const std::string> running);
  std::string_view running();

 private:
  struct Messages;
  std::unique_ptr<Messages> messages_;
};

}  // namespace naive::streamer
