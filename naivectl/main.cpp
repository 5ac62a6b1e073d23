// Welcome to naivectl, the command line of a running supervisor, and of what one has left behind.
//
// It owns nothing and stays for one question: it sends a ControlRequest to the `control` socket of
// a run directory, shows the answer as a table or as JSON, and tells scripts how it went by its
// exit status. Whatever it can ask, any ZeroMQ client can ask with a line of JSON; see
// proto/naive/v1/control.proto. What was traded it reads from the stores in the state directory.

#include <iostream>

#include "naivectl/commands.h"
#include "runtime/program.h"

int main(int argc, char** argv) {
  using namespace naive;
  naivectl::CommandLine line;
  if (const int status = line.parse(argc, argv); status >= 0) return status;
  try {
    return naivectl::run(line, std::cout, std::cerr);
  } catch (const runtime::StartError& error) {
    std::cerr << "naivectl: " << error.what() << '\n';
    return error.status();
  } catch (const std::exception& error) {
    std::cerr << "naivectl: " << error.what() << '\n';
    return runtime::kExitSoftware;
  }
}
