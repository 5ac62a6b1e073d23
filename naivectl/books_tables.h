#pragma once

#include <naive/v1/books.pb.h>

#include <string>

namespace naive::naivectl {

std::string orders_table(const v1::BookedOrders& orders);
std::string cycles_table(const v1::BookedCycles& cycles);
std::string states_table(const v1::BookedStates& states);
std::string profits_table(const v1::Profits& profits);

}  // namespace naive::naivectl
