#include "gateway/exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "market/client_order_id.h"
#include "runtime/check.h"
#include "runtime/sync_point.h"

namespace naive::gateway {
namespace {

using namespace std::chrono_literals;
using binance::HttpRequest;

constexpr std::size_t kPage = 1000;  // the most rows that the exchange gives at once

std::string describe(const Response& response) {
  if (response.transport != Response::Transport::kAnswered) return response.reason;
  if (response.error) return response.error->message;
  return fmt::format("HTTP {}", response.status);
}

}  // namespace

Exchange::Exchange(runtime::EventLoop& loop, const Settings& settings,
                   const binance::Signer& signer, const ExchangeClock& clock, Observer observer)
    : loop_(loop),
      settings_(settings),
      signer_(signer),
      clock_(clock),
      observer_(std::move(observer)),
      http_(loop, settings.rest_url, {.total = settings.request_timeout}) {}

void Exchange::post(const PlaceOrder& order, const binance::Assets* assets,
                    std::function<void(Outcome)> done) {
  binance::Parameters parameters;
  parameters.add("symbol", order.symbol)
      .add("side", std::string{market::to_string(order.side)})
      .add("type", "LIMIT")
      .add("timeInForce", "GTC")
      .add("quantity", order.quantity.to_short_string())
      .add("price", order.price.to_short_string())
      .add("newClientOrderId", order.client_order_id)
      .add("newOrderRespType", "FULL");
  // The listing may be replaced while the request is under way.
  auto own_assets = assets != nullptr ? std::optional{*assets} : std::nullopt;
  send(HttpRequest::Method::kPost, "/api/v3/order", stamped(std::move(parameters)),
       [assets = std::move(own_assets), done = std::move(done)](Response response,
                                                                const std::string& body) {
         if (response.status == 200) {
           response.order = binance::parse_order(body, assets ? &*assets : nullptr);
         }
         done(outcome_of(response));
       });
}

void Exchange::cancel(const OrderName& order, std::function<void(Outcome)> done) {
  binance::Parameters parameters;
  parameters.add("symbol", order.symbol).add("origClientOrderId", order.client_order_id);
  send(HttpRequest::Method::kDelete, "/api/v3/order", stamped(std::move(parameters)),
       [done = std::move(done)](Response response, const std::string& body) {
         if (response.status == 200) response.order = binance::parse_order(body, nullptr);
         done(outcome_of(response));
       });
}

void Exchange::find(const OrderName& order, const binance::Assets* assets,
                    std::function<void(Finding)> done) {
  binance::Parameters parameters;
  parameters.add("symbol", order.symbol).add("origClientOrderId", order.client_order_id);
  auto own_assets = assets != nullptr ? std::optional{*assets} : std::nullopt;
  send(HttpRequest::Method::kGet, "/api/v3/order", stamped(std::move(parameters)),
       [this, symbol = order.symbol, assets = std::move(own_assets), done = std::move(done)](
           Response response, const std::string& body) {
         if (response.status == 200) response.order = binance::parse_order(body, nullptr);
         auto finding = finding_of(response);
         const auto* found = std::get_if<Found>(&finding);
         if (found == nullptr || found->order.executed_quantity.is_zero()) {
           return done(std::move(finding));
         }
         if (!assets) return done(Unavailable{"the symbol's assets are not known yet", 100ms});
         add_commission(*found, symbol, *assets, 0, done);
       });
}

void Exchange::add_commission(Found found, const std::string& symbol, const binance::Assets& assets,
                              std::int64_t from_trade, std::function<void(Finding)> done) {
  binance::Parameters parameters;
  parameters.add("symbol", symbol)
      .add("orderId", found.order.order_id)
      .add("fromId", from_trade)
      .add("limit", std::int64_t{kPage});
  send(HttpRequest::Method::kGet, "/api/v3/myTrades", stamped(std::move(parameters)),
       [this, found = std::move(found), symbol, assets, done = std::move(done)](
           const Response& response, const std::string& body) mutable {
         const auto sum =
             response.status == 200 ? binance::parse_order_commission(body, assets) : std::nullopt;
         market::Order& order = found.order;
         // The executions may lag behind the order, or the other way round: the quantity says how
         // much is covered.
         const auto covered = sum ? add(order.commissioned_quantity, sum->quantity) : std::nullopt;
         if (!covered) return done(Unavailable{"no commission: " + describe(response), 500ms});
         order.commission = order.commission + sum->commission;
         order.commissioned_quantity = *covered;
         if (sum->executions < kPage) return done(std::move(found));
         add_commission(std::move(found), symbol, assets, sum->last_trade_id + 1, std::move(done));
       });
}

void Exchange::last_cycle(const std::string& symbol, std::function<void(Cycle)> done) {
  last_cycle(symbol, 1, 0, std::move(done));
}

void Exchange::last_cycle(const std::string& symbol, std::int64_t from_order, std::uint64_t highest,
                          std::function<void(Cycle)> done) {
  binance::Parameters parameters;
  parameters.add("symbol", symbol).add("orderId", from_order).add("limit", std::int64_t{kPage});
  send(HttpRequest::Method::kGet, "/api/v3/allOrders", stamped(std::move(parameters)),
       [this, symbol, highest, done = std::move(done)](const Response& response,
                                                       const std::string& body) mutable {
         const auto orders =
             response.status == 200 ? binance::parse_listed_orders(body) : std::nullopt;
         if (!orders) return done(std::unexpected(describe(response)));
         std::int64_t last = 0;
         for (const auto& [order_id, client_order_id] : *orders) {
           last = std::max(last, order_id);
           const auto ours = market::ClientOrderId::parse(client_order_id);
           if (ours && ours->symbol == symbol) highest = std::max(highest, ours->cycle);
         }
         if (orders->size() < kPage) return done(highest);
         last_cycle(symbol, last + 1, highest, std::move(done));
       });
}

void Exchange::time(std::function<void(std::expected<market::ExchangeTime, std::string>)> done) {
  get_public(
      "/api/v3/time", [done = std::move(done)](const Response& response, const std::string& body) {
        const auto time = response.status == 200 ? binance::parse_server_time(body) : std::nullopt;
        if (!time) return done(std::unexpected(describe(response)));
        done(*time);
      });
}

void Exchange::symbols(std::function<void(std::expected<Listings, std::string>)> done) {
  get_public("/api/v3/exchangeInfo", [done = std::move(done)](const Response& response,
                                                              const std::string& body) {
    auto listings = response.status == 200 ? binance::parse_exchange_info(body) : std::nullopt;
    if (!listings) return done(std::unexpected(describe(response)));
    done(*std::move(listings));
  });
}

binance::Parameters Exchange::stamped(binance::Parameters parameters) const {
  const auto now = clock_.at(loop_.now());
  NAIVE_CHECK(now.has_value());
  const auto since_epoch = now->time_since_epoch();
  parameters.add("recvWindow", settings_.recv_window.count())
      .add("timestamp", std::chrono::floor<std::chrono::milliseconds>(since_epoch).count());
  return parameters;
}

void Exchange::send(HttpRequest::Method method, const std::string& path,
                    const binance::Parameters& parameters, Done done) {
  auto form = parameters.signed_form(signer_);
  const bool post = method == HttpRequest::Method::kPost;
  const std::string_view name = post ? "Post" : "other";
  runtime::sync_point({"gateway", "signed", name});
  http_.send({.method = method,
              .path = post ? path : path + '?' + form,
              .form = post ? std::move(form) : std::string{},
              .headers = {"X-MBX-APIKEY: " + signer_.api_key()}},
             [this, name, done = std::move(done)](const binance::HttpResult& result) {
               runtime::sync_point({"gateway", "answered", name});
               const auto response = understand(result);
               observer_(response);
               done(response, result ? result->body : std::string{});
             });
}

void Exchange::get_public(const std::string& path, Done done) {
  http_.send({.path = path}, [this, done = std::move(done)](const binance::HttpResult& result) {
    const auto response = understand(result);
    observer_(response);
    done(response, result ? result->body : std::string{});
  });
}

Response Exchange::understand(const binance::HttpResult& result) const {
  if (!result) {
    const bool not_sent = result.error().reach == binance::TransportError::Reach::kNotSent;
    return {.transport = not_sent ? Response::Transport::kNotSent : Response::Transport::kMaybeSent,
            .reason = result.error().reason};
  }
  Response response{.status = result->status, .retry_after = result->retry_after};
  if (result->status != 200) response.error = binance::parse_api_error(result->body);
  return response;
}

}  // namespace naive::gateway
