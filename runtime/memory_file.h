#pragma once

#include <string>
#include <string_view>

#include "runtime/unique_fd.h"

namespace naive::runtime {

/// A file that exists only as long as somebody has it open: memfd_create(2), not inherited by exec.
/// Throws std::system_error.
UniqueFd memory_file(std::string_view content);

/// Reads a file from its beginning, wherever its offset is. False, with errno set, when that ended early.
bool read_all(int fd, std::string& content);

/// All that is in a file. Throws std::system_error.
std::string read_memory(int fd);

/// Whether a descriptor stays open when this process becomes another program.
enum class AcrossExec { kKept, kClosed };
void set_across_exec(int fd, AcrossExec fate) noexcept;

}  // namespace naive::runtime
