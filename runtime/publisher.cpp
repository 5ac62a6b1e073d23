#include "runtime/publisher.h"

#include <fmt/format.h>

#include <cstdint>

namespace naive::runtime {
namespace {

/// FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/; std::hash may change with the compiler.
std::size_t part_number(std::string_view key) {
  std::uint32_t hash = 2166136261;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619;
  return hash % Publisher::kParts;
}

std::filesystem::path part_path(const std::filesystem::path& path, std::size_t number) {
  return fmt::format("{}-{}", path.string(), number);
}

}  // namespace

Publisher::Publisher(Bus& bus, EventLoop& loop, const Readable& readable) {
  for (std::size_t i = 0; i < kParts; ++i) {
    Part& part = parts_.emplace_back(Socket{bus, Socket::Kind::kXPub}, Watch{});
    part.watch = Watch{loop, part.socket, EventLoop::Order::kMessages,
                       [readable, &part] { readable(part.socket); }};
  }
}

void Publisher::bind(const std::filesystem::path& path) {
  for (std::size_t i = 0; i < kParts; ++i) parts_[i].socket.bind(part_path(path, i));
}

void Publisher::send(std::string_view key, std::string_view topic, std::string_view message) {
  parts_[part_number(key)].socket.send({topic, message});
}

std::filesystem::path part_of(const std::filesystem::path& path, std::string_view key) {
  return part_path(path, part_number(key));
}

}  // namespace naive::runtime
