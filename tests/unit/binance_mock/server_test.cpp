// The real server and real sockets, both on one io_context: a test is a coroutine of the client.
#include <gmock/gmock.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include "binance_mock/http_server.h"
#include "local_world.h"

namespace naive::binance_mock {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using asio::awaitable;
using asio::use_awaitable;
using testing::HasSubstr;
using testing::StartsWith;
using Response = http::response<http::string_body>;
using Socket = websocket::stream<beast::tcp_stream>;

constexpr std::chrono::seconds kDeadline{10};

class Server : public testing::Test {
 protected:
  /// Runs the client until it is done; what it throws fails the test.
  template <class Client>
  void run(Client client) {
    bool done = false;
    asio::co_spawn(loop_, std::move(client), [&](std::exception_ptr error) {
      done = true;
      loop_.stop();
      if (error) std::rethrow_exception(error);
    });
    loop_.restart();
    loop_.run_for(kDeadline);
    ASSERT_TRUE(done) << "the client was not done within " << kDeadline.count() << " s";
  }

  awaitable<beast::tcp_stream> connect() {
    beast::tcp_stream stream(loop_);
    stream.expires_after(kDeadline);
    const asio::ip::tcp::endpoint server{asio::ip::make_address("127.0.0.1"), server_.port()};
    co_await stream.async_connect(server, use_awaitable);
    co_return stream;
  }

  awaitable<Response> request(beast::tcp_stream& stream, http::verb verb, std::string target,
                              std::string body = "") {
    http::request<http::string_body> message{verb, target, 11};
    message.set(http::field::host, "localhost");
    message.set("X-MBX-APIKEY", world_.key.api_key);
    message.body() = std::move(body);
    message.prepare_payload();
    co_await http::async_write(stream, message, use_awaitable);
    beast::flat_buffer buffer;
    Response response;
    co_await http::async_read(stream, buffer, response, use_awaitable);
    co_return response;
  }

  awaitable<std::unique_ptr<Socket>> open(std::string path) {
    // Not in one expression: g++ 12 destroys the temporaries of such a co_await twice.
    auto stream = co_await connect();
    auto socket = std::make_unique<Socket>(std::move(stream));
    co_await socket->async_handshake("localhost", path, use_awaitable);
    co_return socket;
  }

  static awaitable<std::string> receive(Socket& socket) {
    beast::flat_buffer buffer;
    co_await socket.async_read(buffer, use_awaitable);
    co_return beast::buffers_to_string(buffer.data());
  }

  /// The code with which the server closed the connection.
  static awaitable<int> close_code(Socket& socket) {
    beast::error_code error;
    beast::flat_buffer buffer;
    while (!error) {
      co_await socket.async_read(buffer, asio::redirect_error(use_awaitable, error));
    }
    co_return socket.reason().code;
  }

