// What the other supervisors supervise: says that it runs as soon as main is reached, and waits to be killed. It loads
// nothing, restores nothing and connects to nobody, so its start is the cheapest there is.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

/// argv[1]: the datagram socket to tell. argv[2]: the child's number.
int main(int argc, char** argv) {
  if (argc != 3) return 64;
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, argv[1], sizeof address.sun_path - 1);
  struct {
    int number;
    pid_t pid;
  } const ready{std::atoi(argv[2]), ::getpid()};
  ::sendto(socket, &ready, sizeof ready, 0, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  for (;;) ::pause();
}
