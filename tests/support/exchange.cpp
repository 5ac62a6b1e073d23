#include "tests/support/exchange.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <boost/json/src.hpp>
#include <memory>
#include <stdexcept>

namespace naive::test {
namespace {

namespace json = boost::json;

struct CurlDeleter {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t append(char* data, std::size_t size, std::size_t count, std::string* body) {
  body->append(data, size * count);
  return size * count;
}

HttpAnswer perform(const std::string& url, const std::string* body, std::string_view api_key,
                   const char* method = nullptr) {
  const std::unique_ptr<CURL, CurlDeleter> curl{curl_easy_init()};
  HttpAnswer answer;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, 10'000L);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &append);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
  std::unique_ptr<curl_slist, CurlDeleter> headers;
  if (!api_key.empty()) {
    headers.reset(curl_slist_append(nullptr, fmt::format("X-MBX-APIKEY: {}", api_key).c_str()));
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  }
  if (method != nullptr) curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method);
  if (body != nullptr) curl_easy_setopt(curl.get(), CURLOPT_COPYPOSTFIELDS, body->c_str());
  if (curl_easy_perform(curl.get()) == CURLE_OK) {
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  }
  return answer;
}

json::object parse(const HttpAnswer& answer, std::string_view what) {
  if (answer.status != 200) {
    throw std::runtime_error(fmt::format("{}: HTTP {} {}", what, answer.status, answer.body));
  }
  return json::parse(answer.body).as_object();
}

std::string text(const json::object& object, std::string_view key) {
  return std::string{object.at(key).as_string()};
}

}  // namespace

std::vector<LedgerOrder> Ledger::of(std::string_view symbol) const {
  std::vector<LedgerOrder> selected;
  for (const LedgerOrder& order : orders) {
    if (order.symbol == symbol) selected.push_back(order);
  }
  return selected;
}

HttpAnswer Exchange::get(std::string_view path, std::string_view api_key) const {
  return perform(url_ + std::string{path}, nullptr, api_key);
}

HttpAnswer Exchange::post(std::string_view path, std::string_view body,
                          std::string_view api_key) const {
  const std::string text{body};
  return perform(url_ + std::string{path}, &text, api_key);
}

void Exchange::step(std::string_view symbol, std::string_view price) const {
  const auto body = fmt::format(R"({{"symbol":"{}","price":"{}","quantity":"1"}})", symbol, price);
  parse(post("/_mock/step", body), "step");
}

Ledger Exchange::ledger() const {
  const json::object object = parse(get("/_mock/ledger"), "ledger");
  Ledger ledger;
  for (const json::value& value : object.at("orders").as_array()) {
    const json::object& order = value.as_object();
    ledger.orders.push_back({.symbol = text(order, "symbol"),
                             .client_order_id = text(order, "client_order_id"),
                             .side = text(order, "side"),
                             .price = text(order, "price"),
                             .quantity = text(order, "quantity"),
                             .executed = text(order, "executed"),
                             .status = text(order, "status")});
  }
  for (const json::value& value : object.at("executions").as_array()) {
    const json::object& execution = value.as_object();
    ledger.executions.push_back({.client_order_id = text(execution, "client_order_id"),
                                 .side = text(execution, "side"),
                                 .price = text(execution, "price"),
                                 .quantity = text(execution, "quantity")});
  }
  return ledger;
}

int Exchange::subscribers(std::string_view stream) const {
  const json::object object = parse(get("/_mock/state"), "state");
  const json::value* count = object.at("subscriptions").as_object().if_contains(stream);
  return count == nullptr ? 0 : count->to_number<int>();
}

void Exchange::inject(std::string_view faults) const {
  const auto answer = post("/_mock/faults", faults);
  if (answer.status != 200) {
    throw std::runtime_error(fmt::format("faults: HTTP {} {}", answer.status, answer.body));
  }
}

void Exchange::heal() const {
  parse(perform(url_ + "/_mock/faults", nullptr, "", "DELETE"), "heal");
}

}  // namespace naive::test
