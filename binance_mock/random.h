#pragma once

#include <cstdint>

namespace naive::binance_mock {

/// splitmix64 (Steele, Lea, Flood 2014): eight bytes of state, the same everywhere, and good enough for prices, made-up ids
/// and dice.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  /// 0 ... limit, both included.
  std::int64_t up_to(std::int64_t limit) {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    z ^= z >> 31;
    return static_cast<std::int64_t>(z % (static_cast<std::uint64_t>(limit) + 1));
  }

 private:
  std::uint64_t state_;
};

}  // namespace naive::binance_mock
