#pragma once

#include <naive/v1/gateway.pb.h>
#include <naive/v1/link.pb.h>

#include <string>

#include "trader/step.h"

/// Between the trader's core and the wire.
namespace naive::trader {

void write(const State& state, v1::TraderState& out);
/// A phase that this build does not know reads as the resolving one of its leg would:
/// kAwaitingPrice or kSelling, by what the legs hold, because every restart resolves first anyway.
State read(const v1::TraderState& state);

/// The machine that an assignment describes, before its first event.
Machine read(const v1::Assigned& assigned);

/// What a reply means for the order `id` that was placed.
Event answer_to_place(const v1::GatewayReply& reply, const std::string& id);
/// What a reply means for the order `id` that was asked for.
Event answer_to_query(const v1::GatewayReply& reply, const std::string& id);

OrderUpdated read(const v1::OrderUpdate& update);

}  // namespace naive::trader
