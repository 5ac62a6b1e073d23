#include "proto/json.h"

#include <google/protobuf/descriptor.h>

#include <array>
#include <cstdio>

namespace naive {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string decimal_text(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.17g", value);
  return text.data();
}

std::string singular(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return std::to_string(reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(reflection.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(reflection.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return decimal_text(reflection.GetDouble(message, &field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return decimal_text(static_cast<double>(reflection.GetFloat(message, &field)));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, &field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return json_quoted(reflection.GetEnum(message, &field)->name());
    case FieldDescriptor::CPPTYPE_STRING:
      return json_quoted(reflection.GetString(message, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return reflection.HasField(message, &field) ? to_json(reflection.GetMessage(message, &field))
                                                  : "null";
  }
  return "null";
}

/// The schema's lists are lists of messages or of strings.
std::string list(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  std::string text = "[";
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    if (i > 0) text += ", ";
    text += field.cpp_type() == FieldDescriptor::CPPTYPE_STRING
                ? json_quoted(reflection.GetRepeatedString(message, &field, i))
                : to_json(reflection.GetRepeatedMessage(message, &field, i));
  }
  return text + "]";
}

bool is_shown(const Message& message, const FieldDescriptor& field) {
  return field.real_containing_oneof() == nullptr ||
         message.GetReflection()->HasField(message, &field);
}

}  // namespace

std::string to_json(const Message& message) {
  std::string text = "{";
  const auto& descriptor = *message.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    if (!is_shown(message, field)) continue;
    if (text.size() > 1) text += ", ";
    text += '"' + field.name() + "\": ";
    text += field.is_repeated() ? list(message, field) : singular(message, field);
  }
  return text + "}";
}

std::string json_quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04x", static_cast<unsigned>(c));
      quoted += escaped.data();
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace naive
