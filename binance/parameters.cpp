#include "binance/parameters.h"

#include <fmt/format.h>

#include <algorithm>

#include "binance/signing.h"

namespace naive::binance {

std::string Signer::sign(std::string_view payload) const {
  return hmac_sha256_hex(credentials_.secret_key, payload);
}

Parameters& Parameters::add(std::string name, std::string value) {
  parameters_.push_back({std::move(name), std::move(value), false});
  return *this;
}

Parameters& Parameters::add(std::string name, std::int64_t value) {
  parameters_.push_back({std::move(name), std::to_string(value), true});
  return *this;
}

std::string Parameters::encoded() const {
  std::string form;
  for (const Parameter& parameter : parameters_) {
    if (!form.empty()) form += '&';
    form += percent_encode(parameter.name) + '=' + percent_encode(parameter.value);
  }
  return form;
}

std::string Parameters::signed_form(const Signer& signer) const {
  std::string form = encoded();
  form += "&signature=" + percent_encode(signer.sign(form));
  return form;
}

std::string Parameters::signed_json(const Signer& signer) const {
  auto sorted = parameters_;
  std::ranges::sort(sorted, {}, &Parameter::name);
  std::string payload;
  std::string members;
  for (const Parameter& parameter : sorted) {
    if (!payload.empty()) payload += '&';
    payload += parameter.name + '=' + parameter.value;
    const char* const quote = parameter.number ? "" : "\"";
    members += fmt::format(R"("{}":{}{}{},)", parameter.name, quote, parameter.value, quote);
  }
  return fmt::format(R"({{{}"signature":"{}"}})", members, signer.sign(payload));
}

}  // namespace naive::binance
