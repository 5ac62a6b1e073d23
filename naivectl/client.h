#pragma once

#include <naive/v1/control.pb.h>
#include <naive/v1/events.pb.h>

#include <chrono>
#include <filesystem>
#include <functional>

namespace naive::naivectl {

/// Asks the supervisor of this run directory. Throws runtime::StartError: 69 when there is none, 75
/// when it does not answer in time.
v1::ControlReply ask(const std::filesystem::path& run_directory, const v1::ControlRequest& request,
                     std::chrono::milliseconds timeout);

/// Hands on every event from now on, for ever. Throws as ask() does when there is no supervisor, or
/// none any more for as long as `patience`.
[[noreturn]] void follow_events(const std::filesystem::path& run_directory,
                                const std::function<void(const v1::Event&)>& each,
                                std::chrono::milliseconds patience = std::chrono::seconds{5});

}  // namespace naive::naivectl
