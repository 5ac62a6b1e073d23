#include "binance_mock/params.h"

#include <algorithm>
#include <charconv>

namespace naive::binance_mock {
namespace {

constexpr std::string_view kSignature = "signature";

struct RawPair {
  std::string_view text;  // name=value, as sent
  std::string_view name;
  std::string_view value;
};

std::vector<RawPair> split(std::string_view text) {
  std::vector<RawPair> pairs;
  while (!text.empty()) {
    const auto end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    const bool has_value = equals != std::string_view::npos;
    pairs.push_back({pair, pair.substr(0, equals), has_value ? pair.substr(equals + 1) : ""});
  }
  return pairs;
}

/// What the signature covers of one part: its pairs in the order received.
std::string without_signature(const std::vector<RawPair>& pairs) {
  std::string text;
  for (const RawPair& pair : pairs) {
    if (pair.name == kSignature) continue;
    if (!text.empty()) text += '&';
    text += pair.text;
  }
  return text;
}

bool contains(const std::vector<std::pair<std::string, std::string>>& pairs,
              std::string_view name) {
  return std::ranges::any_of(pairs, [&](const auto& pair) { return pair.first == name; });
}

}  // namespace

std::string percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      decoded += ' ';
      continue;
    }
    unsigned int byte = 0;
    const char* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

Result<Params> Params::from_rest(std::string_view query, std::string_view body) {
  Params params;
  const auto query_pairs = split(query);
  const auto body_pairs = split(body);
  for (const RawPair& pair : query_pairs) {
    std::string name = percent_decode(pair.name);
    if (contains(params.pairs_, name)) return std::unexpected(errors::duplicate_parameter());
    params.pairs_.emplace_back(std::move(name), percent_decode(pair.value));
  }
  std::vector<std::pair<std::string, std::string>> from_body;
  for (const RawPair& pair : body_pairs) {
    std::string name = percent_decode(pair.name);
    if (contains(from_body, name)) return std::unexpected(errors::duplicate_parameter());
    from_body.emplace_back(std::move(name), percent_decode(pair.value));
  }
  for (auto& pair : from_body) {
    if (!contains(params.pairs_, pair.first)) params.pairs_.push_back(std::move(pair));
  }
  params.signed_payload_ = without_signature(query_pairs) + without_signature(body_pairs);
  return params;
}

Params Params::from_members(std::vector<std::pair<std::string, std::string>> members) {
  Params params;
  params.pairs_ = std::move(members);
  auto sorted = params.pairs_;
  std::ranges::sort(sorted);
  for (const auto& [name, value] : sorted) {
    if (name == kSignature) continue;
    if (!params.signed_payload_.empty()) params.signed_payload_ += '&';
    params.signed_payload_ += name + '=' + value;
  }
  return params;
}

const std::string* Params::find(std::string_view name) const {
  for (const auto& [key, value] : pairs_) {
    if (key == name && !value.empty()) return &value;
  }
  return nullptr;
}

const std::string& Params::value(std::string_view name) const {
  static const std::string kEmpty;
  const std::string* found = find(name);
  return found == nullptr ? kEmpty : *found;
}

}  // namespace naive::binance_mock
