#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace naive::streamer {

using TimePoint = std::chrono::steady_clock::time_point;

/// Which streams to have at the exchange: those that somebody subscribes to or the user has pinned.
/// Pure: tells what to request and when, is told what came of it.
///
///   upstream      wanted                        not wanted
///   off           request it -> turning on      forgotten
///   turning on    wait                          wait
///   on            -                             after kLinger: request the end -> turning off
///   turning off   wait, then off                wait, then off
///   refused       a new subscriber -> off       forgotten
///
/// A lost connection turns every stream off. Requests are batches, and few: the exchange closes a
/// connection that sends more than five messages in any second, its pongs included.
class Subscriptions {
 public:
  /// Between two requests, so at most four in any second.
  static constexpr std::chrono::milliseconds kSpacing{260};
  static constexpr std::size_t kMaxPerRequest = 200;
  static constexpr std::size_t kMaxStreams = 1024;  // of one connection, Binance's limit
  /// The last subscriber of a symbol may be a trader that was killed: its successor finds the
  /// stream still running.
  static constexpr std::chrono::seconds kLinger{10};
  static constexpr std::chrono::seconds kAnswerLimit{10};

  struct Request {
    enum class Verb { kSubscribe, kUnsubscribe };
    Verb verb = Verb::kSubscribe;
    std::int64_t id = 0;
    std::vector<std::string> symbols;

    friend bool operator==(const Request&, const Request&) = default;
  };

  /// False: there are kMaxStreams already.
  bool subscriber_came(const std::string& symbol);
  void last_subscriber_went(const std::string& symbol, TimePoint now);
  /// False: there are kMaxStreams already.
  bool pin(const std::string& symbol);
  void unpin(const std::string& symbol, TimePoint now);

  void connected() { connected_ = true; }
  void disconnected();

  /// What to request now, if anything.
  std::optional<Request> next_request(TimePoint now);
  /// When to call next_request() or is_overdue() again; nullopt: not before something else happens.
  std::optional<TimePoint> due() const;
  /// A request has had no answer for too long: the connection is of no use.
  bool is_overdue(TimePoint now) const;

  struct Acknowledged {
    std::vector<std::string> running;
    std::vector<std::string> forgotten;  // nobody wants them, and they have ended
  };
  Acknowledged acknowledged(std::int64_t id, TimePoint now);
  /// The exchange refused that request: its symbols.
  std::vector<std::string> refused(std::int64_t id);

  /// Those that the exchange has acknowledged on this connection.
  std::vector<std::string> running() const;
  /// Somebody wants it, or it has not ended yet.
  bool has(const std::string& symbol) const { return streams_.contains(symbol); }
  std::size_t size() const { return streams_.size(); }

 private:
  enum class Upstream { kOff, kTurningOn, kOn, kTurningOff, kRefused };
  struct Stream {
    Upstream upstream = Upstream::kOff;
    bool subscribed = false;
    bool pinned = false;
    TimePoint unwanted_since;

    bool wanted() const { return subscribed || pinned; }
  };
  struct Pending {
    Request request;
    TimePoint sent;
  };

  Stream* want(const std::string& symbol);
  void forget_unless_wanted(const std::string& symbol);
  std::vector<std::string> to_subscribe() const;
  std::vector<std::string> to_unsubscribe(TimePoint now) const;
  Request request(Request::Verb verb, std::vector<std::string> symbols, TimePoint now);

  std::map<std::string, Stream> streams_;
  std::map<std::int64_t, Pending> pending_;
  bool connected_ = false;
  std::int64_t last_id_ = 0;
  TimePoint next_allowed_{};
};

}  // namespace naive::streamer
