#include "binance_mock/connections.h"

#include <utility>

#include "binance_mock/wire_time.h"

namespace naive::binance_mock {

class Connections::Tracked final : public SocketProtocol {
 public:
  Tracked(Connections& connections, ConnectionKind kind, std::unique_ptr<SocketProtocol> protocol,
          Peer& peer)
      : connections_(connections), kind_(kind), protocol_(std::move(protocol)), peer_(peer) {
    connections_.open_.push_back(this);
  }
  Tracked(const Tracked&) = delete;
  Tracked& operator=(const Tracked&) = delete;
  ~Tracked() override { std::erase(connections_.open_, this); }

  void received(std::string_view text) override { protocol_->received(text); }
  std::size_t frames_per_second() const override { return protocol_->frames_per_second(); }
  void announce_shutdown(std::int64_t time) override { protocol_->announce_shutdown(time); }

  ConnectionKind kind() const { return kind_; }
  void close() { peer_.close(CloseCode::kGoingAway, "Server shutdown"); }

 private:
  Connections& connections_;
  ConnectionKind kind_;
  std::unique_ptr<SocketProtocol> protocol_;
  Peer& peer_;
};

std::unique_ptr<SocketProtocol> Connections::track(ConnectionKind kind,
                                                   std::unique_ptr<SocketProtocol> protocol,
                                                   Peer& peer) {
  return std::make_unique<Tracked>(*this, kind, std::move(protocol), peer);
}

void Connections::close(ConnectionKind kind) const {
  for (Tracked* connection : open_) {
    if (connection->kind() == kind) connection->close();
  }
}

void Connections::announce_shutdown(market::ExchangeTime now) const {
  for (Tracked* connection : open_) connection->announce_shutdown(to_milliseconds(now));
}

}  // namespace naive::binance_mock
