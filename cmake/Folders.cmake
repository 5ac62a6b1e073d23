# naive_library(NAME SOURCES ... PUBLIC libs... PRIVATE libs...)
#   A library of one folder. Headers are included from the project's root: "market/decimal.h".
# naive_process(NAME SOURCES ... LIBRARIES ...)
#   An executable of one process folder, installed beside the others: processes find each other there.

function(naive_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE naive_options ${ARG_PRIVATE})
endfunction()

function(naive_process name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE naive_options ${ARG_LIBRARIES})
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()
