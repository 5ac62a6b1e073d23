#include "runtime/unique_fd.h"

#include <unistd.h>

namespace naive::runtime {

UniqueFd::~UniqueFd() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace naive::runtime
