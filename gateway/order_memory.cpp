#include "gateway/order_memory.h"

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
  if (records_.size() >= capacity_) {
    forgot_sent_ |= records_.back().entry.sent;
    index_.erase(records_.back().key);
    records_.pop_back();
  }
  records_.push_front({.key = std::move(key), .entry = {}});
  index_.emplace(records_.front().key, records_.begin());
  return records_.front().entry;
}

bool OrderMemory::never_sent(const OrderName& order) const {
  const auto known = index_.find(key_of(order));
  return known != index_.end() ? !known->second->entry.sent && !forgot_sent_ : !forgot_sent_;
}

}  // namespace naive::gateway
