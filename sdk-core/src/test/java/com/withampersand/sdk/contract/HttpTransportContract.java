package com.withampersand.sdk.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.contract.LoopbackServer.Connection;
import com.withampersand.sdk.contract.LoopbackServer.Received;
import com.withampersand.sdk.contract.LoopbackServer.Script;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.http.HttpTransport.Response;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link HttpTransport} does, as tests for JUnit 5.10 or newer. The test of a transport
 * implements this:
 *
 * <pre>{@code
 * class OkHttpTransportTest implements HttpTransportContract {
 *   @Override
 *   public HttpTransport transport() {
 *     return new OkHttpTransport(new OkHttpClient());
 *   }
 * }
 * }</pre>
 *
 * <p>It comes in the artifact {@code com.withampersand:ampersand-sdk-core} with {@code
 * <type>test-jar</type>}, of the same version as the SDK. Beside it, the tests need {@code
 * org.junit.jupiter:junit-jupiter} and {@code org.assertj:assertj-core}. The server that they talk
 * to listens on the loopback address, without TLS.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public interface HttpTransportContract {

  /** Returns the transport to test, without a proxy. Each test asks once. */
  HttpTransport transport();

  @Test
  default void send_post_arrivesOnceWithItsHeadersAndBody() throws Exception {
    Map<String, String> headers =
        Map.of(
            "Content-Type", "application/x-www-form-urlencoded",
            "Authorization", "Basic YTpiPWM6L34rKg==",
            "X-Odd", "a, b; c=\"d\" \\ '");
    try (LoopbackServer server = LoopbackServer.answering(Requests.OK)) {
      URI uri = server.uri("/a%20b?x=%2B1&y=");

      Response response = transport().send(Requests.of("POST", uri, headers, "a=%C3%A9"));

      assertThat(response.status()).isEqualTo(200);
      assertThat(response.text()).isEqualTo("ok");
      assertThat(server.requests()).hasSize(1);
      Received received = server.requests().get(0);
      assertThat(received.method()).isEqualTo("POST");
      assertThat(received.target()).isEqualTo("/a%20b?x=%2B1&y=");
      assertThat(received.body()).isEqualTo("a=%C3%A9");
      headers.forEach((name, value) -> assertThat(received.header(name)).containsExactly(value));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE"})
  default void send_withAndWithoutABody_arrivesOnce(String method) throws Exception {
    HttpTransport transport = transport();
    try (LoopbackServer server = LoopbackServer.answering(Requests.OK)) {
      transport.send(Requests.of(method, server.uri("/with"), Map.of(), "{}"));
      transport.send(Requests.of(method, server.uri("/without"), Map.of(), ""));

      assertThat(server.requests()).extracting(Received::method).containsExactly(method, method);
      assertThat(server.requests()).extracting(Received::body).containsExactly("{}", "");
    }
  }

  @Test
  default void send_get_arrivesOnceWithoutABody() throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(Requests.OK)) {
      Response response =
          transport().send(Requests.of("GET", server.uri("/users?id=1"), Map.of(), ""));

      assertThat(response.text()).isEqualTo("ok");
      assertThat(server.requests()).extracting(Received::method).containsExactly("GET");
      assertThat(server.requests()).extracting(Received::target).containsExactly("/users?id=1");
      assertThat(server.requests()).extracting(Received::body).containsExactly("");
    }
  }

  @Test
  default void send_bodyOfEveryByte_arrivesUnchanged() throws Exception {
    byte[] body = Requests.everyByte(200_000);
    try (LoopbackServer server = LoopbackServer.answering(Requests.OK)) {
      transport().send(Requests.post(server.uri("/token"), body, Requests.LONG));

      assertThat(server.requests()).hasSize(1);
      assertThat(server.requests().get(0).body()).isEqualTo(new String(body, ISO_8859_1));
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        200, 201, 202, 203, 206, 300, 400, 401, 402, 403, 404, 405, 407, 408, 409, 410, 421, 425,
        429, 499, 500, 501, 502, 503, 504, 599
      })
  default void send_anyStatus_isReturnedAndNothingIsSentAgain(int status) throws Exception {
    String answer =
        "HTTP/1.1 %d Word\r\nRetry-After: 0\r\nContent-Length: 6\r\n".formatted(status)
            + "WWW-Authenticate: Basic realm=\"a\"\r\nProxy-Authenticate: Basic realm=\"b\"\r\n"
            + "\r\nanswer";
    try (LoopbackServer server = LoopbackServer.answering(answer)) {
      Response response = transport().send(Requests.post(server.uri("/token"), "a=b"));

      assertThat(response.status()).isEqualTo(status);
      assertThat(response.text()).isEqualTo("answer");
      assertThat(server.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  default void send_redirect_isReturnedAndNotFollowed(int status) throws Exception {
    String answer =
        "HTTP/1.1 %d Moved\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n".formatted(status);
    HttpTransport transport = transport();
    try (LoopbackServer server = LoopbackServer.answering(answer)) {
      Response posted = transport.send(Requests.post(server.uri("/token"), "a=b"));
      Response got = transport.send(Requests.of("GET", server.uri("/users"), Map.of(), ""));

      assertThat(List.of(posted, got)).extracting(Response::status).containsOnly(status);
      assertThat(posted.header("location")).contains("/elsewhere");
      assertThat(server.requests())
          .extracting(Received::target)
          .containsExactly("/token", "/users");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
      })
  default void send_answerWithoutABody_hasAnEmptyOne(String answer) throws Exception {
    try (LoopbackServer server = LoopbackServer.answering(answer)) {
      Response response = transport().send(Requests.post(server.uri("/token"), "a=b"));

      assertThat(response.body()).isEmpty();
    }
  }

  @Test
  default void send_headersOfTheAnswer_areFoundInAnyCase() throws Exception {
    String answer =
        "HTTP/1.1 200 OK\r\ncontent-type: application/JSON; charset=utf-8\r\n"
            + "X-REQUEST-id: a, b; c=\"d\"\r\nContent-Length: 2\r\n\r\n{}";
    try (LoopbackServer server = LoopbackServer.answering(answer)) {
      Response response = transport().send(Requests.post(server.uri("/token"), "a=b"));

      assertThat(response.mediaType()).isEqualTo("application/json");
      assertThat(response.header("x-request-ID")).contains("a, b; c=\"d\"");
      assertThat(response.header("x-absent")).isEmpty();
    }
  }

  @Test
  default void send_headerOfTheAnswerThatRepeats_hasEveryValue() throws Exception {
    String answer =
        "HTTP/1.1 200 OK\r\nWWW-Authenticate: Negotiate\r\nwww-authenticate: Bearer\r\n"
            + "Content-Length: 2\r\n\r\nok";
    try (LoopbackServer server = LoopbackServer.answering(answer)) {
      Response response = transport().send(Requests.post(server.uri("/token"), "a=b"));

      assertThat(response.headers("WWW-AUTHENTICATE")).containsExactly("Negotiate", "Bearer");
      assertThat(response.headers("x-absent")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Framing.class)
  default void send_answerOfEveryByte_isReturnedUnchanged(Framing framing) throws Exception {
    byte[] body = Requests.everyByte(Requests.MOST_BYTES);
    try (LoopbackServer server = new LoopbackServer(framing.answering(body))) {
      Response response = transport().send(Requests.post(server.uri("/token"), "a=b"));

      assertThat(response.body()).isEqualTo(body);
    }
  }

  /** Only a transport that asks for compressed answers gets one. */
  @Test
  default void send_compressedAnswer_isReturnedDecompressed() throws Exception {
    try (LoopbackServer server = new LoopbackServer(Framing.compressedIfAsked(500))) {
      Response response = transport().send(Requests.post(server.uri("/token"), "a=b"));

      assertThat(response.text()).isEqualTo("x".repeat(500));
    }
  }

  @Test
  default void send_compressedAnswerThatIsTooLong_isNotDecompressedWhole() throws Exception {
    int length = 64 << 20;
    try (LoopbackServer server = new LoopbackServer(Framing.compressedIfAsked(length))) {
      Outcome outcome = Outcome.of(transport(), Requests.post(server.uri("/token"), "a=b"));

      outcome.assertTooLongOrFailed();
      assertThat(outcome.bodyLength()).isLessThan(length / 2);
    }
  }

  @ParameterizedTest
  @EnumSource(Framing.class)
  default void send_answerLongerThanAllowed_isNotTakenForWhole(Framing framing) throws Exception {
    byte[] body = Requests.everyByte(Requests.MOST_BYTES + 1);
    try (LoopbackServer server = new LoopbackServer(framing.answering(body))) {
      Outcome outcome = Outcome.of(transport(), Requests.post(server.uri("/token"), "a=b"));

      outcome.assertTooLongOrFailed();
    }
  }

  @Test
  default void send_endlessAnswer_isCutOff() throws Exception {
    long enough = 256L << 20;
    AtomicLong written = new AtomicLong();
    byte[] part = new byte[1 << 16];
    Script endless =
        connection -> {
          connection.readRequest();
          connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
          while (written.addAndGet(part.length) < enough) {
            connection.write(part);
          }
        };
    try (LoopbackServer server = new LoopbackServer(endless)) {
      Outcome outcome = Outcome.of(transport(), Requests.post(server.uri("/token"), "a=b"));

      outcome.assertTooLongOrFailed();
      assertThat(server.sawHangUp()).isTrue();
      assertThat(written).hasValueLessThan(enough);
    }
  }

  @ParameterizedTest
  @EnumSource(Cut.class)
  default void send_connectionIsCut_failsAndSendsNothingAgain(Cut cut) throws Exception {
    try (LoopbackServer server = new LoopbackServer(cut)) {
      Outcome outcome = Outcome.of(transport(), Requests.post(server.uri("/token"), "a=b"));

      outcome.assertFailed();
      assertThat(server.begun()).isLessThanOrEqualTo(1);
      if (server.begun() > 0) {
        outcome.assertPromisesNothing();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Cut.class)
  default void send_connectionIsCutUnderAGetThatIsNotRepeatable_sendsNothingAgain(Cut cut)
      throws Exception {
    try (LoopbackServer server = new LoopbackServer(cut)) {
      Outcome outcome =
          Outcome.of(transport(), Requests.of("GET", server.uri("/a"), Map.of(), "").once());

      outcome.assertFailed();
      assertThat(server.begun()).isLessThanOrEqualTo(1);
      if (server.begun() > 0) {
        outcome.assertPromisesNothing();
      }
    }
  }

  @Test
  default void send_keptConnectionIsCutUnderAPost_failsAndSendsNothingAgain() throws Exception {
    Script cut =
        connection -> {
          for (Received request = connection.request(); !request.body().equals("n=2"); ) {
            connection.write(Requests.OK);
            request = connection.request();
          }
        };
    HttpTransport transport = transport();
    try (LoopbackServer server = new LoopbackServer(cut)) {
      transport.send(Requests.post(server.uri("/token"), "n=1"));

      Outcome outcome = Outcome.of(transport, Requests.post(server.uri("/token"), "n=2"));
      Response next = transport.send(Requests.post(server.uri("/token"), "n=3"));

      outcome.assertFailed();
      outcome.assertPromisesNothing();
      assertThat(next.text()).isEqualTo("ok");
      assertThat(server.requests()).extracting(Received::body).containsExactly("n=1", "n=2", "n=3");
    }
  }

  @Test
  default void send_keptConnectionIsClosedBetweenPosts_sendsNoneTwice() throws Exception {
    Script closing =
        connection -> {
          connection.request();
          connection.write(Requests.OK);
        };
    HttpTransport transport = transport();
    List<String> bodies = new ArrayList<>();
    try (LoopbackServer server = new LoopbackServer(closing)) {
      for (int i = 0; i < 50; i++) {
        bodies.add("n=" + i);
        Outcome.of(transport, Requests.post(server.uri("/token"), "n=" + i));
      }

      assertThat(server.requests()).extracting(Received::body).isSubsetOf(bodies);
      assertThat(server.requests()).extracting(Received::body).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @EnumSource(Delay.class)
  default void send_timeIsUp_failsAndHangsUp(Delay delay) throws Exception {
    byte[] body = "a=b".getBytes(UTF_8);
    try (LoopbackServer server = new LoopbackServer(delay)) {
      Outcome outcome =
          Outcome.of(transport(), Requests.post(server.uri("/token"), body, Requests.SHORT));

      outcome.assertFailed();
      assertThat(outcome.interrupted()).isFalse();
      assertThat(server.sawHangUp()).isTrue();
      assertThat(server.begun()).isLessThanOrEqualTo(1);
    }
  }

  @Test
  default void send_requestIsNotRead_failsWhenTheTimeIsUp() throws Exception {
    byte[] moreThanBuffersTake = new byte[32 << 20];
    try (LoopbackServer server = new LoopbackServer(Connection::stall)) {
      Outcome outcome =
          Outcome.of(
              transport(),
              Requests.post(server.uri("/token"), moreThanBuffersTake, Requests.SHORT));

      outcome.assertFailed();
    }
  }

  @Test
  default void send_afterACallThatTookTooLong_works() throws Exception {
    Script slowFirst =
        connection -> {
          for (Received request = connection.request(); ; request = connection.request()) {
            if (request.body().equals("n=1")) {
              connection.awaitHangUp();
            }
            connection.write(Requests.OK);
          }
        };
    HttpTransport transport = transport();
    try (LoopbackServer server = new LoopbackServer(slowFirst)) {
      Outcome.of(transport, Requests.post(server.uri("/"), "n=1".getBytes(UTF_8), Requests.SHORT))
          .assertFailed();

      Response next = transport.send(Requests.post(server.uri("/"), "n=2"));

      assertThat(next.text()).isEqualTo("ok");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Delay.class,
      names = {"NO_ANSWER", "TRICKLING_HEADERS", "TRICKLING_BODY", "STALLED_BODY"})
  default void send_interrupted_stopsWaitingAndHangsUp(Delay delay) throws Exception {
    try (LoopbackServer server = new LoopbackServer(delay)) {
      Outcome.Pending pending =
          Outcome.pending(transport(), Requests.post(server.uri("/token"), "a=b"));
      server.awaitRequests(1);

      pending.interrupt();

      Outcome outcome = pending.await();
      assertThat(outcome.failure()).isInstanceOf(InterruptedException.class);
      assertThat(outcome.interrupted()).isFalse();
      assertThat(server.sawHangUp()).isTrue();
    }
  }

  @Test
  default void send_interruptedBefore_doesNotWait() throws Exception {
    try (LoopbackServer server = new LoopbackServer(Delay.NO_ANSWER)) {
      Thread.currentThread().interrupt();
      Outcome outcome = Outcome.of(transport(), Requests.post(server.uri("/token"), "a=b"));

      assertThat(outcome.failure()).isInstanceOf(InterruptedException.class);
      assertThat(outcome.interrupted()).isFalse();
    }
  }

  @Test
  default void send_nothingListens_promisesThatNothingWasSent() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    URI uri = URI.create("http://127.0.0.1:" + port + "/token");

    Outcome.of(transport(), Requests.post(uri, "a=b")).assertPromisesThatNothingWasSent();
  }

  /** No resolver asks anyone for a name with a label of more than 63 characters. */
  @Test
  default void send_unknownHost_promisesThatNothingWasSent() throws Exception {
    URI uri = URI.create("http://" + "x".repeat(64) + ".invalid/token");

    Outcome.of(transport(), Requests.post(uri, "a=b")).assertPromisesThatNothingWasSent();
  }

  @Test
  default void send_byManyThreads_eachGetsItsOwnAnswer() throws Exception {
    int threads = 16;
    int each = 25;
    Script echo =
        connection -> {
          for (Received request = connection.request(); ; request = connection.request()) {
            connection.write(Requests.answer(request.body()));
          }
        };
    HttpTransport transport = transport();
    try (LoopbackServer server = new LoopbackServer(echo)) {
      List<FutureTask<Integer>> senders =
          Senders.start(
              threads,
              thread -> {
                int right = 0;
                for (int i = 0; i < each; i++) {
                  String body = "thread=" + thread + "&i=" + i;
                  Response response = transport.send(Requests.post(server.uri("/token"), body));
                  right += response.text().equals(body) ? 1 : 0;
                }
                return right;
              });

      for (FutureTask<Integer> sender : senders) {
        assertThat(sender.get()).isEqualTo(each);
      }
      assertThat(server.requests()).hasSize(threads * each);
      assertThat(server.requests()).extracting(Received::body).doesNotHaveDuplicates();
    }
  }

  @Test
  default void send_manyAtOnce_noneWaitsForAnother() throws Exception {
    int many = 64;
    CountDownLatch allArrived = new CountDownLatch(many);
    Script waitingForAll =
        connection -> {
          connection.request();
          allArrived.countDown();
          allArrived.await();
          connection.write(Requests.OK);
          connection.awaitHangUp();
        };
    HttpTransport transport = transport();
    try (LoopbackServer server = new LoopbackServer(waitingForAll)) {
      List<FutureTask<Integer>> senders =
          Senders.start(
              many, thread -> transport.send(Requests.post(server.uri("/token"), "a=b")).status());

      for (FutureTask<Integer> sender : senders) {
        assertThat(sender.get()).isEqualTo(200);
      }
      assertThat(server.requests()).hasSize(many);
    }
  }
}
