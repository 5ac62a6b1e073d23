#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "binance/signing.h"
#include "binance_mock/api.h"
#include "binance_mock/control_plane.h"
#include "binance_mock/faulty_courier.h"
#include "binance_mock/faulty_service.h"
#include "binance_mock/local_exchange.h"
#include "world.h"

namespace naive::binance_mock {

/// A connection that remembers what was sent on it.
class FakePeer final : public Peer {
 public:
  void send(Text text) override { sent.push_back(*text); }
  void close(CloseCode code, std::string_view) override { closed = static_cast<int>(code); }

  std::vector<std::string> take() { return std::exchange(sent, {}); }

  std::vector<std::string> sent;
  int closed = 0;
};

enum class Funds { kNone };

/// The whole exchange without its sockets, and with a clock that stands still.
struct LocalWorld {
  static constexpr std::int64_t kNow = 1'700'000'000;

  SymbolTable symbols = test_symbols();
  Venue venue{symbols, FillRule::kTouch};
  Feed feed{Pace::stepped()};
  RateLimits limits;
  binance::Credentials key = example_credentials();
  Api api{venue, Authentication{key}, limits, 1};
  FaultPlan plan;
  Connections connections;
  std::vector<std::pair<std::chrono::milliseconds, std::function<void()>>> agenda;
  Later later = [this](std::chrono::milliseconds delay, std::function<void()> what) {
    agenda.emplace_back(delay, std::move(what));
  };
  FaultyCourier courier{venue, plan, later};
  ControlPlane control{venue, feed, plan, connections, later};
  LocalExchange healthy{venue, api, control, [this] { return now; }};
  FaultyService exchange{healthy, plan, connections, venue, [this] { return now; }};
  market::ExchangeTime now = at(kNow);

  explicit LocalWorld(RateLimits::Mode mode = RateLimits::Mode::kCount) : limits(mode) { fund(); }
  /// Without the 1000 USDT and 1000 XRP.
  explicit LocalWorld(Funds) : limits(RateLimits::Mode::kCount) {}

  void fund() {
    venue.deposit("USDT", decimal("1000"));
    venue.deposit("XRP", decimal("1000"));
  }

  std::string timestamp() const { return "timestamp=" + std::to_string(kNow * 1000); }

  HttpReply get(const std::string& path, const std::string& query = "") {
    return exchange.http({.method = "GET", .path = path, .query = query});
  }
  /// Signed, with everything in the query.
  HttpReply call(const std::string& method, const std::string& path, const std::string& params) {
    std::string query = params + (params.empty() ? "" : "&") + timestamp();
    query += "&signature=" + binance::hmac_sha256_hex(key.secret_key, query);
    return exchange.http({.method = method,
                          .path = "/api/v3/" + path,
                          .query = query,
                          .body = "",
                          .api_key = key.api_key});
  }
  HttpReply post(const std::string& path, const std::string& body) {
    return exchange.http({.method = "POST", .path = path, .query = "", .body = body});
  }
  HttpReply step(const std::string& body) { return post("/_mock/step", body); }
  /// Rules, without the brackets around them.
  HttpReply spoil(const std::string& rules) { return post("/_mock/faults", "[" + rules + "]"); }
  /// Does what is to be done later.
  void run_agenda() {
    for (const auto& [delay, what] : std::exchange(agenda, {})) what();
  }
  HttpReply place(const std::string& side, const std::string& at_price, const std::string& id) {
    return call("POST", "order",
                "symbol=XRPUSDT&type=LIMIT&timeInForce=GTC&quantity=100&side=" + side +
                    "&price=" + at_price + "&newClientOrderId=" + id);
  }
};

inline std::string header(const HttpReply& reply, std::string_view name) {
  for (const auto& [key, value] : reply.headers) {
    if (key == name) return value;
  }
  return "";
}

}  // namespace naive::binance_mock
