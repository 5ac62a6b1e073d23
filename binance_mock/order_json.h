#pragma once

#include <string>

#include "binance_mock/ledger.h"
#include "binance_mock/order_record.h"
#include "binance_mock/order_request.h"
#include "binance_mock/symbol_spec.h"
#include "binance_mock/user_event.h"

namespace naive::binance_mock {

/// Answers about orders, keys in the order of the wire.
std::string placed_json(const OrderRecord& order, ResponseType type);
std::string order_json(const OrderRecord& order);
std::string canceled_json(const OrderRecord& order);
/// One of myTrades.
std::string execution_json(const OrderRecord& order, const Execution& execution);

/// An event of the user data stream.
std::string user_event_json(const UserEvent& event);

}  // namespace naive::binance_mock
