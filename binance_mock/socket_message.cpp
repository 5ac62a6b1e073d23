#include "binance_mock/socket_message.h"

#include <simdjson.h>

namespace naive::binance_mock {
namespace {

namespace ondemand = simdjson::ondemand;

/// A value's text without the blanks that follow it.
std::string trimmed(std::string_view token) {
  const auto end = token.find_last_not_of(" \t\r\n");
  return std::string{token.substr(0, end == std::string_view::npos ? 0 : end + 1)};
}

/// A string's content; anything else as it is written, for signatures are made over numbers as they
/// are written.
std::string text_of(ondemand::value value) {
  if (value.type() == ondemand::json_type::string) {
    return std::string{std::string_view{value.get_string()}};
  }
  if (value.type() == ondemand::json_type::array || value.type() == ondemand::json_type::object) {
    return trimmed(simdjson::to_json_string(value));
  }
  return trimmed(value.raw_json_token());
}

void read_params(SocketMessage& message, ondemand::value params) {
  if (params.type() == ondemand::json_type::array) {
    for (ondemand::value item : params.get_array()) message.list.push_back(text_of(item));
  } else if (params.type() == ondemand::json_type::object) {
    for (auto field : params.get_object()) {
      std::string name{std::string_view{field.unescaped_key()}};
      message.members.emplace_back(std::move(name), text_of(field.value()));
    }
  }
}

bool is_valid_id(std::string_view id) {
  constexpr std::size_t kMaxLength = 36 + 2;
  return !id.empty() && id.size() <= kMaxLength && id.front() != '{' && id.front() != '[';
}

}  // namespace

std::expected<SocketMessage, SocketMessage::Error> SocketMessage::parse(std::string_view text) {
  SocketMessage message;
  try {
    const simdjson::padded_string padded{text};
    ondemand::parser parser;
    ondemand::document document = parser.iterate(padded);
    if (document.type() != ondemand::json_type::object) {
      return std::unexpected(Error::kNotARequest);
    }
    for (auto field : document.get_object()) {
      const std::string_view key = field.unescaped_key();
      ondemand::value value = field.value();
      if (key == "method") {
        if (value.type() != ondemand::json_type::string) {
          return std::unexpected(Error::kNotARequest);
        }
        message.method = text_of(value);
      } else if (key == "id") {
        message.id = value.type() == ondemand::json_type::string ? trimmed(value.raw_json_token())
                                                                 : text_of(value);
        if (!is_valid_id(message.id)) return std::unexpected(Error::kNotARequest);
      } else if (key == "params") {
        read_params(message, value);
      }
    }
  } catch (const simdjson::simdjson_error&) {
    return std::unexpected(Error::kNotJson);
  }
  if (message.method.empty()) return std::unexpected(Error::kNotARequest);
  return message;
}

}  // namespace naive::binance_mock
