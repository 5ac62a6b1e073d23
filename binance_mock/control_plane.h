#pragma once

#include <functional>
#include <optional>
#include <string>

#include "binance_mock/feed.h"
#include "binance_mock/transport.h"
#include "binance_mock/venue.h"

namespace naive::binance_mock {

/// Everything under /_mock/: what tests and curious people ask of the mock and no exchange would
/// answer. JSON; an error is
/// {"error":"..."} under a 4xx.
///
///   POST /_mock/step    nothing or {"count":3}: the next trades of the tapes (pace `stepped`
///   only);
///                       {"symbol":"XRPUSDT","price":"0.4307","quantity":"1","buyer_is_maker":true}:
///                       exactly this trade. Answered when the trades are matched and queued to
///                       every subscriber:
///                       {"trades":[{"symbol","id","price","quantity","time","buyer_is_maker"}]}
///   GET  /_mock/state   who listens, and where prices stand
///   GET  /_mock/ledger  every order and execution ever; ?symbol=XRPUSDT for one symbol
class ControlPlane {
 public:
  ControlPlane(Venue& venue, Feed& feed) : venue_(venue), feed_(feed) {}

  HttpReply http(const HttpRequest& request, market::ExchangeTime now);

 private:
  HttpReply step(const HttpRequest& request, market::ExchangeTime now);
  HttpReply state(const HttpRequest& request, market::ExchangeTime now);
  HttpReply ledger(const HttpRequest& request, market::ExchangeTime now);

  Venue& venue_;
  Feed& feed_;
};

}  // namespace naive::binance_mock
