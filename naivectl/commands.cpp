#include "naivectl/commands.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <functional>
#include <iostream>
#include <memory>

#include "naivectl/books.h"
#include "naivectl/books_tables.h"
#include "naivectl/client.h"
#include "naivectl/request.h"
#include "naivectl/rollout.h"
#include "naivectl/tables.h"
#include "proto/json.h"
#include "runtime/child_options.h"
#include "runtime/directories.h"
#include "runtime/program.h"
#include "runtime/wall_clock.h"

namespace naive::naivectl {
namespace {

using Request = v1::ControlRequest;

/// A subcommand with one word behind it, e.g. `start SYMBOL`.
CLI::App* with_word(CLI::App& app, const std::string& verb, const std::string& word,
                    const std::string& help, const std::function<void(const std::string&)>& set) {
  CLI::App* command = app.add_subcommand(verb, help);
  command
      ->add_option_function<std::string>(word, set,
                                         word == "SYMBOL" ? "e.g. BTCUSDT" : "e.g. BTCUSDT/0")
      ->required()
      ->option_text(" ");
  return command;
}

void declare_symbols(CLI::App& app, Request& request) {
  with_word(app, "start", "SYMBOL", "Start to trade a symbol", [&](const std::string& symbol) {
    request.mutable_start_trading()->set_symbol(symbol);
  });
  with_word(app, "stop", "SYMBOL", "Stop its processes now; its orders stay where they are",
            [&](const std::string& symbol) { request.mutable_stop_trading()->set_symbol(symbol); });
  with_word(
      app, "shutdown", "SYMBOL", "Let running cycles finish, start no new ones",
      [&](const std::string& symbol) { request.mutable_shutdown_trading()->set_symbol(symbol); });
  CLI::App* stream = app.add_subcommand("stream", "Publish a symbol's trades whoever listens");
  stream->require_subcommand(1);
  with_word(*stream, "start", "SYMBOL", "Start to publish", [&](const std::string& symbol) {
    request.mutable_start_streaming()->set_symbol(symbol);
  });
  with_word(*stream, "stop", "SYMBOL", "Stop to publish", [&](const std::string& symbol) {
    request.mutable_stop_streaming()->set_symbol(symbol);
  });
}

/// `restart NAME` and `restart --rolling [SYMBOL]`.
void declare_restart(CLI::App& app, Request& request) {
  struct Words {
    std::string name;
    bool rolling = false;
  };
  const auto words = std::make_shared<Words>();
  CLI::App* command =
      app.add_subcommand("restart", "Start a child that was terminated, halted or quarantined");
  command->add_option("NAME", words->name, "e.g. BTCUSDT/0")->option_text(" ");
  command->add_flag("--rolling", words->rolling,
                    "Renew the leaders of all symbols, or of this one, each when the one before "
                    "trades again");
  command->callback([&request, words] {
    if (words->rolling) {
      request.mutable_restart_rolling()->set_symbol(words->name);
    } else if (words->name.empty()) {
      throw CLI::RequiredError("NAME");
    } else {
      request.mutable_restart_child()->set_name(full_name(words->name));
    }
  });
}

/// A relative directory is the user's, not the supervisor's.
void declare_upgrade(CLI::App& app, Request& request) {
  const auto directory = std::make_shared<std::filesystem::path>();
  CLI::App* command = app.add_subcommand(
      "upgrade",
      "Go over to the executables in DIR, or to those that have replaced ours, without "
      "stopping");
  command->add_option("DIR", *directory, "Where they are")->option_text(" ");
  command->callback([&request, directory] {
    const auto absolute = directory->empty() ? *directory : std::filesystem::absolute(*directory);
    request.mutable_upgrade()->set_directory(absolute.lexically_normal());
  });
}

void declare_looks(CLI::App& app, Request& request, View& view) {
  app.add_subcommand("status", "The tree: every process, its cycle, its orders")->callback([&] {
    request.mutable_status();
  });
  app.add_subcommand("tree", "The tree: how long each process runs, what others died of before it")
      ->callback([&] {
        request.mutable_status();
        view = View::kProcesses;
      });
  with_word(
      app, "why", "NAME", "Why a process died the last time, and its last log lines",
      [&](const std::string& name) { request.mutable_last_crash()->set_name(full_name(name)); });
  app.add_subcommand("children", "Every process by name")->callback([&] {
    request.mutable_which_children();
  });
  app.add_subcommand("count", "How many processes")->callback([&] {
    request.mutable_count_children();
  });
}

void declare_children(CLI::App& app, Request& request) {
  declare_restart(app, request);
  with_word(app, "terminate", "NAME", "Stop a child until it is restarted",
            [&](const std::string& name) {
              request.mutable_terminate_child()->set_name(full_name(name));
            });
  CLI::App* clear = with_word(
      app, "clear", "NAME", "Lift a halt or a quarantine",
      [&](const std::string& name) { request.mutable_clear()->set_name(full_name(name)); });
  CLI::Option* fresh = clear->add_flag_callback(
      "--fresh", [&] { request.mutable_clear()->set_fresh(true); },
      "Of a trader: drop its cycle and begin the next; an order stays where it is, unwatched");
  clear
      ->add_option_function<std::uint64_t>(
          "--state",
          [&](std::uint64_t revision) { request.mutable_clear()->set_revision(revision); },
          "Of a trader: go on from this earlier revision, see `naivectl states`")
      ->check(CLI::PositiveNumber)
      ->excludes(fresh);
  CLI::App* kill = with_word(
      app, "kill", "NAME|PID", "Send a signal to one of our own processes",
      [&](const std::string& target) { request = kill_request(target, request.kill().signal()); });
  kill->add_option_function<std::string>(
          "--signal",
          [&](const std::string& text) {
            const int signal = signal_number(text);
            if (signal == 0) throw CLI::ValidationError("--signal", "'" + text + "' is no signal");
            request.mutable_kill()->set_signal(signal);
          },
          "By name or number")
      ->default_str("KILL");
}

void declare_books(CLI::App& app, std::optional<BooksQuestion>& books) {
  using About = BooksQuestion::About;
  const auto declare = [&](const std::string& verb, About about, const std::string& help) {
    auto question = std::make_shared<BooksQuestion>(BooksQuestion{.about = about});
    CLI::App* command = app.add_subcommand(verb, help);
    CLI::Option* symbol =
        command->add_option("SYMBOL", question->symbol, "e.g. BTCUSDT")->option_text(" ");
    if (about == About::kCycles) symbol->required();
    if (about != About::kProfit) {
      command->add_option("--limit", question->limit, "Finished cycles of a symbol to go back")
          ->capture_default_str();
    }
    command->callback([&books, question] { books = *question; });
  };
  declare("orders", About::kOrders, "Orders of running and of recently finished cycles");
  declare("cycles", About::kCycles, "A symbol's finished cycles, the latest first");
  auto question = std::make_shared<BooksQuestion>(BooksQuestion{.about = About::kStates});
  with_word(app, "states", "SYMBOL/SLOT", "The last states of a slot, the latest first",
            [question](const std::string& slot) { question->set_slot(slot); })
      ->callback([&books, question] { books = *question; });
  declare("pnl", About::kProfit, "Profit and loss of all finished cycles, a line a symbol");
}

void show_event(const v1::Event& event, Output output) {
  std::cout << (output == Output::kJson ? to_json(event) + '\n' : event_line(event)) << std::flush;
}

/// Shows what the stores know. Returns the exit status.
int read_books(const CommandLine& line, std::ostream& out) {
  const auto directory =
      line.state_directory.empty() ? runtime::default_state_directory() : line.state_directory;
  const auto symbols = booked_symbols(directory, line.books->symbol);
  const auto show = [&](const auto& answer, const auto& table) {
    out << (line.output == Output::kJson ? to_json(answer) + '\n' : table(answer));
  };
  switch (line.books->about) {
    case BooksQuestion::About::kOrders:
      show(booked_orders(directory, symbols, line.books->limit), orders_table);
      break;
    case BooksQuestion::About::kCycles:
      show(booked_cycles(directory, symbols, line.books->limit), cycles_table);
      break;
    case BooksQuestion::About::kStates:
      show(booked_states(directory, symbols.at(0), line.books->slot), states_table);
      break;
    case BooksQuestion::About::kProfit:
      show(profits(directory, symbols), profits_table);
      break;
  }
  return runtime::kExitOk;
}

}  // namespace

void BooksQuestion::set_slot(const std::string& text) {
  const auto slash = text.find('/');
  const char* end = text.data() + text.size();
  const char* digits = slash == std::string::npos ? end : text.data() + slash + 1;
  const auto [rest, error] = std::from_chars(digits, end, slot);
  if (error != std::errc{} || rest != end) {
    throw CLI::ValidationError("'" + text + "' is not a slot; for example: BTCUSDT/0");
  }
  symbol = text.substr(0, slash);
}

int CommandLine::parse(int argc, char** argv) {
  CLI::App app{
      "Asks a running supervisor; orders, cycles and pnl are read from its state directory, "
      "whether it runs or not. "
      "NAME is gateway, streamer, binance_mock, a symbol for its "
      "leader, or e.g. BTCUSDT/0 for a trader.",
      "naivectl"};
  app.fallthrough();
  app.require_subcommand(0, 1);  // so that an unknown one is named
  run_directory = runtime::default_run_directory();
  app.add_option("--run-dir", run_directory, "Directory of the supervisor's sockets")
      ->capture_default_str();
  app.add_option("--state-dir", state_directory, "Directory of the supervisor's stores")
      ->default_str("$XDG_STATE_HOME/naive or ~/.local/state/naive");
  app.add_flag_callback(
      "--json", [this] { output = Output::kJson; }, "One JSON object, for scripts");
  app.add_option_function<double>(
         "--timeout",
         [this](double seconds) {
           timeout = std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000)};
         },
         "Seconds to wait for the answer")
      ->check(CLI::Range(0.001, 3600.0))
      ->default_str("15");

  declare_looks(app, request, view);
  declare_children(app, request);
  declare_upgrade(app, request);
  declare_symbols(app, request);
  declare_books(app, books);
  app.add_subcommand("events", "Every transition of every process, from now on")
      ->add_flag_callback(
          "--follow", [] {}, "Which is what it does anyway");
  const int status = runtime::parse_command_line(app, argc, argv);
  if (status >= 0 || !app.get_subcommands().empty()) return status;
  std::cerr << app.help();
  return runtime::kExitUsage;
}

