#include "supervisor/wishes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "runtime/program.h"
#include "tests/unit/runtime/temporary_directory.h"

namespace naive::supervisor {
namespace {

using runtime::read_text;
using runtime::TemporaryDirectory;

TEST(Wishes, OutliveTheirObject) {
  TemporaryDirectory directory;
  {
    Wishes wishes{directory / "symbols"};
    EXPECT_TRUE(wishes.all().empty());
    EXPECT_TRUE(wishes.remember("BTCUSDT", Wish::kOn));
    EXPECT_TRUE(wishes.remember("ETHUSDT", Wish::kOn));
    EXPECT_TRUE(wishes.remember("XRPUSDT", Wish::kFinish));
    EXPECT_TRUE(wishes.remember("ETHUSDT", Wish::kOff));
  }
  EXPECT_EQ(read_text(directory / "symbols"), "BTCUSDT on\nETHUSDT off\nXRPUSDT finish\n");
  EXPECT_EQ(Wishes{directory / "symbols"}.all(),
            (std::map<std::string, Wish>{
                {"BTCUSDT", Wish::kOn}, {"ETHUSDT", Wish::kOff}, {"XRPUSDT", Wish::kFinish}}));
}

TEST(Wishes, ATornNewFileIsNeverRead) {
  TemporaryDirectory directory;
  ASSERT_TRUE(Wishes{directory / "symbols"}.remember("BTCUSDT", Wish::kOn));
  std::ofstream{directory / "symbols.new"} << "ETHU";
  EXPECT_EQ(Wishes{directory / "symbols"}.all().size(), 1u);
  EXPECT_TRUE(Wishes{directory / "symbols"}.remember("BTCUSDT", Wish::kOff));
  EXPECT_EQ(read_text(directory / "symbols"), "BTCUSDT off\n");
}

TEST(Wishes, AnotherFileIsRefusedWithItsLine) {
  TemporaryDirectory directory;
  for (const char* text : {"BTCUSDT maybe\n", "btcusdt on\n", "BTCUSDT\n", "\n"}) {
    std::ofstream{directory / "symbols"} << text;
    EXPECT_THROW(Wishes{directory / "symbols"}, runtime::ConfigError) << text;
  }
}

TEST(Wishes, AFileThatIsThereAndCannotBeReadIsNotTakenForNone) {
  TemporaryDirectory directory;
  const auto expect_refused = [&](const std::string& why) {
    try {
      Wishes{directory / "symbols"};
      ADD_FAILURE() << why;
    } catch (const runtime::StartError& error) {
      EXPECT_EQ(error.status(), runtime::kExitConfig);
      EXPECT_THAT(error.what(), testing::HasSubstr("'" + (directory / "symbols").string() + "'"));
      EXPECT_THAT(error.what(), testing::HasSubstr(why));
    }
  };
  std::filesystem::create_symlink("symbols", directory / "symbols");
  expect_refused("Too many levels of symbolic links");
  std::filesystem::remove(directory / "symbols");
  std::filesystem::create_directory(directory / "symbols");
  expect_refused("Is a directory");
}

TEST(Wishes, AFailureToWriteIsTold) {
  TemporaryDirectory directory;
  ::mkdir((directory / "symbols.new").c_str(), 0700);
  Wishes wishes{directory / "symbols"};
  EXPECT_FALSE(wishes.remember("BTCUSDT", Wish::kOn));
}

}  // namespace
}  // namespace naive::supervisor
