#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "runtime/last_words.h"

/// Log lines on stderr, and into the process's last words, written at once: a sentence and a tail of key=value pairs. Never
/// waits for whoever reads stderr: what does not fit is left out, and a line says so once there is room again.
///   2026-01-02T03:04:05.678901Z info leader[4711] BTCUSDT trader died - reason killed by SIGKILL slot=0 incarnation=3
/// With Format::kJson the same call gives one JSON object a line.
namespace naive::log {

enum class Format { kText, kJson };
enum class Level { kDebug, kInfo, kWarn, kError };

/// Once, in main, before the first line. `process` is the name in front of the pid.
void open(std::string_view process, Format format, Level level, runtime::LastWords last_words = {});

struct Field {
  std::string_view key;
  std::string value;
  bool quoted;  // in JSON

  Field(std::string_view k, std::string v) : key(k), value(std::move(v)), quoted(true) {}
  Field(std::string_view k, std::string_view v) : Field(k, std::string{v}) {}
  Field(std::string_view k, const char* v) : Field(k, std::string{v}) {}
  Field(std::string_view k, std::int64_t v) : key(k), value(std::to_string(v)), quoted(false) {}
  Field(std::string_view k, std::uint64_t v) : key(k), value(std::to_string(v)), quoted(false) {}
  Field(std::string_view k, std::int32_t v) : Field(k, static_cast<std::int64_t>(v)) {}
  Field(std::string_view k, std::uint32_t v) : Field(k, static_cast<std::uint64_t>(v)) {}
};

using Fields = std::initializer_list<Field>;

void debug(std::string_view message, Fields fields = {});
void info(std::string_view message, Fields fields = {});
void warn(std::string_view message, Fields fields = {});
void error(std::string_view message, Fields fields = {});

}  // namespace naive::log
