#pragma once

#include <optional>
#include <string>
#include <zmq.hpp>

#include "bench/statistics.h"
#include "tests/support/system.h"

namespace naive::bench {

/// kill -9 of a trader, until the next one of its slot is ready, as everybody can see it: on the `events` socket.
class TraderKiller {
 public:
  explicit TraderKiller(const test::System& system);

  /// nullopt when it did not run, or no other one came.
  std::optional<Milliseconds> kill(const std::string& symbol, std::uint32_t slot);

 private:
  const test::System& system_;
  zmq::context_t context_;
  zmq::socket_t events_;
};

}  // namespace naive::bench
