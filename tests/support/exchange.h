#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace naive::test {

/// An order in the mock exchange's ledger.
struct LedgerOrder {
  std::string symbol;
  std::string client_order_id;
  std::string side;
  std::string price;
  std::string quantity;
  std::string executed;
  std::string status;
};

struct LedgerExecution {
  std::string client_order_id;
  std::string side;
  std::string price;
  std::string quantity;
};

/// Every order and every execution there ever was: what the exchange itself says happened.
struct Ledger {
  std::vector<LedgerOrder> orders;
  std::vector<LedgerExecution> executions;

  std::vector<LedgerOrder> of(std::string_view symbol) const;
};

/// An answer to an HTTP request.
struct HttpAnswer {
  long status = 0;  // 0: none came
  std::string body;
};

/// The mock exchange, seen from outside, through real HTTP.
class Exchange {
 public:
  explicit Exchange(std::string url) : url_(std::move(url)) {}

  /// One public trade. Returns when it has been matched and sent to all who listen.
  void step(std::string_view symbol, std::string_view price) const;
  Ledger ledger() const;
  /// How many connections listen to a stream, e.g. "xrpusdt@trade".
  int subscribers(std::string_view stream) const;
  /// Faults as /_mock/faults takes them.
  void inject(std::string_view faults) const;
  void heal() const;

  HttpAnswer get(std::string_view path, std::string_view api_key = "") const;
  HttpAnswer post(std::string_view path, std::string_view body,
                  std::string_view api_key = "") const;

 private:
  std::string url_;
};

}  // namespace naive::test
