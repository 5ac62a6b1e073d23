#pragma once

#include <string>
#include <string_view>
#include <utility>

/// A WebSocket server's words, made by hand and so independent of the library under test.
namespace naive::test {

inline constexpr int kContinuation = 0, kText = 1, kClose = 8, kPing = 9, kPong = 10;

/// 101 Switching Protocols for that upgrade request.
std::string upgrade_answer(std::string_view request);

/// A frame of up to 65535 bytes.
std::string frame(int opcode, std::string_view payload, bool final = true);

/// Opcode and payload of a client's frame, which must be masked and whole.
std::pair<int, std::string> read_frame(std::string_view bytes);

}  // namespace naive::test
