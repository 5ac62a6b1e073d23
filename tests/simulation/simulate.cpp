// Runs the simulation for many seeds, or one seed with its history.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "tests/simulation/simulation.h"

int main(int argc, char** argv) {
  using namespace naive::simulation;
  std::uint64_t seeds = 100'000;
  std::uint64_t first = 0;
  std::optional<std::uint64_t> seed;
  std::string broken;
  CLI::App app{
      "Crashes everything at every step, in virtual time, and checks that no order is lost or "
      "placed twice."};
  app.add_option("--seeds", seeds, "How many seeds")->capture_default_str();
  app.add_option("--first", first, "The first seed")->capture_default_str();
  app.add_option("--seed", seed, "One seed, with its history");
  app.add_option("--broken", broken,
                 "Take out one rule of the protocol, e.g. NotFoundIsBelievedAtOnce");
  CLI11_PARSE(app, argc, argv);

  Broken rule = Broken::kNothing;
  for (const Broken candidate : all_broken()) {
    if (to_string(candidate) == broken) rule = candidate;
  }
  if (!broken.empty() && rule == Broken::kNothing) {
    fmt::print(stderr, "--broken: no rule '{}'\n", broken);
    return 64;
  }
  if (seed) {
    first = *seed;
    seeds = 1;
  }
  Outcome total;
  for (std::uint64_t i = first; i < first + seeds; ++i) {
    const Outcome outcome = run(i, rule, seed.has_value());
    if (outcome.violation) {
      fmt::print("seed {}: {}\nreplay: scripts/simulate --seed {}\n", i, *outcome.violation, i);
      return 1;
    }
    total.cycles += outcome.cycles;
    total.orders += outcome.orders;
    total.crashes += outcome.crashes;
  }
  fmt::print("{} seeds: {} crashes, {} orders, {} cycles; lost 0, placed twice 0, violations 0\n",
             seeds, total.crashes, total.orders, total.cycles);
}
