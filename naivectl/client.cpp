#include "naivectl/client.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/bus.h"
#include "runtime/directories.h"
#include "runtime/event_loop.h"
#include "runtime/program.h"
#include "runtime/unique_fd.h"

namespace naive::naivectl {
namespace {

using runtime::EventLoop;
using runtime::Socket;
using std::chrono::milliseconds;

/// ZeroMQ connects to whoever comes one day; a plain connect(2) knows whether somebody listens now. False: errno says why.
bool somebody_listens(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = path.string();
  if (name.size() < sizeof address.sun_path)
    std::memcpy(address.sun_path, name.data(), name.size());
  const runtime::UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  // The only way from a sockaddr_un to what connect(2) takes.
  return fd &&
         ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

void require_listener(const std::filesystem::path& path) {
  if (somebody_listens(path)) return;
  throw runtime::StartError(
      runtime::kExitUnavailable,
      fmt::format(
          "no supervisor listens at '{}': {}; start one with ./scripts/run, or say where it is "
          "with --run-dir DIR",
          path.string(), std::strerror(errno)));
}

bool changes_nothing(const v1::ControlRequest& request) {
  return request.has_status() || request.has_which_children() || request.has_count_children() ||
         request.has_last_crash();
}

}  // namespace

v1::ControlReply ask(const std::filesystem::path& run_directory, const v1::ControlRequest& request,
                     milliseconds timeout) {
  const auto path = runtime::Sockets{run_directory}.control();
  require_listener(path);
  runtime::Bus bus;
  Socket socket{bus, Socket::Kind::kDealer};
  socket.connect(path);
  socket.send({request.SerializeAsString()});

  EventLoop loop;
  runtime::Frames frames;
  bool answered = false;
  const runtime::Watch watch{loop, socket, EventLoop::Order::kMessages,
                             [&] { answered = socket.receive(frames); }};
  const auto deadline = runtime::Clock::now() + timeout;
  // What is on its way while the supervisor becomes its next version is lost: a question is asked again.
  constexpr milliseconds kAskAgain{1000};
  auto ask_again = changes_nothing(request) ? runtime::Clock::now() + kAskAgain : deadline;
  while (!answered && loop.now() < deadline) {
    loop.run_once(std::chrono::ceil<milliseconds>(std::min(deadline, ask_again) - loop.now()));
    if (answered || loop.now() < ask_again) continue;
    socket.send({request.SerializeAsString()});
    ask_again += kAskAgain;
  }
  v1::ControlReply reply;
  if (!answered) {
    throw runtime::StartError(
        runtime::kExitTempFail,
        fmt::format(
            "the supervisor at '{}' has not answered within {} ms; it goes on, see naivectl status",
            path.string(), timeout.count()));
  }
  if (frames.size() != 1 || !reply.ParseFromString(frames[0])) {
    throw runtime::StartError(runtime::kExitSoftware, "the answer is not a ControlReply");
  }
  return reply;
}

void follow_events(const std::filesystem::path& run_directory,
                   const std::function<void(const v1::Event&)>& each, milliseconds patience) {
  const auto path = runtime::Sockets{run_directory}.events();
  require_listener(path);
  runtime::Bus bus;
  Socket socket{bus, Socket::Kind::kSub};
  socket.subscribe("");
  socket.connect(path);

  EventLoop loop;
  runtime::Frames frames;
  const runtime::Watch watch{loop, socket, EventLoop::Order::kMessages, [&] {
                               while (socket.receive(frames)) {
                                 v1::Event event;
                                 if (event.ParseFromString(frames[0])) each(event);
                               }
                             }};
  // A supervisor that becomes its next version has no sockets for a moment.
  const milliseconds look_again = std::min(patience, milliseconds{1000});
  auto last_there = loop.now();
  for (;;) {
    loop.run_once(look_again);
    if (somebody_listens(path)) last_there = loop.now();
    if (loop.now() - last_there >= patience) require_listener(path);
  }
}

}  // namespace naive::naivectl
