#pragma once

#include <optional>
#include <string_view>

#include "binance/api_error.h"
#include "gateway/messages.h"

/// What an answer of the exchange means. The question that matters is whether an order may have
/// been executed.
namespace naive::gateway {

/// An answer, or the lack of one.
struct Response {
  enum class Transport {
    kAnswered,
    kNotSent,    // the exchange cannot have got the request
    kMaybeSent,  // the request may have arrived; the answer did not, or not whole
  };
  Transport transport = Transport::kAnswered;
  int status = 0;                          // HTTP
  std::optional<binance::ApiError> error;  // from the body
  std::optional<market::Order> order;      // from the body, when the status is 200
  std::string reason;                      // of a transport failure, for people
  std::optional<std::chrono::seconds> retry_after;
};

/// Of a POST or DELETE of an order:
///
///   response                                            outcome
///   the request did not leave us                        NotSent
///   no answer, half an answer                           Unknown
///   2xx with an order                                   Accepted
///   2xx otherwise, 3xx, any 5xx                         Unknown
///   4xx without a code of Binance's                     Unknown: a firewall's page, and who knows what is behind it
///   -1000 -1001 -1006 -1007                             Unknown: Binance's own words
///   -2010 Duplicate order sent.                         Unknown: an order of that name is open, so ask for it
///   429, 418, -1003 -1008 -1015 -1021 -1034             NotSent: refused before the engine; see Throttle
///   -1013 of a filter that time may satisfy             Rejected, try later
///   -2010, -2011 and what is not listed here            Rejected, try later
///   -1002 -1013 -1014 -1020 -1022 -11xx -12xx           Rejected, fatal
///   -2014 -2015, and -2010 that no waiting changes      Rejected, fatal
Outcome outcome_of(const Response& response);

/// Of a GET of an order: found, not there, or to be asked again.
Finding finding_of(const Response& response);

/// True for what only a person can mend: a key that is wrong, not permitted, or signs wrongly.
bool is_key_trouble(const binance::ApiError& error);

}  // namespace naive::gateway
