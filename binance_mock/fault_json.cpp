#include "binance_mock/fault_json.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <array>

#include "binance_mock/json_writer.h"

namespace naive::binance_mock {
namespace {

using simdjson::dom::element;

constexpr int kLastAction = static_cast<int>(FaultAction::kServerShutdown);

std::optional<FaultAction> parse_action(std::string_view word) {
  for (int i = 0; i <= kLastAction; ++i) {
    const auto action = static_cast<FaultAction>(i);
    if (to_string(action) == word) return action;
  }
  return std::nullopt;
}

/// Whether `key` is a text of the rule that says what it matches.
bool read_text(FaultRule& rule, std::string_view key, element value) {
  const std::array<std::pair<std::string_view, std::string*>, 6> texts{
      {{"method", &rule.method},
       {"path", &rule.path},
       {"symbol", &rule.symbol},
       {"side", &rule.side},
       {"client_order_id", &rule.client_order_id},
       {"execution_type", &rule.execution_type}}};
  for (const auto& [name, text] : texts) {
    if (name != key) continue;
    *text = std::string_view{value};
    return true;
  }
  return false;
}

std::optional<std::string> read_number(FaultRule& rule, std::string_view key, element value) {
  struct Limit {
    std::string_view name;
    std::int64_t min;
    std::int64_t max;
  };
  static constexpr std::array<Limit, 6> kLimits{{{"skip", 0, 1'000'000},
                                                 {"times", 0, 1'000'000},
                                                 {"percent", 0, 100},
                                                 {"milliseconds", 0, 600'000},
                                                 {"status", 400, 599},
                                                 {"retry_after", 0, 600}}};
  for (const auto& [name, min, max] : kLimits) {
    if (name != key) continue;
    const std::int64_t number = value;
    if (number < min || number > max) {
      return fmt::format("{} is {} to {}, not {}", key, min, max, number);
    }
    if (key == "skip") rule.skip = number;
    if (key == "times") rule.times = number;
    if (key == "percent") rule.percent = number;
    if (key == "milliseconds") rule.wait = std::chrono::milliseconds{number};
    if (key == "status") rule.status = static_cast<int>(number);
    if (key == "retry_after") rule.retry_after = std::chrono::seconds{number};
    return std::nullopt;
  }
  return fmt::format("unknown key '{}' in a rule", key);
}

std::expected<FaultRule, std::string> read_rule(element object) {
  FaultRule rule;
  bool has_action = false;
  bool has_times = false;
  for (const auto [key, value] : simdjson::dom::object(object)) {
    if (key == "times") has_times = true;
    if (key == "action") {
      const auto action = parse_action(std::string_view{value});
      if (!action) {
        return std::unexpected(fmt::format("unknown action '{}'", std::string_view{value}));
      }
      rule.action = *action;
      has_action = true;
    } else if (!read_text(rule, key, value)) {
      if (auto error = read_number(rule, key, value)) return std::unexpected(*error);
    }
  }
  // A lag that ends with the first question would be none.
  if (rule.action == FaultAction::kLag && !has_times) rule.times = 0;
  if (!has_action) return std::unexpected("a rule needs an action");
  return rule;
}

}  // namespace

std::expected<FaultRequest, std::string> parse_faults(std::string_view json) {
  try {
    simdjson::dom::parser parser;
    const element document = parser.parse(json.data(), json.size());
    FaultRequest request;
    element rules = document;
    if (document.is_object()) {
      std::uint64_t seed = 0;
      if (document["seed"].get(seed) == simdjson::SUCCESS) request.seed = seed;
      rules = document["rules"];
    }
    for (const element object : simdjson::dom::array(rules)) {
      auto rule = read_rule(object);
      if (!rule) return std::unexpected(rule.error());
      request.rules.push_back(std::move(*rule));
    }
    if (request.rules.size() > FaultPlan::kMaxRules) return std::unexpected("too many rules");
    return request;
  } catch (const simdjson::simdjson_error& error) {
    return std::unexpected(fmt::format(
        "{}; expected [{{\"action\":\"drop_after\",\"path\":\"/api/v3/order\"}}]", error.what()));
  }
}

std::string faults_json(const std::vector<FaultRule>& rules) {
  JsonWriter json;
  json.begin_object().key("rules").begin_array();
  for (const FaultRule& rule : rules) {
    json.begin_object().member("action", to_string(rule.action)).member("method", rule.method);
    json.member("path", rule.path).member("symbol", rule.symbol).member("side", rule.side);
    json.member("client_order_id", rule.client_order_id);
    json.member("execution_type", rule.execution_type).member("skip", rule.skip);
    json.member("times", rule.times).member("percent", rule.percent);
    json.member("milliseconds", std::int64_t{rule.wait.count()}).member("status", rule.status);
    json.member("retry_after", std::int64_t{rule.retry_after.count()});
    json.member("fired", rule.fired).end_object();
  }
  return json.end_array().end_object().take();
}

}  // namespace naive::binance_mock
