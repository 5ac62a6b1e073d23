#pragma once

#include <google/protobuf/message.h>

#include <string>

namespace naive {

/// A message as one line of JSON for scripts: names as in the schema, every number a number (64
/// bits too), an unset message null, an empty list []. Of a oneof only the member that is set.
/// protobuf's own printer leaves out what is unset and writes 64-bit numbers as strings; what it
/// reads and what this writes is otherwise the same.
std::string to_json(const google::protobuf::Message& message);

/// Text as a JSON string, quotes included.
std::string json_quoted(std::string_view text);

}  // namespace naive
