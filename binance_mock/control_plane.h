#pragma once

#include <functional>
#include <optional>
#include <string>

#include "binance_mock/connections.h"
#include "binance_mock/fault_plan.h"
#include "binance_mock/faulty_courier.h"
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
///   POST /_mock/faults  adds rules by which the exchange misbehaves (fault_json.h); GET tells them, DELETE ends them
///   GET  /_mock/state   who listens, and where prices stand
///   GET  /_mock/ledger  every order and execution ever; ?symbol=XRPUSDT for one symbol
class ControlPlane {
 public:
  ControlPlane(Venue& venue, Feed& feed, FaultPlan& plan, Connections& connections, Later later)
      : venue_(venue),
        feed_(feed),
        plan_(plan),
        connections_(connections),
        later_(std::move(later)) {}

  HttpReply http(const HttpRequest& request, market::ExchangeTime now);

 private:
  HttpReply step(const HttpRequest& request, market::ExchangeTime now);
  HttpReply state(const HttpRequest& request, market::ExchangeTime now);
  HttpReply ledger(const HttpRequest& request, market::ExchangeTime now);

  HttpReply faults(const HttpRequest& request, market::ExchangeTime now);
  HttpReply add_faults(const HttpRequest& request, market::ExchangeTime now);
  HttpReply clear_faults(const HttpRequest& request, market::ExchangeTime now);
  void strike_now(const FaultRule& rule, market::ExchangeTime now);

  Venue& venue_;
  Feed& feed_;
  FaultPlan& plan_;
  Connections& connections_;
  Later later_;
};

}  // namespace naive::binance_mock
