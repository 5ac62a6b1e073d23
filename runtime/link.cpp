#include "runtime/link.h"

#include <charconv>

namespace naive::runtime {

std::string LinkAddress::to_string() const { return name + '#' + std::to_string(incarnation); }

std::optional<LinkAddress> LinkAddress::parse(std::string_view identity) {
  const auto hash = identity.rfind('#');
  if (hash == std::string_view::npos) return std::nullopt;
  LinkAddress address{.name = std::string{identity.substr(0, hash)}};
  const char* end = identity.data() + identity.size();
  const auto result = std::from_chars(identity.data() + hash + 1, end, address.incarnation);
  if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return address;
}

ParentLink::ParentLink(Bus& bus, const std::filesystem::path& socket, const LinkAddress& self)
    : socket_(bus, Socket::Kind::kDealer) {
  socket_.set_identity(self.to_string());
  socket_.connect(socket);
}

bool ParentLink::send(std::string_view message) { return socket_.send({message}); }

void ParentLink::drain(const Receive& receive) {
  for (int i = 0; i < kDrainLimit && socket_.receive(frames_); ++i) {
    if (frames_.size() == 1) receive(frames_[0]);
  }
}

ChildrenLink::ChildrenLink(Bus& bus, const std::filesystem::path& socket)
    : socket_(bus, Socket::Kind::kRouter) {
  socket_.bind(socket);
}

bool ChildrenLink::send(std::string_view identity, std::string_view message) {
  return socket_.send({identity, message});
}

void ChildrenLink::drain(const Receive& receive) {
  for (int i = 0; i < kDrainLimit && socket_.receive(frames_); ++i) {
    if (frames_.size() == 2) receive(frames_[0], frames_[1]);
  }
}

}  // namespace naive::runtime
