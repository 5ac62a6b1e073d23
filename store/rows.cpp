#include "store/rows.h"

#include <SQLiteCpp/SQLiteCpp.h>

namespace naive::store {

Binder& Binder::operator<<(std::int64_t value) {
  statement_.bind(++next_, value);
  return *this;
}

Binder& Binder::operator<<(const std::string& text) {
  statement_.bind(++next_, text);
  return *this;
}

Binder& Binder::blob(const std::string& bytes) {
  statement_.bind(++next_, bytes.data(), static_cast<int>(bytes.size()));
  return *this;
}

Binder& Binder::operator<<(const market::Order& order) {
  const std::string none;
  if (order.client_order_id.empty()) {
    return *this << none << none << none << none << none << none;
  }
  return *this << order.client_order_id << std::string{market::to_string(order.status)}
               << order.price.to_string() << order.quantity.to_string()
               << order.executed_quantity.to_string() << order.executed_quote.to_string();
}

RowReader& RowReader::operator>>(std::uint32_t& value) {
  value = statement_.getColumn(next_++).getUInt();
  return *this;
}

RowReader& RowReader::operator>>(std::uint64_t& value) {
  value = static_cast<std::uint64_t>(statement_.getColumn(next_++).getInt64());
  return *this;
}

RowReader& RowReader::operator>>(std::string& text) {
  text = statement_.getColumn(next_++).getString();
  return *this;
}

RowReader& RowReader::operator>>(market::Decimal& value) {
  std::string text;
  *this >> text;
  value = market::Decimal::parse(text).value_or(market::Decimal{});
  return *this;
}

RowReader& RowReader::operator>>(market::Order& order) {
  std::string status;
  *this >> order.client_order_id >> status >> order.price >> order.quantity >>
      order.executed_quantity >> order.executed_quote;
  order.status = market::parse_order_status(status);
  return *this;
}

}  // namespace naive::store
