#include "binance_mock/authentication.h"

#include <gtest/gtest.h>

#include "binance/signing.h"

namespace naive::binance_mock {
namespace {

using std::chrono::milliseconds;

const binance::Credentials kKey = example_credentials();
const std::string kRequest =
    "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&"
    "timestamp=1499827319559";
const std::string kSignature = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71";
const market::ExchangeTime kSent{milliseconds{1499827319559}};

std::optional<ApiError> check(const std::string& query, const std::string& body = "",
                              market::ExchangeTime now = kSent) {
  const auto params = Params::from_rest(query, body);
  return params ? Authentication{kKey}.check_signed(*params, now) : params.error();
}

std::string sign(const std::string& payload) {
  return payload + "&signature=" + binance::hmac_sha256_hex(kKey.secret_key, payload);
}

TEST(Authentication, PublishedVectorOverEveryPlaceTheParametersMayBe) {
  EXPECT_EQ(check(kRequest + "&signature=" + kSignature), std::nullopt);
  EXPECT_EQ(check("", kRequest + "&signature=" + kSignature), std::nullopt);
  EXPECT_EQ(check("signature=" + kSignature + "&" + kRequest), std::nullopt);
  EXPECT_EQ(check("signature=" + kSignature, kRequest), std::nullopt);
}

TEST(Authentication, QueryAndBodyAreSignedWithoutASeparator) {
  // Published as the mixed example: the two parts meet in "timeInForce=GTCquantity=1".
  const std::string query = "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC";
  const std::string body = "quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559";
  const std::string signature = "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77";
  EXPECT_EQ(check(query, body + "&signature=" + signature), std::nullopt);
}

TEST(Authentication, PercentEncodedBytesAreSignedAsTheyWereSent) {
  EXPECT_EQ(check("symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&side=BUY&type="
                  "LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp="
                  "1499827319559&signature="
                  "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3"),
            std::nullopt);
}

TEST(Authentication, WebSocketVectorOverSortedParameters) {
  const auto params = Params::from_members(
      {{"type", "LIMIT"},
       {"symbol", "BTCUSDT"},
       {"side", "SELL"},
       {"timeInForce", "GTC"},
       {"quantity", "0.01000000"},
       {"price", "52000.00"},
       {"recvWindow", "100"},
       {"apiKey", kKey.api_key},
       {"timestamp", "1645423376532"},
       {"signature", "aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24"}});
  const market::ExchangeTime now{milliseconds{1645423376532}};
  EXPECT_EQ(Authentication{kKey}.check_signed(params, now), std::nullopt);
}

TEST(Authentication, UpperCaseHexIsFineAnotherSignatureIsNot) {
  std::string upper = kSignature;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  EXPECT_EQ(check(kRequest + "&signature=" + upper), std::nullopt);
  EXPECT_EQ(check(kRequest + "&signature=" + kSignature + "0"), errors::invalid_signature());
  EXPECT_EQ(check(kRequest + "1&signature=" + kSignature, "", kSent + std::chrono::hours{1}),
            errors::too_early());
  EXPECT_EQ(check("a=b&" + kRequest + "&signature=" + kSignature), errors::invalid_signature());
}

TEST(Authentication, TimestampMustBeWithinTheWindow) {
  const std::string request = kRequest + "&signature=" + kSignature;
  EXPECT_EQ(check(request, "", kSent + milliseconds{5000}), std::nullopt);
  EXPECT_EQ(check(request, "", kSent + milliseconds{5001}), errors::too_old());
  EXPECT_EQ(check(request, "", kSent - milliseconds{999}), std::nullopt);
  EXPECT_EQ(check(request, "", kSent - milliseconds{1000}), errors::too_early());
}

TEST(Authentication, MicrosecondTimestampsAreToldByMagnitude) {
  EXPECT_EQ(check(sign("timestamp=1499827319559000")), std::nullopt);
}

TEST(Authentication, WindowHasLimitsAndDecimals) {
  EXPECT_EQ(check(sign("recvWindow=60000&timestamp=1499827319559")), std::nullopt);
  EXPECT_EQ(check(sign("recvWindow=60001&timestamp=1499827319559")),
            errors::invalid_receive_window());
  EXPECT_EQ(check(sign("recvWindow=0.5&timestamp=1499827319559"), "", kSent + milliseconds{1}),
            errors::too_old());
  EXPECT_EQ(check(sign("recvWindow=0.0005&timestamp=1499827319559"))->code, -1100);
  EXPECT_EQ(check(sign("recvWindow=abc&timestamp=1499827319559"))->code, -1100);
}

TEST(Authentication, MissingParametersAreNamed) {
  EXPECT_EQ(check("signature=00"), errors::missing_parameter("timestamp"));
  EXPECT_EQ(check("timestamp=1499827319559"), errors::missing_parameter("signature"));
  EXPECT_EQ(check(sign("timestamp=now"))->code, -1100);
}

TEST(Authentication, KeyIsCheckedForFormThenForBeingKnown) {
  const Authentication authentication{kKey};
  EXPECT_EQ(authentication.check_key(kKey.api_key), std::nullopt);
  EXPECT_EQ(authentication.check_key(""), errors::malformed_key());
  EXPECT_EQ(authentication.check_key("with blank"), errors::malformed_key());
  EXPECT_EQ(authentication.check_key("unknown"), errors::unknown_key());
  EXPECT_EQ(errors::unknown_key().http_status, 401);
}

TEST(Params, QueryWinsOverBodyAndDuplicatesWithinOneAreRefused) {
  const auto params = Params::from_rest("a=1&b=%20x+y", "a=2&c=3");
  ASSERT_TRUE(params);
  EXPECT_EQ(params->value("a"), "1");
  EXPECT_EQ(params->value("b"), " x y");
  EXPECT_EQ(params->value("c"), "3");
  EXPECT_EQ(Params::from_rest("a=1&a=1", "").error(), errors::duplicate_parameter());
  EXPECT_EQ(Params::from_rest("", "a=1&a=2").error(), errors::duplicate_parameter());
}

TEST(Params, BrokenPercentsStayAsTheyAre) {
  EXPECT_EQ(percent_decode("%"), "%");
  EXPECT_EQ(percent_decode("%4"), "%4");
  EXPECT_EQ(percent_decode("%zz"), "%zz");
  EXPECT_EQ(percent_decode("%41%"), "A%");
}

}  // namespace
}  // namespace naive::binance_mock
