#pragma once

#include <string>
#include <string_view>

namespace naive::binance {

/// HMAC-SHA256 of `payload` as lower-case hex: Binance's signature for HMAC keys. For REST the
/// payload is the raw query string followed by the raw body, exactly the bytes sent, already
/// percent-encoded; for the WebSocket API it is all parameters sorted by name, not encoded.
std::string hmac_sha256_hex(std::string_view secret, std::string_view payload);

/// Takes the same time wherever the two differ.
bool equal_in_constant_time(std::string_view a, std::string_view b);

/// Everything but A-Z a-z 0-9 - _ . ~ becomes %XX (RFC 3986, unreserved characters).
std::string percent_encode(std::string_view text);

}  // namespace naive::binance
