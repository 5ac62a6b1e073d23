#pragma once

#include <naive/v1/control.pb.h>

#include <expected>
#include <string>
#include <string_view>

namespace naive::naivectl {

/// The name of a process as the supervisor knows it: "BTCUSDT" is short for "leader BTCUSDT",
/// "BTCUSDT/0" for "trader BTCUSDT/0"; services and full names stay what they are.
std::string full_name(std::string_view name);

/// A signal by number or by name, with or without SIG: "9", "KILL", "SIGKILL". 0 when it is none.
int signal_number(std::string_view text);

/// `kill`: `target` is a pid or a name.
v1::ControlRequest kill_request(const std::string& target, int signal_number);

/// The exit status that a refusal deserves, from sysexits(3).
int exit_status(const v1::ControlReply& reply);

}  // namespace naive::naivectl
