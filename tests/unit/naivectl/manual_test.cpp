// The manual pages and the completion know what `--help` knows, and nothing else.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
// GCC 12 warns of its own std::regex when it builds with sanitizers.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace naive::naivectl {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Words = std::set<std::string>;

std::string read(const std::string& file) {
  std::ifstream stream{std::string{NAIVE_SOURCE_DIR} + '/' + file};
  std::string text{std::istreambuf_iterator<char>{stream}, {}};
  EXPECT_FALSE(text.empty()) << file;
  return text;
}

std::string output_of(const std::string& command) {
  std::string text;
  std::array<char, 4096> buffer{};
  FILE* pipe = ::popen(command.c_str(), "r");
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    text.append(buffer.data(), count);
  }
  EXPECT_EQ(::pclose(pipe), 0) << command;
  return text;
}

Words options_in(const std::string& text) {
  static const std::regex kOption{"--[a-z][a-z-]*"};
  Words words;
  for (std::sregex_iterator at{text.begin(), text.end(), kOption}, end; at != end; ++at) {
    words.insert(at->str());
  }
  return words;
}

/// A page as a reader sees it, as far as options go.
std::string page(const std::string& file) {
  return std::regex_replace(read(file), std::regex{R"(\\-)"}, "-");
}

std::string naivectl_help(const std::string& verb = "") {
  return output_of(std::string{NAIVE_BIN_DIR} + "/naivectl " + verb + " --help");
}

/// What stands under "Subcommands:".
Words verbs_in(const std::string& help) {
  Words verbs;
  std::istringstream lines{help.substr(std::min(help.size(), help.find("Subcommands:")))};
  std::string line;
  for (std::getline(lines, line); std::getline(lines, line) && line.starts_with("  ");) {
    verbs.insert(line.substr(2, line.find(' ', 2) - 2));
  }
  return verbs;
}

Words all_options(const Words& verbs) {
  std::string help = naivectl_help();
  for (const std::string& verb : verbs) help += naivectl_help(verb);
  return options_in(help);
}

TEST(Manual, OfNaivectlHasEveryVerbAndOption) {
  const Words verbs = verbs_in(naivectl_help());
  ASSERT_THAT(verbs, Contains("why"));
  const std::string manual = page("man/naivectl.1");
  EXPECT_EQ(options_in(manual), all_options(verbs));
  static const std::regex kTagged{"\\.TP\n\\.(B|BR|BI) \"?([a-z]+)"};
  Words described;
  for (std::sregex_iterator at{manual.begin(), manual.end(), kTagged}, end; at != end; ++at) {
    described.insert((*at)[2]);
  }
  EXPECT_EQ(described, verbs);
}

TEST(Manual, OfTheSupervisorHasEveryOption) {
  EXPECT_EQ(options_in(page("man/supervisor.8")),
            options_in(output_of(std::string{NAIVE_BIN_DIR} + "/supervisor --help")));
}

/// What bash would offer for the last word, where `naivectl` answers with three processes.
Words completed(const std::string& line) {
  const std::string script = std::string{NAIVE_SOURCE_DIR} + "/completions/naivectl.bash";
  std::istringstream words{
      output_of("bash -c '"
                "naivectl() { echo \"{\\\"name\\\": \\\"gateway\\\"}, {\\\"name\\\": \\\"leader "
                "BTCUSDT\\\"}, "
                "{\\\"name\\\": \\\"trader BTCUSDT/0\\\"}\"; }; "
                ". " +
                script + "; COMP_WORDS=(naivectl " + line +
                "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
                "_naivectl; printf \"%s\\n\" \"${COMPREPLY[@]}\"'")};
  return {std::istream_iterator<std::string>{words}, {}};
}

TEST(Completion, OffersEveryVerbAndOption) {
  const Words verbs = verbs_in(naivectl_help());
  EXPECT_EQ(completed("\"\""), verbs);
  Words options;
  for (const std::string& verb : verbs) options.merge(completed(verb + " --"));
  EXPECT_EQ(options, all_options(verbs));
}

TEST(Completion, OffersWhatRuns) {
  EXPECT_THAT(completed("why \"\""), UnorderedElementsAre("gateway", "BTCUSDT", "BTCUSDT/0"));
  EXPECT_THAT(completed("--json kill BTC"), UnorderedElementsAre("BTCUSDT", "BTCUSDT/0"));
  EXPECT_THAT(completed("stop \"\""), ElementsAre("BTCUSDT"));
  EXPECT_THAT(completed("states \"\""), ElementsAre("BTCUSDT/0"));
  EXPECT_THAT(completed("stream st"), UnorderedElementsAre("start", "stop"));
  EXPECT_THAT(completed("stream start \"\""), ElementsAre("BTCUSDT"));
  EXPECT_THAT(completed("kill --signal K"), ElementsAre("KILL"));
  EXPECT_THAT(completed("pnl --timeout \"\""), IsEmpty());
}

}  // namespace
}  // namespace naive::naivectl
