#include "gateway/order_memory.h"

#include <algorithm>

#include "market/client_order_id.h"

namespace naive::gateway {
namespace {

std::string key_of(const OrderName& order) { return order.symbol + ' ' + order.client_order_id; }

}  // namespace

OrderMemory::Entry& OrderMemory::use(const OrderName& order) {
  auto key = key_of(order);
  if (const auto known = index_.find(key); known != index_.end()) {
    records_.splice(records_.begin(), records_, known->second);
    return records_.front().entry;
  }
  if (records_.size() >= capacity_) forget_longest_unused();
  if (const auto id = market::ClientOrderId::parse(order.client_order_id)) {
    std::uint64_t& highest = highest_[id->symbol];
    highest = std::max(highest, id->cycle);
  }
  records_.push_front({.key = std::move(key), .id = order.client_order_id, .entry = {}});
  index_.emplace(records_.front().key, records_.begin());
  return records_.front().entry;
}

void OrderMemory::forget_longest_unused() {
  const Record& last = records_.back();
  if (const auto id = last.entry.sent ? market::ClientOrderId::parse(last.id) : std::nullopt) {
    std::uint64_t& cycle = forgotten_[{id->symbol, id->slot}];
    cycle = std::max(cycle, id->cycle);
  } else {
    forgot_foreign_ |= last.entry.sent;
  }
  index_.erase(last.key);
  records_.pop_back();
}

std::uint64_t OrderMemory::highest_cycle(const std::string& symbol) const {
  const auto found = highest_.find(symbol);
  return found != highest_.end() ? found->second : 0;
}

bool OrderMemory::never_sent(const OrderName& order) const {
  const auto known = index_.find(key_of(order));
  if (known != index_.end() && known->second->entry.sent) return false;
  const auto id = market::ClientOrderId::parse(order.client_order_id);
  if (!id) return !forgot_foreign_;
  const auto forgotten = forgotten_.find({id->symbol, id->slot});
  return forgotten == forgotten_.end() || id->cycle > forgotten->second;
}

}  // namespace naive::gateway
