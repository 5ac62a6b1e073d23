#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "gateway/messages.h"

namespace naive::gateway {

/// What this run of the gateway remembers of orders: the most recently used ones and, of each slot, up to which cycle it
/// has forgotten some. Cycles only grow, so of later ones it still knows all.
class OrderMemory {
 public:
  struct Entry {
    bool sent = false;      // a POST of it may have reached the exchange
    bool accepted = false;  // the exchange said yes to one
    std::uint32_t fence =
        0;  // a process of this incarnation asked for it: lower ones may not place it any more
  };

  explicit OrderMemory(std::size_t capacity) : capacity_(capacity) {}

  /// The entry of that order, made if need be, which may push out the one that was not used for
  /// longest. Valid until the next call.
  Entry& use(const OrderName& order);
  /// True when it is certain that no POST of it was sent.
  bool never_sent(const OrderName& order) const;
  /// Of all that anybody has placed or asked for; 0: nothing.
  std::uint64_t highest_cycle(const std::string& symbol) const;

 private:
  struct Record {
    std::string key;
    std::string id;
    Entry entry;
  };
  using Records = std::list<Record>;
  using Slot = std::pair<std::string, std::uint32_t>;  // symbol, number

  void forget_longest_unused();

  std::size_t capacity_;
  Records records_;                                                // most recently used first
  std::unordered_map<std::string_view, Records::iterator> index_;  // keys live in records_
  std::map<std::string, std::uint64_t> highest_;                   // cycle, by symbol
  std::map<Slot, std::uint64_t> forgotten_;  // highest cycle of which a sent order was pushed out
  bool forgot_foreign_ = false;              // one with a name that is not ours was
};

}  // namespace naive::gateway
