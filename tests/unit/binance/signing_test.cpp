#include "binance/signing.h"

#include <gtest/gtest.h>

#include "binance/parameters.h"

namespace naive::binance {
namespace {

// The published examples of Binance's documentation.
const Credentials kCredentials{
    .api_key = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
    .secret_key = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"};

Parameters limit_order(const std::string& symbol) {
  Parameters parameters;
  parameters.add("symbol", symbol)
      .add("side", "BUY")
      .add("type", "LIMIT")
      .add("timeInForce", "GTC")
      .add("quantity", "1")
      .add("price", "0.1")
      .add("recvWindow", 5000)
      .add("timestamp", 1499827319559);
  return parameters;
}

TEST(Signing, RestSignsTheBytesThatAreSent) {
  EXPECT_EQ(limit_order("LTCBTC").signed_form(Signer{kCredentials}),
            "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000"
            "&timestamp=1499827319559&signature="
            "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71");
}

TEST(Signing, RestEncodesBeforeItSigns) {
  EXPECT_EQ(limit_order("１２３４５６").signed_form(Signer{kCredentials}),
            "symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&side=BUY&type=LIMIT"
            "&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559"
            "&signature=e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3");
}

Parameters socket_order(const std::string& symbol, const std::string& side,
                        const std::string& price, const std::string& quantity,
                        std::int64_t recv_window) {
  Parameters parameters;
  parameters.add("symbol", symbol)
      .add("side", side)
      .add("type", "LIMIT")
      .add("timeInForce", "GTC")
      .add("price", price)
      .add("quantity", quantity)
      .add("recvWindow", recv_window)
      .add("timestamp", 1645423376532)
      .add("apiKey", kCredentials.api_key);
  return parameters;
}

TEST(Signing, WebSocketApiSignsSortedParameters) {
  EXPECT_EQ(socket_order("BTCUSDT", "SELL", "52000.00", "0.01000000", 100)
                .signed_json(Signer{kCredentials}),
            R"({"apiKey":"vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",)"
            R"("price":"52000.00","quantity":"0.01000000","recvWindow":100,"side":"SELL",)"
            R"("symbol":"BTCUSDT","timeInForce":"GTC","timestamp":1645423376532,"type":"LIMIT",)"
            R"("signature":"aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24"})");
}

TEST(Signing, WebSocketApiDoesNotEncode) {
  const auto json = socket_order("１２３４５６", "BUY", "0.10000000", "1.00000000", 5000)
                        .signed_json(Signer{kCredentials});
  EXPECT_TRUE(json.contains("b33892ae8e687c939f4468c6268ddd4c40ac1af18ad19a064864c47bae0752cd"))
      << json;
}

}  // namespace
}  // namespace naive::binance
