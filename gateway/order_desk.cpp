#include "gateway/order_desk.h"

#include <algorithm>
#include <utility>

namespace naive::gateway {
namespace {

using namespace std::chrono_literals;

constexpr microseconds kInAMoment = 50ms;

/// Finding and Outcome are parts of Answer.
template <class Part>
Answer widen(const Part& part) {
  return std::visit([](const auto& value) -> Answer { return value; }, part);
}

/// An ACK tells only the order's number; the rest is what was asked for.
market::Order completed(market::Order order, const PlaceOrder& request) {
  order.client_order_id = request.client_order_id;
  if (order.quantity.is_zero()) {
    order.side = request.side;
    order.price = request.price;
    order.quantity = request.quantity;
  }
  return order;
}

OrderName name_of(const PlaceOrder& order) { return {order.symbol, order.client_order_id}; }

}  // namespace

OrderDesk::OrderDesk(const Throttle& throttle, Limits limits)
    : throttle_(throttle), limits_(limits), memory_(limits.remembered_orders) {}

std::optional<NotSent> OrderDesk::obstacle(Throttle::Use use, TimePoint now) const {
  if (const auto wait = throttle_.wait(use, now)) {
    return NotSent{"the exchange wants us to back off", *wait};
  }
  if (held_) return NotSent{*held_, kInAMoment};
  return std::nullopt;
}

std::optional<Answer> OrderDesk::refusal(std::uint32_t incarnation, const PlaceOrder& order,
                                         TimePoint now) {
  const auto name = name_of(order);
  if (posts_.contains(name)) return Unknown{"an earlier request for this order is under way"};
  const OrderMemory::Entry& entry = memory_.use(name);
  if (entry.fence > incarnation) return NotSent{"a later incarnation has asked for this order"};
  // Its name is free again once it is filled, so the exchange would take it a second time.
  if (entry.accepted) return Unknown{"this order was accepted before"};
  if (order.deadline <= now) return NotSent{"the request came after its deadline"};
  if (auto in_the_way = obstacle(Throttle::Use::kOrder, now)) return *std::move(in_the_way);
  if (posts_.size() >= limits_.pending_posts) {
    return NotSent{"too many orders are under way", kInAMoment};
  }
  return std::nullopt;
}

OrderDesk::Actions OrderDesk::place(const Asker& asker, std::uint32_t incarnation,
                                    const PlaceOrder& order, TimePoint now) {
  if (auto refused = refusal(incarnation, order, now)) return {Reply{asker, *std::move(refused)}};
  posts_.emplace(name_of(order), PendingPost{.asker = asker, .order = order, .queries = {}});
  return {Post{order}};
}

OrderDesk::Actions OrderDesk::posted(const OrderName& order, Outcome outcome, TimePoint now) {
  const PendingPost post = std::move(posts_.extract(order).mapped());
  OrderMemory::Entry& entry = memory_.use(order);
  entry.sent |= !std::holds_alternative<NotSent>(outcome);
  if (auto* accepted = std::get_if<Accepted>(&outcome)) {
    entry.accepted = true;
    accepted->order = completed(std::move(accepted->order), post.order);
  }
  if (auto* not_sent = std::get_if<NotSent>(&outcome)) {
    const auto wait = throttle_.wait(Throttle::Use::kOrder, now);
    not_sent->retry_after = wait.value_or(not_sent->retry_after);
  }
  Actions actions{Reply{post.asker, widen(outcome)}};
  for (const Asker& asker : post.queries) actions.push_back(fetch(asker, order, now));
  return actions;
}

OrderDesk::Actions OrderDesk::cancel(const Asker& asker, const OrderName& order, TimePoint now) {
  if (posts_.contains(order)) {
    return {Reply{asker, NotSent{"the order itself is still under way", kInAMoment}}};
  }
  if (auto in_the_way = obstacle(Throttle::Use::kOrder, now)) {
    return {Reply{asker, *std::move(in_the_way)}};
  }
  if (cancels_.size() >= limits_.pending_posts) {
    return {Reply{asker, NotSent{"too many cancels are under way", kInAMoment}}};
  }
  cancels_.emplace(++last_ticket_, Pending{asker, order, now});
  return {Cancel{order, last_ticket_}};
}

OrderDesk::Actions OrderDesk::canceled(std::uint64_t ticket, const Outcome& outcome) {
  const Pending cancel = std::move(cancels_.extract(ticket).mapped());
  return {Reply{cancel.asker, widen(outcome)}};
}

OrderDesk::Actions OrderDesk::query(const Asker& asker, std::uint32_t incarnation,
                                    const OrderName& order, TimePoint now) {
  OrderMemory::Entry& entry = memory_.use(order);
  entry.fence = std::max(entry.fence, incarnation);
  const auto post = posts_.find(order);
  if (post == posts_.end()) return {fetch(asker, order, now)};
  if (post->second.queries.size() >= limits_.waiting_queries) {
    return {Reply{asker, Unavailable{"too many questions about this order", kInAMoment}}};
  }
  post->second.queries.push_back(asker);
  return {};
}

OrderDesk::Action OrderDesk::fetch(const Asker& asker, const OrderName& order, TimePoint now) {
  if (auto in_the_way = obstacle(Throttle::Use::kQuery, now)) {
    return Reply{asker, Unavailable{std::move(in_the_way->reason), in_the_way->retry_after}};
  }
  if (queries_.size() >= limits_.pending_queries) {
    return Reply{asker, Unavailable{"too many questions are under way", kInAMoment}};
  }
  queries_.emplace(++last_ticket_, Pending{asker, order, now});
  return Fetch{order, last_ticket_};
}

OrderDesk::Actions OrderDesk::fetched(std::uint64_t ticket, const Finding& finding) {
  const Pending query = std::move(queries_.extract(ticket).mapped());
  auto answer = widen(finding);
  if (auto* not_found = std::get_if<NotFound>(&answer)) {
    // A place that came meanwhile, from the asker itself, is not "never".
    not_found->asked = query.asked;
    not_found->never_sent = !posts_.contains(query.order) && memory_.never_sent(query.order);
  }
  if (auto* found = std::get_if<Found>(&answer)) {
    found->order.client_order_id = query.order.client_order_id;
  }
  return {Reply{query.asker, std::move(answer)}};
}

}  // namespace naive::gateway
