#include "gateway/user_data.h"

#include <fmt/format.h>

#include <type_traits>
#include <utility>

#include "runtime/log.h"

namespace naive::gateway {
namespace {

constexpr std::chrono::seconds kAnswerLimit{10};

}  // namespace

UserData::UserData(runtime::EventLoop& loop, const std::string& url, const binance::Signer& signer,
                   const ExchangeClock& clock, std::chrono::milliseconds recv_window, Events events)
    : loop_(loop),
      signer_(signer),
      clock_(clock),
      recv_window_(recv_window),
      events_(std::move(events)),
      stream_(loop, "user data stream", url,
              {.opened = [this] { subscribe(); },
               .message = [this](std::string_view text) { take(text); },
               .lost = [this] { no_answer_.cancel(); }}),
      no_answer_(loop, [this] { stream_.reconnect("no answer to the subscription"); }) {}

void UserData::start() {
  if (!std::exchange(started_, true)) stream_.start();
}

void UserData::subscribe() {
  const auto now = clock_.at(loop_.now());
  const auto since_epoch = now.value_or(market::ExchangeTime{}).time_since_epoch();
  binance::Parameters parameters;
  parameters.add("apiKey", signer_.api_key())
      .add("recvWindow", recv_window_.count())
      .add("timestamp", std::chrono::floor<std::chrono::milliseconds>(since_epoch).count());
  stream_.send(
      fmt::format(R"({{"id":{},"method":"userDataStream.subscribe.signature","params":{}}})",
                  ++request_id_, parameters.signed_json(signer_)));
  no_answer_.set_after(kAnswerLimit);
}

void UserData::take(std::string_view text) {
  const auto frame = binance::parse_user_frame(text);
  if (const auto* report = std::get_if<binance::ExecutionReport>(&frame)) {
    events_.report(*report);
  } else if (const auto* answer = std::get_if<binance::ApiAnswer>(&frame)) {
    take_answer(*answer);
  } else if (const auto* ended = std::get_if<binance::StreamEnded>(&frame)) {
    stream_.reconnect(ended->reason);
  } else if (std::holds_alternative<binance::Malformed>(frame)) {
    // What it said is lost, so its readers must ask.
    log::warn("The user data stream sent something that cannot be read");
    stream_.reconnect("a frame that cannot be read");
  }
}

void UserData::take_answer(const binance::ApiAnswer& answer) {
  // A revoked key answers without being asked, with no id.
  const bool ours = answer.id == request_id_ && no_answer_.is_set();
  if (answer.error) {
    events_.refused(*answer.error);
    return stream_.reconnect(fmt::format("{} {}", answer.error->code, answer.error->message));
  }
  if (!ours) return;
  no_answer_.cancel();
  stream_.established();
  events_.began();
}

}  // namespace naive::gateway
