// The real supervisor becomes another image of itself, over processes that only pretend.

#include <gmock/gmock.h>
#include <naive/v1/events.pb.h>
#include <sys/stat.h>

#include "runtime/bus.h"
#include "tests/unit/supervisor/supervised_world.h"

namespace naive::supervisor {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class Upgrading : public SupervisedWorld {
 protected:
  Upgrading() {
    fs::create_symlink(fs::read_symlink(bin() / "leader"), bin() / "trader");
    fs::create_symlink(runtime::executable_directory().parent_path() / "bin/supervisor",
                       bin() / "supervisor");
    fs::copy(bin(), next(), fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    fs::create_directory(sync());
    ::setenv("NAIVE_SYNC_POINTS", sync().c_str(), 1);
  }
  fs::path next() const { return directory_ / "next"; }
  fs::path sync() const { return directory_ / "sync"; }

  /// What an executable is from now on.
  static void replace(const fs::path& executable, const std::string& script) {
    fs::remove(executable);
    std::ofstream{executable} << script;
    fs::permissions(executable, fs::perms::owner_all);
  }
  void expect_all_renewed(const std::map<std::string, pid_t>& before) {
    const v1::Rollout rollout = rolled();
    EXPECT_EQ(rollout.state(), v1::Rollout::DONE) << rollout.DebugString();
    EXPECT_EQ(rollout.purpose(), v1::Rollout::UPGRADE) << rollout.DebugString();
    ASSERT_TRUE(wait_for(kAll));
    const auto after = running();
    for (const auto& [name, pid] : before) EXPECT_NE(pid, after.at(name)) << name;
  }

  void arm(const std::string& point) const {
    std::ofstream{sync() / ("supervisor.upgrade." + point)};
  }
  /// Until the supervisor is held there.
  bool reached(const std::string& point) const {
    const fs::path file = sync() / ("supervisor.upgrade." + point + "@" + std::to_string(pid_));
    return eventually([&] {
      std::ifstream stat{"/proc/" + std::to_string(pid_) + "/stat"};
      std::string text;
      std::getline(stat, text);
      return fs::exists(file) && text.find(") T ") != std::string::npos;
    });
  }
  /// Not waiting for an answer, which a supervisor that is held cannot give.
  void send_upgrade() {
    v1::ControlRequest request;
    request.mutable_upgrade()->set_directory(next());
    client_.connect(run() / "control");
    ASSERT_TRUE(client_.send({request.SerializeAsString()}));
  }

  runtime::Bus bus_;
  runtime::Socket client_{bus_, runtime::Socket::Kind::kDealer};
};

TEST_F(Upgrading, KeepsEveryProcessThenRenewsOneAfterTheOther) {
  start_all();
  const auto before = running();
  arm("resumed");
  send_upgrade();
  ASSERT_TRUE(reached("resumed"));
  for (const auto& [name, pid] : before) EXPECT_TRUE(is_alive(pid)) << name;
  EXPECT_EQ(lines_with("stopped"), 0U);
  send_signal(SIGCONT);
  expect_all_renewed(before);
  const std::string text = log();
  EXPECT_LT(text.rfind("binance_mock is ready"), text.find("gateway stopped"));
  EXPECT_LT(text.rfind("streamer is ready"), text.find("Stopped trading on BTCUSDT"));
  EXPECT_LT(text.rfind("Started trading on BTCUSDT"), text.find("Stopped trading on ETHUSDT"));
  EXPECT_THAT(text, Not(HasSubstr("died")));
  EXPECT_THAT(text, Not(HasSubstr("Ignored")));
  send_signal(SIGTERM);
  EXPECT_EQ(wait_for_exit(), "exited 0");
  EXPECT_EQ(sockets_left(), 0U);
}

TEST_F(Upgrading, TwiceLeaksNothingAndStaysLocked) {
  start_all();
  const auto descriptors = [&] {
    return std::distance(fs::directory_iterator{"/proc/" + std::to_string(pid_) + "/fd"}, {});
  };
  for (const fs::path& directory : {next(), bin()}) {
    const auto before = running();
    ASSERT_TRUE(upgrade(directory).ok());
    expect_all_renewed(before);
  }
  const auto once = descriptors();
  ASSERT_TRUE(upgrade("").ok());
  rolled();
  EXPECT_TRUE(eventually([&] { return descriptors() <= once; })) << once << descriptors();
  EXPECT_EQ(wait_for_exit(launch()), "exited 75");
}

TEST_F(Upgrading, EventsGoOnByNumber) {
  start_all();
  runtime::Socket events{bus_, runtime::Socket::Kind::kSub};
  events.subscribe("");
  events.connect(run() / "events");
  std::vector<v1::Event> seen;
  const auto watch = [&](const std::string& name, v1::Event::What what) {
    return eventually([&] {
      for (runtime::Frames frames; events.receive(frames);) {
        seen.emplace_back().ParseFromString(frames.at(0));
      }
      return std::ranges::any_of(seen, [&](const v1::Event& event) {
        return event.name() == name && event.what() == what;
      });
    });
  };
  // A subscription takes its time, and nobody tells when it is there.
  ASSERT_TRUE(eventually([&] {
    restart_rolling("BTCUSDT");
    rolled();
    return watch("rolling restart", v1::Event::READY);
  }));
  arm("resumed");
  send_upgrade();
  ASSERT_TRUE(reached("resumed"));
  ASSERT_TRUE(watch("upgrade to " + next().string(), v1::Event::STARTED));
  const std::uint64_t last = seen.back().sequence();
  send_signal(SIGCONT);
  rolled();
  EXPECT_TRUE(watch("upgrade to " + next().string(), v1::Event::READY));
  for (std::size_t i = 1; i < seen.size(); ++i) {
    if (seen[i - 1].sequence() == last) {
      // Those before we are connected again are missed, but their numbers are not used twice.
      EXPECT_GT(seen[i].sequence(), last);
    } else {
      EXPECT_EQ(seen[i].sequence(), seen[i - 1].sequence() + 1);
    }
  }
}

TEST_F(Upgrading, IsRefusedBeforeAnythingHasChanged) {
  start_all();
  const auto before = running();
  EXPECT_EQ(upgrade("relative").error().code(), "bad_request");
  EXPECT_EQ(upgrade(directory_ / "nowhere").error().code(), "not_found");
  fs::remove(next() / "trader");
  EXPECT_THAT(upgrade(next()).error().message(), HasSubstr((next() / "trader").string()));
  fs::copy_symlink(bin() / "trader", next() / "trader");

  const std::pair<std::string, std::string> supervisors[] = {
      {"#!/bin/sh\nexit 1\n", "its supervisor exited 1; nothing has changed"},
      {"#!/bin/sh\necho libfoo.so: not found >&2\nexit 127\n", "libfoo.so: not found; nothing"},
      {"#!/nowhere\n", "cannot execute"},
      {"#!/bin/sh\nexec sleep 1000\n", "its supervisor has not said yes within 10000 ms"},
  };
  for (const auto& [script, reason] : supervisors) {
    replace(next() / "supervisor", script);
    const auto reply = upgrade(next());
    EXPECT_EQ(reply.error().code(), "refused");
    EXPECT_THAT(reply.error().message(), HasSubstr(reason));
  }
  EXPECT_EQ(running(), before);
  EXPECT_EQ(lines_with("goes on"), 0U);
}

TEST_F(Upgrading, IsRefusedWhenTheConfigurationHasBecomeUnreadable) {
  start_all();
  std::ofstream{directory_ / "c.toml", std::ios::app} << "what is this";
  EXPECT_THAT(upgrade(next()).error().message(), HasSubstr("c.toml:5"));
}

TEST_F(Upgrading, GoesOnAsItWasWhenTheNewOneCannotBeExecuted) {
  start_all();
  const auto before = running();
  replace(next() / "supervisor", "#!/bin/sh\nexit 0\n");  // says yes, and cannot become us
  ASSERT_TRUE(upgrade(next()).ok());
  const auto rollout = rolled();
  EXPECT_EQ(rollout.purpose(), v1::Rollout::REVERT);
  EXPECT_THAT(rollout.reason(), HasSubstr("cannot execute"));
  EXPECT_TRUE(wait_for(kAll));
  EXPECT_EQ(running(), before);
}

TEST_F(Upgrading, GoesBackWhenTheNewOneCannotGoOn) {
  start_all();
  const auto before = running();
  arm("closed");
  send_upgrade();
  ASSERT_TRUE(reached("closed"));
  std::ofstream{directory_ / "c.toml", std::ios::app} << "what is this";
  send_signal(SIGCONT);
  const auto rollout = rolled();
  EXPECT_EQ(rollout.purpose(), v1::Rollout::REVERT);
  EXPECT_EQ(rollout.state(), v1::Rollout::DONE);
  EXPECT_THAT(rollout.reason(), HasSubstr("supervisor cannot go on: "));
  EXPECT_TRUE(wait_for(kAll));
  EXPECT_EQ(running(), before);
}

TEST_F(Upgrading, IsTakenBackWhenALeaderCrashes) {
  start_all();
  const auto before = running();
  replace(next() / "leader", "#!/bin/sh\nexit 1\n");
  ASSERT_TRUE(upgrade(next()).ok());
  const auto rollout = rolled();
  EXPECT_EQ(rollout.purpose(), v1::Rollout::REVERT);
  EXPECT_EQ(rollout.state(), v1::Rollout::DONE);
  EXPECT_EQ(rollout.to(), bin().string());
  EXPECT_EQ(rollout.reason(), "leader BTCUSDT does not work again: exited 1");
  ASSERT_TRUE(wait_for(kAll));
  EXPECT_EQ(running().at("ETHUSDT"), before.at("ETHUSDT"));  // its turn never came
  EXPECT_EQ(fs::read_symlink("/proc/" + std::to_string(running().at("BTCUSDT")) + "/exe"),
            fs::canonical(bin() / "leader"));
}

TEST_F(Upgrading, IsTakenBackWhenAServiceIsNotReadyInTime) {
  start_all("[supervision]\nrenewal_time = 1000\n");
  replace(next() / "gateway", "#!/bin/sh\nexec sleep 1000\n");
  ASSERT_TRUE(upgrade(next()).ok());
  const auto rollout = rolled();
  EXPECT_EQ(rollout.purpose(), v1::Rollout::REVERT);
  EXPECT_EQ(rollout.reason(), "gateway does not work again within 1000 ms");
  EXPECT_TRUE(wait_for(kAll));
}

TEST_F(Upgrading, StopsWhereItFailsWhenTheFilesWereReplacedInPlace) {
  start_all();
  replace(bin() / "leader", "#!/bin/sh\nexit 1\n");
  ASSERT_TRUE(upgrade("").ok());
  const auto rollout = rolled();
  EXPECT_EQ(rollout.purpose(), v1::Rollout::UPGRADE);
  EXPECT_EQ(rollout.state(), v1::Rollout::FAILED);
  EXPECT_EQ(rollout.done(), 3U);
  EXPECT_THAT(rollout.reason(),
              HasSubstr("leader BTCUSDT does not work again: exited 1; the exec"));
}

TEST_F(Upgrading, RenewsWhatWasStartedDuringItsCheck) {
  start_all();
  const fs::path config = directory_ / "c.toml";
  const std::string text = runtime::read_text(config);
  fs::remove(config);
  ASSERT_EQ(::mkfifo(config.c_str(), 0600), 0);
  send_upgrade();
  std::ofstream pipe{config};  // as soon as the check reads it, which then waits for us
  std::ofstream{directory_ / "c.toml.new"} << text;
  fs::rename(directory_ / "c.toml.new", config);
  ASSERT_TRUE(start_trading("XRPUSDT").ok());
  const pid_t old = running().at("XRPUSDT");
  pipe << text;
  pipe.close();
  const auto rollout = rolled();
  EXPECT_EQ(rollout.state(), v1::Rollout::DONE);
  EXPECT_THAT(rollout.names(), testing::Contains("leader XRPUSDT"));
  EXPECT_TRUE(wait_for_new("XRPUSDT", old));
}

TEST_F(Upgrading, TakesBackWhatWasStartedOnTheWay) {
  start_all("[supervision]\nrenewal_time = 3000\n");
  fs::remove(next() / "leader");
  fs::copy_file(fs::read_symlink(bin() / "leader"), next() / "leader");  // to be told apart from the other
  replace(next() / "gateway", "#!/bin/sh\nexec sleep 1000\n");
  ASSERT_TRUE(upgrade(next()).ok());
  ASSERT_TRUE(eventually([&] { return lines_with("goes on") == 1; }));
  ASSERT_TRUE(start_trading("XRPUSDT").ok());
  const auto rollout = rolled();
  EXPECT_EQ(rollout.purpose(), v1::Rollout::REVERT);
  EXPECT_EQ(rollout.state(), v1::Rollout::DONE);
  ASSERT_TRUE(wait_for({"XRPUSDT"}));
  EXPECT_EQ(fs::read_symlink("/proc/" + std::to_string(running().at("XRPUSDT")) + "/exe"),
            fs::canonical(bin() / "leader"));
}

/// Somebody dies while the supervisor is between two images, or just before or after.
class UpgradingAt : public Upgrading, public testing::WithParamInterface<const char*> {};

TEST_P(UpgradingAt, AChildDies) {
  start_all();
  const auto before = running();
  arm(GetParam());
  send_upgrade();
  ASSERT_TRUE(reached(GetParam()));
  ::kill(before.at("gateway"), SIGKILL);
  ::kill(before.at("BTCUSDT"), SIGKILL);
  ::kill(before.at("ETHUSDT/0"), SIGKILL);
  send_signal(SIGCONT);
  expect_all_renewed(before);
  EXPECT_EQ(lines_with("gateway died - reason killed by SIGKILL"), 1U);
  EXPECT_EQ(lines_with("leader BTCUSDT died - reason killed by SIGKILL"), 1U);
}

TEST_P(UpgradingAt, TheSupervisorDies) {
  start_all();
  const auto before = running();
  arm(GetParam());
  send_upgrade();
  ASSERT_TRUE(reached(GetParam()));
  send_signal(SIGKILL);
  wait_for_exit();
  EXPECT_EQ(leftovers(), 0);
  for (const auto& [name, pid] : before) EXPECT_FALSE(is_alive(pid)) << name;
  start_all();
}

TEST_P(UpgradingAt, TheSupervisorIsToldToStop) {
  start_all();
  arm(GetParam());
  send_upgrade();
  ASSERT_TRUE(reached(GetParam()));
  send_signal(SIGTERM);
  send_signal(SIGCONT);
  EXPECT_EQ(wait_for_exit(), "exited 0");
  EXPECT_EQ(leftovers(), 0);
  EXPECT_EQ(sockets_left(), 0U);
}

INSTANTIATE_TEST_SUITE_P(EveryStep, UpgradingAt,
                         testing::Values("checking", "remembered", "closed", "begun", "resumed"),
                         [](const auto& point) { return std::string{point.param}; });

}  // namespace
}  // namespace naive::supervisor
