#pragma once

#include <functional>
#include <optional>
#include <string>

#include "binance_mock/exchange.h"
#include "gateway/outcome.h"
#include "tests/simulation/schedule.h"

namespace naive::simulation {

inline constexpr microseconds kReceiveWindow = 300ms;
inline constexpr microseconds kEngineTimeout = 150ms;
/// How long a GET may not know of an order yet.
inline constexpr microseconds kReadLag = 40ms;
inline constexpr microseconds kRequestTtl = 100ms;
/// What the leader tells its traders: with some margin for the lag of reads.
inline constexpr microseconds kFence = kReceiveWindow + kEngineTimeout + 100ms;

/// The mock exchange's own matching engine and ledger behind a network that loses, delays and lies as real ones do.
class ExchangeModel {
 public:
  using Answer = std::function<void(gateway::Response)>;
  using OnReport = std::function<void(const binance_mock::ExecutionReport&)>;

  ExchangeModel(Schedule& schedule, OnReport on_report);

  /// A signed POST leaves the gateway now. `answer` is called once, sooner or later.
  void post(const gateway::PlaceOrder& order, Answer answer);
  void get(const gateway::OrderName& name, Answer answer);
  /// One public trade.
  market::Price trade();
  void stop_faults() { faults_ = false; }
  bool faults() const { return faults_; }

  const binance_mock::SymbolLedger& ledger() const { return exchange_.ledger().of(kSymbol); }
  static market::SymbolRules rules();
  static market::Order told(const binance_mock::OrderRecord& order);

  static constexpr const char* kSymbol = "XYZUSDT";

 private:
  gateway::Response execute(const gateway::PlaceOrder& order, Time signed_at);
  void commit(const binance_mock::Changes& changes);
  void cancel_one();
  std::int64_t turning_point();
  microseconds network() { return schedule_.between(100us, 2ms); }

  Schedule& schedule_;
  OnReport on_report_;
  binance_mock::SymbolTable symbols_;
  binance_mock::Exchange exchange_;
  bool faults_ = true;
  std::int64_t price_ = 10'000;  // in ticks of 0.01
  std::int64_t drift_ = 1;
  std::int64_t turn_ = 10'050;
  std::int64_t trades_ = 0;
};

}  // namespace naive::simulation
