// libzmq 4.3.4 aborts the whole process when an ipc:// connection comes while no descriptor or no memory is free: of all such
// errors its ipc_listener knows ENFILE alone. So that is what it is told, a little later: the connection stays in the queue, and
// libzmq asks again at once.

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

extern "C" int accept4(int listener, sockaddr* address, socklen_t* length, int flags) {
  constexpr useconds_t kPause = 10'000;
  const long accepted = ::syscall(SYS_accept4, listener, address, length, flags);
  if (accepted < 0 && (errno == EMFILE || errno == ENOBUFS || errno == ENOMEM)) {
    ::usleep(kPause);
    errno = ENFILE;
  }
  return static_cast<int>(accepted);
}
