#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace naive::binance_mock {

/// What Binance answers instead of a result: `{"code":-1121,"msg":"Invalid symbol."}` under an HTTP
/// status.
struct ApiError {
  int http_status = 400;
  int code = 0;
  std::string message;

  friend bool operator==(const ApiError&, const ApiError&) = default;
};

template <class Value>
using Result = std::expected<Value, ApiError>;

/// The errors by name, texts as on the wire (REST API page, "errors").
namespace errors {
ApiError missing_parameter(std::string_view name);
ApiError illegal_characters(std::string_view name, std::string_view legal_range);
ApiError too_much_precision(std::string_view name);
ApiError overflowed(std::string_view name);
ApiError not_required(std::string_view name);
ApiError unread_parameters(std::size_t read, std::size_t sent);
ApiError duplicate_parameter();
ApiError invalid_combination();
ApiError no_order_key();
ApiError invalid_symbol();
ApiError invalid_enum(int code, std::string_view name);
ApiError invalid_receive_window();
ApiError too_old();
ApiError too_early();
ApiError invalid_signature();
ApiError malformed_key();
ApiError unknown_key();
ApiError filter_failure(std::string_view filter);
ApiError order_rejected(std::string_view reason);
ApiError cancel_rejected(std::string_view reason);
ApiError no_such_order();
ApiError order_mismatch();
ApiError too_much_weight();
ApiError too_many_orders();
}  // namespace errors

}  // namespace naive::binance_mock
