# naive_zeromq: cppzmq's headers and libzmq, statically where the distribution ships archives, because a process that is
# started again after a crash spends most of its time in the dynamic linker (bench/recovery). Debian's libzmq.a wants
# these beside it, and some that absent_transports.cpp stands in for.
add_library(naive_zeromq INTERFACE)

set(archives zmq sodium bsd md)
set(static_zeromq)
foreach(archive ${archives})
  find_library(NAIVE_STATIC_${archive} lib${archive}.a)
  mark_as_advanced(NAIVE_STATIC_${archive})
  if(NAIVE_STATIC_${archive})
    list(APPEND static_zeromq ${NAIVE_STATIC_${archive}})
  endif()
endforeach()
list(LENGTH archives wanted)
list(LENGTH static_zeromq found)

add_library(naive_patient_accept STATIC ${CMAKE_CURRENT_LIST_DIR}/patient_accept.cpp)

set(NAIVE_STATIC_ZEROMQ OFF)
if(found EQUAL wanted)
  set(NAIVE_STATIC_ZEROMQ ON)
  add_library(naive_absent_transports STATIC ${CMAKE_CURRENT_LIST_DIR}/absent_transports.cpp)
  target_include_directories(naive_zeromq INTERFACE $<TARGET_PROPERTY:cppzmq,INTERFACE_INCLUDE_DIRECTORIES>)
  target_link_libraries(naive_zeromq INTERFACE ${static_zeromq} naive_absent_transports naive_patient_accept Threads::Threads)
else()
  message(STATUS "libzmq is linked dynamically: its archives are not all there")
  target_link_libraries(naive_zeromq INTERFACE cppzmq naive_patient_accept)
endif()
