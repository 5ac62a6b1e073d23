// Kills and stops processes of the real system by the seed, and checks that no order is lost or placed twice.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "tests/chaos/chaos.h"

int main(int argc, char** argv) {
  naive::chaos::Campaign campaign;
  CLI::App app{
      "Kills and stops processes of the real system, and checks that no order is lost or placed "
      "twice."};
  app.add_option("--kills", campaign.kills, "How often")->capture_default_str();
  app.add_option("--seed", campaign.seed, "Of the hand's choices")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const auto report = naive::chaos::run(campaign);
  fmt::print("seed {}: {}", campaign.seed, report.to_string());
  return report.is_clean() ? 0 : 1;
}
