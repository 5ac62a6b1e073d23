#pragma once

#include "market/order.h"
#include "store/cycle.h"

namespace SQLite {
class Statement;
}

/// Between rows and the words of the market. Amounts are texts; one that is empty or cannot be read
/// is zero.
namespace naive::store {

/// Writes one parameter after the other.
class Binder {
 public:
  explicit Binder(SQLite::Statement& statement) : statement_(statement) {}

  Binder& operator<<(std::int64_t value);
  Binder& operator<<(const std::string& text);
  Binder& blob(const std::string& bytes);
  /// The six columns of an order, all empty when there is none.
  Binder& operator<<(const market::Order& order);

 private:
  SQLite::Statement& statement_;
  int next_ = 0;
};

/// Reads one column after the other.
class RowReader {
 public:
  explicit RowReader(SQLite::Statement& statement) : statement_(statement) {}

  RowReader& operator>>(std::uint32_t& value);
  RowReader& operator>>(std::uint64_t& value);
  RowReader& operator>>(std::string& text);
  RowReader& operator>>(market::Decimal& value);
  template <class Kind>
  RowReader& operator>>(market::Amount<Kind>& amount) {
    market::Decimal value;
    *this >> value;
    amount = market::Amount<Kind>{value};
    return *this;
  }
  /// The six columns of an order.
  RowReader& operator>>(market::Order& order);

 private:
  SQLite::Statement& statement_;
  int next_ = 0;
};

}  // namespace naive::store
