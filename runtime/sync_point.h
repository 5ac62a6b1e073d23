#pragma once

#include <initializer_list>
#include <string_view>

namespace naive::runtime {

/// A named step of this process at which a test can hold it, so that it, or whoever it talks to, can be killed
/// exactly there. The name is the parts, joined with dots: {"trader", "before", "Place"}.
///
/// Armed by a file of that name in the directory $NAIVE_SYNC_POINTS: whoever gets there first renames it to
/// NAME@PID and stops itself, all threads of it, until it is killed or continued. Without the variable, that is
/// always outside of tests, a sync point is a function call and a comparison.
void sync_point(std::initializer_list<std::string_view> name);

}  // namespace naive::runtime
