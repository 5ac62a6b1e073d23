#include "supervisor/control_socket.h"

#include <google/protobuf/util/json_util.h>

#include "proto/json.h"
#include "runtime/link.h"

namespace naive::supervisor {
namespace {

/// No request comes near. What is longer is not even parsed, so that one turn of the loop stays short whatever is sent.
constexpr std::size_t kMostBytes = 16 * 1024;

constexpr const char* kExample = R"({"start_trading": {"symbol": "BTCUSDT"}})";

bool is_json(const std::string& payload) { return payload.starts_with('{'); }

/// What is refused is answered in its own form; what has neither of the two was typed by a person.
bool looks_binary(const std::string& payload) {
  if (payload.size() <= kMostBytes) return v1::ControlRequest{}.ParseFromString(payload);
  return static_cast<unsigned char>(payload.front()) < ' ';  // the tag of one of the first commands, or no text anyway
}

}  // namespace

std::expected<v1::ControlRequest, std::string> parse_request(const std::string& payload) {
  if (payload.size() > kMostBytes) {
    return std::unexpected{"a request has at most " + std::to_string(kMostBytes) + " bytes"};
  }
  v1::ControlRequest request;
  if (is_json(payload)) {
    const auto status = google::protobuf::util::JsonStringToMessage(payload, &request);
    if (!status.ok()) {
      // The first line; the rest points at a column with blanks and a caret.
      const std::string message{status.message()};
      return std::unexpected{message.substr(0, message.find('\n')) + "; for example: " + kExample};
    }
  } else if (payload.empty() || !request.ParseFromString(payload)) {
    return std::unexpected{std::string{"neither JSON nor a ControlRequest; for example: "} +
                           kExample};
  }
  if (request.command_case() == v1::ControlRequest::COMMAND_NOT_SET) {
    return std::unexpected{std::string{"no command that this version knows; for example: "} +
                           kExample};
  }
  return request;
}

ControlSocket::ControlSocket(runtime::Bus& bus, const std::filesystem::path& socket)
    : socket_(bus, runtime::Socket::Kind::kRouter, kLinger) {
  socket_.bind(socket);
}

void ControlSocket::drain(const Receive& receive) {
  for (int i = 0; i < runtime::kDrainLimit && socket_.receive(frames_); ++i) {
    if (frames_.empty()) continue;
    Client client{.identity = frames_[0]};
    client.delimited = frames_.size() >= 3 && frames_[1].empty();
    const std::size_t payload = client.delimited ? 2 : 1;
    if (frames_.size() != payload + 1) {
      reply(client, error_reply("bad_request", "a request is one frame"));
      continue;
    }
    client.json = is_json(frames_[payload]);
    if (const auto request = parse_request(frames_[payload])) {
      receive(client, *request);
    } else {
      client.json = client.json || !looks_binary(frames_[payload]);
      reply(client, error_reply("bad_request", request.error()));
    }
  }
}

void ControlSocket::reply(const Client& client, const v1::ControlReply& reply) {
  const std::string payload = client.json ? to_json(reply) : reply.SerializeAsString();
  // A client that has gone does not want its answer any more.
  if (client.delimited) {
    socket_.send({client.identity, "", payload});
  } else {
    socket_.send({client.identity, payload});
  }
}

v1::ControlReply error_reply(const std::string& code, const std::string& message, int pid) {
  v1::ControlReply reply;
  reply.mutable_error()->set_code(code);
  reply.mutable_error()->set_message(message);
  reply.mutable_error()->set_pid(pid);
  return reply;
}

}  // namespace naive::supervisor
