#pragma once

#include <string>
#include <vector>

namespace naive::naivectl {

using Row = std::vector<std::string>;

/// Left-aligned columns, two blanks between them, no blank at the end of a line.
std::string table(const std::vector<Row>& rows);

/// An amount without the zeros that only fill up its eight places.
std::string short_amount(std::string text);

}  // namespace naive::naivectl