  LocalWorld world_;
  asio::io_context loop_{1};
  HttpServer server_{loop_, "127.0.0.1", 0, world_.exchange};
};

TEST_F(Server, AnswersSeveralRequestsOnOneConnection) {
  run([this]() -> awaitable<void> {
    auto stream = co_await connect();
    const Response time = co_await request(stream, http::verb::get, "/api/v3/time");
    EXPECT_EQ(time.body(), R"({"serverTime":1700000000000})");
    EXPECT_EQ(time["Content-Type"], "application/json;charset=UTF-8");
    EXPECT_EQ(time["X-MBX-USED-WEIGHT-1M"], "1");
    EXPECT_TRUE(time.keep_alive());
    const Response lost = co_await request(stream, http::verb::get, "/api/v3/nothing");
    EXPECT_EQ(lost.result_int(), 404U);
    const Response step = co_await request(stream, http::verb::post, "/_mock/step",
                                           R"({"symbol":"XRPUSDT","price":"0.4"})");
    EXPECT_EQ(step.result_int(), 200U);
  });
}

TEST_F(Server, TakesOrdersInAFormBody) {
  run([this]() -> awaitable<void> {
    auto stream = co_await connect();
    std::string body =
        "symbol=XRPUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=100&price=0.5&" +
        world_.timestamp();
    body += "&signature=" + binance::hmac_sha256_hex(world_.key.secret_key, body);
    const Response placed = co_await request(stream, http::verb::post, "/api/v3/order", body);
    EXPECT_EQ(placed.result_int(), 200U);
    EXPECT_EQ(placed["x-mbx-order-count-10s"], "1");
  });
}

TEST_F(Server, StreamsTradesOverWebSocket) {
  run([this]() -> awaitable<void> {
    const auto socket = co_await open("/stream?streams=xrpusdt@trade");
    auto stream = co_await connect();
    co_await request(stream, http::verb::post, "/_mock/step",
                     R"({"symbol":"XRPUSDT","price":"0.43183010"})");
    EXPECT_THAT(co_await receive(*socket),
                StartsWith(R"({"stream":"xrpusdt@trade","data":{"e":"trade",)"));
  });
}

TEST_F(Server, RefusesUnknownWebSocketPaths) {
  run([this]() -> awaitable<void> {
    try {
      co_await open("/nope");
      ADD_FAILURE() << "the handshake went through";
    } catch (const boost::system::system_error& error) {
      EXPECT_EQ(error.code(), websocket::error::upgrade_declined);
    }
  });
}

TEST_F(Server, TheSixthMessageWithinASecondClosesAMarketStream) {
  run([this]() -> awaitable<void> {
    const auto socket = co_await open("/ws");
    for (int i = 0; i < 5; ++i) {
      co_await socket->async_write(
          asio::buffer(std::string{R"({"method":"LIST_SUBSCRIPTIONS","id":1})"}), use_awaitable);
      co_await receive(*socket);
    }
    co_await socket->async_ping({}, use_awaitable);
    EXPECT_EQ(co_await close_code(*socket), 1008);
  });
}

TEST_F(Server, DropsAConsumerThatDoesNotRead) {
  run([this]() -> awaitable<void> {
    const auto socket = co_await open("/ws/xrpusdt@trade");
    const Print print{.price = price("0.4"), .quantity = quantity("1")};
    while (world_.venue.streams().is_watched("XRPUSDT")) {
      for (int i = 0; i < 10'000; ++i) world_.venue.publish("XRPUSDT", print, world_.now);
      co_await asio::post(loop_, use_awaitable);
    }
    EXPECT_EQ(world_.venue.streams().counts().size(), 0U);
  });
}

TEST_F(Server, DropsTheConnectionBeforeOrAfterExecuting) {
  run([this]() -> awaitable<void> {
    for (const std::string action : {"drop_before", "drop_after"}) {
      world_.spoil(R"({"path":"/api/v3/time","action":")" + action + "\"}");
      auto stream = co_await connect();
      try {
        co_await request(stream, http::verb::get, "/api/v3/time");
        ADD_FAILURE() << "answered in spite of " << action;
      } catch (const boost::system::system_error& error) {
        EXPECT_EQ(error.code(), http::error::end_of_stream);
      }
    }
  });
}

TEST_F(Server, ALateRequestIsExecutedAlthoughItsSenderIsGone) {
  run([this]() -> awaitable<void> {
    world_.spoil(R"({"action":"late","path":"/api/v3/order","milliseconds":20})");
    std::string query =
        "symbol=XRPUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=100&price=0.5&" +
        world_.timestamp();
    query += "&signature=" + binance::hmac_sha256_hex(world_.key.secret_key, query);
    {
      auto stream = co_await connect();
      http::request<http::empty_body> message{http::verb::post, "/api/v3/order?" + query, 11};
      message.set("X-MBX-APIKEY", world_.key.api_key);
      co_await http::async_write(stream, message, use_awaitable);
    }
    const auto& ledger = world_.venue.exchange().ledger();
    EXPECT_EQ(ledger.of("XRPUSDT").open_count(), 0U);
    while (ledger.of("XRPUSDT").open_count() == 0) co_await asio::post(loop_, use_awaitable);
  });
}

TEST_F(Server, SaysGoodbyeWhenItStops) {
  run([this]() -> awaitable<void> {
    const auto socket = co_await open("/ws-api/v3");
    server_.stop();
    EXPECT_EQ(co_await close_code(*socket), 1001);
  });
}

TEST_F(Server, AVanishedClientIsForgotten) {
  run([this]() -> awaitable<void> {
    {
      const auto socket = co_await open("/ws/xrpusdt@trade");
      EXPECT_TRUE(world_.venue.streams().is_watched("XRPUSDT"));
    }
    while (world_.venue.streams().is_watched("XRPUSDT")) co_await asio::post(loop_, use_awaitable);
  });
}

TEST_F(Server, APortInUseIsNamed) {
  try {
    const HttpServer second{loop_, "127.0.0.1", server_.port(), world_.exchange};
    FAIL() << "two servers on one port";
  } catch (const CannotListen& error) {
    EXPECT_THAT(error.what(), HasSubstr("127.0.0.1:" + std::to_string(server_.port())));
    EXPECT_THAT(error.what(), HasSubstr("--port"));
  }
}

TEST_F(Server, AWrongAddressIsNamed) {
  EXPECT_THROW((HttpServer{loop_, "localhost", 0, world_.exchange}), runtime::ConfigError);
}

}  // namespace
}  // namespace naive::binance_mock
