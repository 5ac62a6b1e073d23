// Welcome to naivectl, the command line of a running supervisor.
//
// It owns nothing and stays for one question: it sends a ControlRequest to the `control` socket of
// a run directory, shows the answer as a table or as JSON, and tells scripts how it went by its
// exit status. Whatever it can do, any ZeroMQ client can do with a line of JSON; see
// proto/naive/v1/control.proto.

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
