#include "binance_mock/authentication.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>

#include "binance/signing.h"
#include "market/decimal.h"

namespace naive::binance_mock {
namespace {

using std::chrono::microseconds;

constexpr microseconds kDefaultWindow{5'000'000};
constexpr microseconds kMaxWindow{60'000'000};
constexpr microseconds kMaxAhead{1'000'000};
/// Timestamps of more digits are microseconds.
constexpr std::int64_t kFirstMicroseconds = 100'000'000'000'000;

std::optional<std::int64_t> parse_timestamp(const std::string& text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc{} || result.ptr != end || value < 0) return std::nullopt;
  if (value >= kFirstMicroseconds) return value;
  return value * 1000;
}

/// recvWindow is milliseconds with up to three decimals.
std::optional<microseconds> parse_window(const Params& params) {
  const std::string* text = params.find("recvWindow");
  if (text == nullptr) return kDefaultWindow;
  const auto value = market::Decimal::parse(*text);
  constexpr std::int64_t kUnitsPerMicrosecond = market::Decimal::kUnitsPerOne / 1000;
  if (!value || value->is_negative() || value->units() % kUnitsPerMicrosecond != 0) {
    return std::nullopt;
  }
  return microseconds{value->units() / kUnitsPerMicrosecond};
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

std::optional<ApiError> Authentication::check_key(std::string_view api_key) const {
  constexpr std::size_t kMaxLength = 128;
  const auto is_plain = [](unsigned char c) { return std::isalnum(c) != 0; };
  if (api_key.empty() || api_key.size() > kMaxLength || !std::ranges::all_of(api_key, is_plain)) {
    return errors::malformed_key();
  }
  if (!binance::equal_in_constant_time(api_key, credentials_.api_key)) {
    return errors::unknown_key();
  }
  return std::nullopt;
}

std::optional<ApiError> Authentication::check_signed(const Params& params,
                                                     market::ExchangeTime now) const {
  for (const std::string_view name : {"timestamp", "signature"}) {
    if (!params.has(name)) return errors::missing_parameter(name);
  }
  const auto timestamp = parse_timestamp(params.value("timestamp"));
  if (!timestamp) {
    return errors::illegal_characters("timestamp", "^[0-9]{1,20}$");
  }
  const auto window = parse_window(params);
  if (!window) return errors::illegal_characters("recvWindow", R"(^([0-9]{1,5})(\.[0-9]{1,3})?$)");
  if (*window > kMaxWindow) return errors::invalid_receive_window();

  const market::ExchangeTime sent{microseconds{*timestamp}};
  if (sent >= now + kMaxAhead) return errors::too_early();
  if (now - sent > *window) return errors::too_old();

  const std::string expected =
      binance::hmac_sha256_hex(credentials_.secret_key, params.signed_payload());
  if (!binance::equal_in_constant_time(lower_case(params.value("signature")), expected)) {
    return errors::invalid_signature();
  }
  return std::nullopt;
}

binance::Credentials example_credentials() {
  return {.api_key = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
          .secret_key = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"};
}

}  // namespace naive::binance_mock
