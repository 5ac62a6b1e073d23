#include "runtime/log.h"

#include <fmt/format.h>
#include <poll.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <utility>

#include "runtime/json_string.h"

namespace naive::log {
namespace {

using runtime::json_string;

/// One line stays one line, and a value ends at the next blank.
bool needs_quotes(std::string_view value) {
  return value.empty() || std::ranges::any_of(value, [](char c) {
           return static_cast<unsigned char>(c) <= ' ' || c == '"';
         });
}

// Formatting of a line is a property of the default logger, which spdlog keeps for the process;
// this says which of the two forms its pattern expects.
bool json_lines() { return spdlog::default_logger_raw()->name() == "json"; }

std::string text_line(std::string_view message, Fields fields) {
  std::string line{message};
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  for (const Field& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    line += needs_quotes(field.value) ? json_string(field.value) : field.value;
  }
  return line;
}

std::string json_members(std::string_view message, Fields fields) {
  std::string line = "\"message\":" + json_string(message);
  for (const Field& field : fields) {
    line +=
        fmt::format(",\"{}\":{}", field.key, field.quoted ? json_string(field.value) : field.value);
  }
  return line;
}

std::string line_of(std::string_view message, Fields fields) {
  return json_lines() ? json_members(message, fields) : text_line(message, fields);
}

void write(spdlog::level::level_enum level, std::string_view message, Fields fields) {
  spdlog::logger* logger = spdlog::default_logger_raw();
  if (!logger->should_log(level)) return;
  logger->log(level, line_of(message, fields));
}

/// Of a pipe or a terminal nobody may read any more: Ctrl-S, a pager, a journal that hangs. A writer would wait with them.
bool somebody_reads() {
  pollfd out{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
  return ::poll(&out, 1, 0) == 1 && (out.revents & POLLOUT) != 0;
}

/// Without a lock: one thread a process. Unbuffered, as stderr is: what was logged survives SIGKILL. What nobody reads is not
/// waited for, only counted; the last words have it nevertheless.
class Sink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit Sink(runtime::LastWords last_words) : last_words_(std::move(last_words)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    last_words_.write({line.data(), line.size()});
    if (unwritten_ > 0 && somebody_reads()) tell_what_is_missing(message);
    if (unwritten_ == 0 && somebody_reads()) {
      std::fwrite(line.data(), 1, line.size(), stderr);
    } else {
      ++unwritten_;
    }
  }
  void flush_() override {}

  void tell_what_is_missing(spdlog::details::log_msg next) {
    const std::string text =
        line_of("Lines are missing here, for nobody read them", {{"lines", std::exchange(unwritten_, 0)}});
    next.level = spdlog::level::warn;
    next.payload = text;
    spdlog::memory_buf_t line;
    formatter_->format(next, line);
    std::fwrite(line.data(), 1, line.size(), stderr);
  }

  runtime::LastWords last_words_;
  std::uint64_t unwritten_ = 0;
};

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarn:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

void open(std::string_view process, Format format, Level level, runtime::LastWords last_words) {
  const bool json = format == Format::kJson;
  // gmtime(3) would look for the machine's time zone at the first line, which may be in the middle of a recovery.
  ::setenv("TZ", "UTC0", 1);
  ::tzset();
  // Whoever reads the log may go away without taking us along.
  std::signal(SIGPIPE, SIG_IGN);
  auto logger = std::make_shared<spdlog::logger>(json ? "json" : "text",
                                                 std::make_shared<Sink>(std::move(last_words)));
  const std::string pattern =
      json ? fmt::format(
                 R"({{"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l","process":"{}","pid":%P,%v}})",
                 process)
           : fmt::format("%Y-%m-%dT%H:%M:%S.%fZ %l {}[%P] %v", process);
  logger->set_formatter(
      std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
  logger->set_level(spdlog_level(level));
  spdlog::set_default_logger(std::move(logger));
}

void debug(std::string_view message, Fields fields) {
  write(spdlog::level::debug, message, fields);
}
void info(std::string_view message, Fields fields) { write(spdlog::level::info, message, fields); }
void warn(std::string_view message, Fields fields) { write(spdlog::level::warn, message, fields); }
void error(std::string_view message, Fields fields) { write(spdlog::level::err, message, fields); }

}  // namespace naive::log