int run(const CommandLine& line, std::ostream& out, std::ostream& err) {
  if (line.books) return read_books(line, out);
  if (line.request.command_case() == Request::COMMAND_NOT_SET) {
    follow_events(line.run_directory,
                  [&](const v1::Event& event) { show_event(event, line.output); });
  }
  const v1::ControlReply reply = ask(line.run_directory, line.request, line.timeout);
  const bool rolls = line.request.has_restart_rolling() || line.request.has_upgrade();
  if (reply.ok() && rolls) return watch_rollout(line, out, err);
  if (line.output == Output::kJson) {
    // `status` is the status itself, for scripts that read nothing else.
    out << (reply.has_status() ? to_json(reply.status()) : to_json(reply)) << '\n';
  } else if (reply.ok()) {
    out << show(reply, line.view, runtime::microseconds_since_epoch());
  } else {
    err << "naivectl: " << reply.error().code() << ": " << reply.error().message();
    if (reply.error().pid() != 0) err << " (pid " << reply.error().pid() << ')';
    err << '\n';
  }
  return exit_status(reply);
}

std::string show(const v1::ControlReply& reply, View view, std::int64_t now) {
  switch (reply.result_case()) {
    case v1::ControlReply::kStarted:
      return "started, pid " + std::to_string(reply.started().pid()) + '\n';
    case v1::ControlReply::kChildren:
      return children_table(reply.children());
    case v1::ControlReply::kCounts:
      return counts_line(reply.counts());
    case v1::ControlReply::kStatus:
      return (view == View::kTrading ? status_table(reply.status())
                                     : tree_table(reply.status(), now)) +
             (reply.status().has_rollout() ? rollout_line(reply.status().rollout()) + '\n' : "");
    case v1::ControlReply::kLastCrash:
      return crash_table(reply.last_crash(), now);
    case v1::ControlReply::RESULT_NOT_SET:
      return (reply.note().empty() ? "ok" : reply.note()) + '\n';
  }
  return "";
}

}  // namespace naive::naivectl
