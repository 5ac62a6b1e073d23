#include "binance_mock/symbol_spec.h"

namespace naive::binance_mock {

void SymbolTable::add(SymbolSpec spec) {
  if (index_.emplace(spec.symbol(), specs_.size()).second) specs_.push_back(std::move(spec));
}

const SymbolSpec* SymbolTable::find(std::string_view symbol) const {
  const auto found = index_.find(std::string{symbol});
  return found == index_.end() ? nullptr : &specs_[found->second];
}

}  // namespace naive::binance_mock
