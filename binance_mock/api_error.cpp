#include "binance_mock/api_error.h"

#include <fmt/format.h>

namespace naive::binance_mock::errors {
namespace {

constexpr int kBadRequest = 400;
constexpr int kUnauthorized = 401;
constexpr int kTooManyRequests = 429;

ApiError bad_request(int code, std::string message) {
  return {.http_status = kBadRequest, .code = code, .message = std::move(message)};
}

}  // namespace

ApiError missing_parameter(std::string_view name) {
  return bad_request(
      -1102,
      fmt::format("Mandatory parameter '{}' was not sent, was empty/null, or malformed.", name));
}
ApiError illegal_characters(std::string_view name, std::string_view legal_range) {
  return bad_request(
      -1100, fmt::format("Illegal characters found in parameter '{}'; legal range is '{}'.", name,
                         legal_range));
}
ApiError too_much_precision(std::string_view name) {
  return bad_request(-1111, fmt::format("Parameter '{}' has too much precision.", name));
}
ApiError overflowed(std::string_view name) {
  return bad_request(-1108, fmt::format("Parameter '{}' overflowed.", name));
}
ApiError not_required(std::string_view name) {
  return bad_request(-1106, fmt::format("Parameter '{}' sent when not required.", name));
}
ApiError unread_parameters(std::size_t read, std::size_t sent) {
  return bad_request(
      -1104,
      fmt::format("Not all sent parameters were read; read '{}' parameter(s) but was sent '{}'.",
                  read, sent));
}
ApiError duplicate_parameter() {
  return bad_request(-1101, "Duplicate values for a parameter detected.");
}
ApiError invalid_combination() {
  return bad_request(-1128, "Combination of optional parameters invalid.");
}
ApiError no_order_key() {
  return bad_request(
      -1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!");
}
ApiError invalid_symbol() { return bad_request(-1121, "Invalid symbol."); }
ApiError invalid_enum(int code, std::string_view name) {
  return bad_request(code, fmt::format("Invalid {}.", name));
}
ApiError invalid_receive_window() {
  return bad_request(-1131, "recvWindow must be less than 60000");
}
ApiError too_old() {
  return bad_request(-1021, "Timestamp for this request is outside of the recvWindow.");
}
ApiError too_early() {
  return bad_request(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
}
ApiError invalid_signature() {
  return bad_request(-1022, "Signature for this request is not valid.");
}
ApiError malformed_key() { return {kUnauthorized, -2014, "API-key format invalid."}; }
ApiError unknown_key() {
  return {kUnauthorized, -2015, "Invalid API-key, IP, or permissions for action."};
}
ApiError filter_failure(std::string_view filter) {
  return bad_request(-1013, fmt::format("Filter failure: {}", filter));
}
ApiError order_rejected(std::string_view reason) { return bad_request(-2010, std::string{reason}); }
ApiError cancel_rejected(std::string_view reason) {
  return bad_request(-2011, std::string{reason});
}
ApiError no_such_order() { return bad_request(-2013, "Order does not exist."); }
ApiError order_mismatch() {
  return bad_request(-2039, "Client order ID is not correct for this order ID");
}
ApiError too_much_weight() {
  return {kTooManyRequests, -1003,
          "Too much request weight used; current limit is 6000 request weight per 1 MINUTE. Please "
          "use WebSocket Streams for live updates to avoid polling the API."};
}
ApiError too_many_orders() {
  return {kTooManyRequests, -1015,
          "Too many new orders; current limit is 100 orders per 10 SECOND."};
}

}  // namespace naive::binance_mock::errors
