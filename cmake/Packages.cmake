# Everything from outside, found once. All of it is packaged by Debian 12.

find_package(PkgConfig REQUIRED)  # cppzmq's own package file needs it
find_package(Threads REQUIRED)
find_package(cppzmq CONFIG REQUIRED)
set(Protobuf_USE_STATIC_LIBS ON)  # as with libzmq below
find_package(Protobuf REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(simdjson CONFIG REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED)
find_package(SQLiteCpp CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(tomlplusplus CONFIG REQUIRED)
find_package(ZLIB REQUIRED)
find_package(wslay MODULE REQUIRED)
include(ZeroMQ)
