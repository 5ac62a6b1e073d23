#pragma once

#include <optional>

#include "binance_mock/api_error.h"
#include "binance_mock/order_record.h"
#include "binance_mock/symbol_spec.h"

namespace naive::binance_mock {

/// The filters of a symbol, in the order PRICE_FILTER, PERCENT_PRICE(_BY_SIDE), LOT_SIZE,
/// MARKET_LOT_SIZE, (MIN_)NOTIONAL, MAX_NUM_ORDERS. The market price that some of them compare with
/// is the last trade's; without one they pass. `order.quantity` is what is to be executed, also of
/// an order by quote quantity.
std::optional<ApiError> broken_filter(const SymbolSpec& spec, const NewOrder& order,
                                      std::optional<market::Price> last_price,
                                      std::size_t open_orders);

}  // namespace naive::binance_mock
