#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gateway/messages.h"
#include "gateway/order_memory.h"
#include "gateway/throttle.h"

namespace naive::gateway {

/// Decides which requests go to the exchange and when (ARCHITECTURE, "Exactly once"): pure, its shell sends and tells
/// what came back.
///
///   request of an order   no POST of it pending          a POST of it pending
///   place                 checks¹, then Post             Unknown: ask what became of the first
///   query                 raise the fence, checks²,      raise the fence, wait for the POST's outcome,
///                         then Fetch                     then checks² and Fetch
///   cancel                checks¹, then Cancel           NotSent, in a moment
///
///   ¹ NotSent: fenced, too late, held, backing off, too many pending. Unknown: accepted before.
///   ² Unavailable: held, backing off, too many pending.
///
/// A Post is never repeated. The answer to a query of incarnation k promises that no later place of
/// a lower incarnation is sent.
class OrderDesk {
 public:
  struct Limits {
    std::size_t remembered_orders = 100'000;
    std::size_t pending_posts = 512;
    std::size_t pending_queries = 512;
    std::size_t waiting_queries = 32;  // behind one POST
  };

  struct Reply {
    Asker to;
    Answer answer;
    friend bool operator==(const Reply&, const Reply&) = default;
  };
  /// Sign and send now, once; then posted().
  struct Post {
    PlaceOrder order;
    friend bool operator==(const Post&, const Post&) = default;
  };
  /// Then canceled() with the ticket.
  struct Cancel {
    OrderName order;
    std::uint64_t ticket = 0;
    friend bool operator==(const Cancel&, const Cancel&) = default;
  };
  /// Then fetched() with the ticket.
  struct Fetch {
    OrderName order;
    std::uint64_t ticket = 0;
    friend bool operator==(const Fetch&, const Fetch&) = default;
  };
  using Action = std::variant<Reply, Post, Cancel, Fetch>;
  using Actions = std::vector<Action>;

  /// `throttle` outlives the desk.
  OrderDesk(const Throttle& throttle, Limits limits);

  /// Until release(): nothing can be sent, for a reason that passes soon (the exchange's time is
  /// not known).
  void hold(std::string reason) { held_ = std::move(reason); }
  void release() { held_.reset(); }

  Actions place(const Asker& asker, std::uint32_t incarnation, const PlaceOrder& order,
                TimePoint now);
  Actions posted(const OrderName& order, Outcome outcome, TimePoint now);
  Actions cancel(const Asker& asker, const OrderName& order, TimePoint now);
  Actions canceled(std::uint64_t ticket, const Outcome& outcome);
  Actions query(const Asker& asker, std::uint32_t incarnation, const OrderName& order,
                TimePoint now);
  Actions fetched(std::uint64_t ticket, const Finding& finding);

  /// The highest cycle of a symbol that anybody has placed an order of, or asked for.
  std::uint64_t highest_cycle(const std::string& symbol) const {
    return memory_.highest_cycle(symbol);
  }

 private:
  struct PendingPost {
    Asker asker;
    PlaceOrder order;
    std::vector<Asker> queries;  // to be fetched once its outcome is known
  };
  struct Pending {
    Asker asker;
    OrderName order;
    TimePoint asked;
  };

  /// Why nothing can be sent right now, and for how long; nullopt: go ahead.
  std::optional<NotSent> obstacle(Throttle::Use use, TimePoint now) const;
  std::optional<Answer> refusal(std::uint32_t incarnation, const PlaceOrder& order, TimePoint now);
  Action fetch(const Asker& asker, const OrderName& order, TimePoint now);

  const Throttle& throttle_;
  Limits limits_;
  OrderMemory memory_;
  std::optional<std::string> held_;
  std::map<OrderName, PendingPost> posts_;
  std::map<std::uint64_t, Pending> queries_;
  std::map<std::uint64_t, Pending> cancels_;
  std::uint64_t last_ticket_ = 0;
};

}  // namespace naive::gateway
