#include "runtime/supervisor_link.h"

#include <naive/v1/supervision.pb.h>
#include <unistd.h>
#include <zmq.h>

#include "runtime/child_options.h"
#include "runtime/directories.h"

namespace naive::runtime {

SupervisorLink::SupervisorLink(Bus& bus, const ChildOptions& options)
    : self_{.name = options.name, .incarnation = options.incarnation},
      supervised_(options.parent != 0),
      link_(bus, Sockets{options.run_directory}.supervision(), self_) {
  hello();
}

void SupervisorLink::hello() {
  v1::ChildMessage message;
  message.mutable_hello()->set_pid(::getpid());
  send(std::move(message));
}

void SupervisorLink::ready(const std::string& endpoint) {
  ready_endpoint_ = endpoint;
  v1::ChildMessage message;
  message.mutable_ready()->set_endpoint(endpoint);
  send(std::move(message));
}

bool SupervisorLink::failed(const std::string& code, const std::string& text) {
  if (!supervised_) return false;
  v1::ChildMessage message;
  message.mutable_failed()->set_code(code);
  message.mutable_failed()->set_message(text);
  send(std::move(message));

  constexpr long kPatienceMilliseconds = 1000;
  zmq_pollitem_t item{.socket = socket().handle(), .fd = -1, .events = ZMQ_POLLIN, .revents = 0};
  bool heard = false;
  while (!heard && ::zmq_poll(&item, 1, kPatienceMilliseconds) > 0) {
    drain([&](const v1::SupervisorMessage& reply) { heard |= reply.has_failure_heard(); });
  }
  return heard;
}

void SupervisorLink::heartbeat() {
  v1::ChildMessage message;
  message.mutable_heartbeat();
  send(std::move(message));
}

void SupervisorLink::send(v1::ChildMessage message) {
  if (!supervised_) return;
  message.set_name(self_.name);
  message.set_incarnation(self_.incarnation);
  link_.send(message.SerializeAsString());
}

void SupervisorLink::drain(const Receive& receive) {
  link_.drain([&](std::string_view bytes) {
    v1::SupervisorMessage message;
    if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
    if (message.has_reintroduce()) {
      hello();
      if (ready_endpoint_) ready(std::string{*ready_endpoint_});
    }
    receive(message);
  });
}

}  // namespace naive::runtime
