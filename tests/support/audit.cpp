#include "tests/support/audit.h"

#include <fmt/format.h>

#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "market/client_order_id.h"
#include "store/books.h"

namespace naive::test {
namespace {

using market::ClientOrderId;
using market::Decimal;
using market::OrderStatus;
using market::Side;

using Slot = std::pair<std::string, std::uint32_t>;
using CycleName = std::pair<Slot, std::uint64_t>;

struct Attempt {
  std::string id;
  OrderStatus status;
  Decimal executed;
};

struct CycleAtExchange {
  std::map<std::uint32_t, Attempt> buys;  // by attempt
  std::map<std::uint32_t, Attempt> sells;
};

std::string to_string(const CycleName& cycle) {
  const auto& [slot, number] = cycle;
  return fmt::format("{}/{} cycle {}", slot.first, slot.second, number);
}

Decimal sum(const std::map<std::uint32_t, Attempt>& attempts) {
  Decimal total;
  for (const auto& [number, attempt] : attempts) total = add(total, attempt.executed).value();
  return total;
}

class Auditor {
 public:
  Audit run(const Ledger& ledger, const std::filesystem::path& state_directory) {
    audit_.orders = ledger.orders.size();
    audit_.executions = ledger.executions.size();
    for (const LedgerOrder& order : ledger.orders) take(order);
    check_slots();
    for (const auto& [name, cycle] : cycles_) check_attempts(name, cycle);
    for (const std::string& symbol : store::symbols_in(state_directory)) {
      store::Books books{store::file_of(state_directory, symbol)};
      for (const auto& cycle : books.cycles(std::numeric_limits<std::int32_t>::max())) {
        check_booked({{symbol, cycle.slot}, cycle.number}, cycle);
      }
    }
    check_unbooked();
    return std::move(audit_);
  }

 private:
  void take(const LedgerOrder& order) {
    const auto id = ClientOrderId::parse(order.client_order_id);
    if (!id) return audit_.broken.push_back("a stranger's order: " + order.client_order_id);
    CycleAtExchange& cycle = cycles_[{{id->symbol, id->slot}, id->cycle}];
    auto& attempts = id->side == Side::kBuy ? cycle.buys : cycle.sells;
    const bool is_new =
        attempts
            .emplace(id->attempt, Attempt{.id = order.client_order_id,
                                          .status = market::parse_order_status(order.status),
                                          .executed = Decimal::parse(order.executed).value()})
            .second;
    if (!is_new) audit_.duplicated.push_back(order.client_order_id + " is there twice");
  }

  void check_slots() {
    std::map<Slot, int> open;
    for (const auto& [name, cycle] : cycles_) {
      for (const auto* attempts : {&cycle.buys, &cycle.sells}) {
        for (const auto& [number, attempt] : *attempts)
          open[name.first] += market::is_open(attempt.status) ? 1 : 0;
      }
    }
    for (const auto& [slot, count] : open) {
      if (count > 1)
        audit_.broken.push_back(
            fmt::format("{}/{} has {} open orders", slot.first, slot.second, count));
    }
  }

  /// Another attempt may be made only of an order that has ended without being filled.
  void check_attempts(const CycleName& name, const CycleAtExchange& cycle) {
    for (const auto* attempts : {&cycle.buys, &cycle.sells}) {
      for (auto it = attempts->begin(); it != attempts->end() && std::next(it) != attempts->end();
           ++it) {
        const auto status = it->second.status;
        if (market::is_open(status) || status == OrderStatus::kFilled) {
          audit_.duplicated.push_back(std::next(it)->second.id + " was placed beside " +
                                      it->second.id);
        }
      }
    }
    if (sum(cycle.sells) > sum(cycle.buys))
      audit_.broken.push_back(to_string(name) + " sold more than it bought");
  }

  void check_booked(const CycleName& name, const store::Cycle& booked) {
    ++audit_.cycles;
    if (!booked_.insert(name).second)
      audit_.duplicated.push_back(to_string(name) + " is booked twice");
    const CycleAtExchange& cycle = cycles_[name];
    const auto compare = [&](std::string_view side, const store::Leg& leg, Decimal at_exchange) {
      if (leg.executed.value() != at_exchange) {
        audit_.lost.push_back(fmt::format("{}: the books have a {} of {}, the exchange of {}",
                                          to_string(name), side, leg.executed.value().to_string(),
                                          at_exchange.to_string()));
      }
    };
    compare("buy", booked.buy, sum(cycle.buys));
    compare("sale", booked.sell, sum(cycle.sells));
    for (const auto* attempts : {&cycle.buys, &cycle.sells}) {
      for (const auto& [number, attempt] : *attempts) {
        if (market::is_open(attempt.status))
          audit_.lost.push_back(attempt.id + " is open in a finished cycle");
      }
    }
  }

  /// Only the last cycle of a slot may be unfinished.
  void check_unbooked() {
    std::map<Slot, std::uint64_t> unfinished;
    for (const auto& [name, cycle] : cycles_) {
      if (booked_.contains(name)) continue;
      const auto [other, is_only] = unfinished.emplace(name.first, name.second);
      const auto next_booked = booked_.upper_bound(name);
      const bool is_last = next_booked == booked_.end() || next_booked->first != name.first;
      if (!is_only || !is_last) audit_.lost.push_back(to_string(name) + " is not in the books");
    }
  }

  Audit audit_;
  std::map<CycleName, CycleAtExchange> cycles_;
  std::set<CycleName> booked_;
};

}  // namespace

std::string Audit::to_string() const {
  std::string text = fmt::format(
      "orders {}, executions {}, cycles {}; lost {}, placed twice {}, otherwise broken {}\n",
      orders, executions, cycles, lost.size(), duplicated.size(), broken.size());
  for (const auto* violations : {&lost, &duplicated, &broken}) {
    for (const std::string& violation : *violations) text += "VIOLATION " + violation + "\n";
  }
  return text;
}

Audit audit(const Ledger& ledger, const std::filesystem::path& state_directory) {
  return Auditor{}.run(ledger, state_directory);
}

}  // namespace naive::test
