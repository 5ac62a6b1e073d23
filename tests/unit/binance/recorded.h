#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

/// A recorded answer from the data folder.
inline std::string recorded(const std::string& name) {
  std::ifstream file{std::string{TEST_DATA_DIRECTORY} + "/" + name};
  EXPECT_TRUE(file.good()) << name;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}
