package com.withampersand.sdk.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;

import com.withampersand.sdk.http.HttpTransport.Request;
import com.withampersand.sdk.http.HttpTransport.Response;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JdkHttpTransportTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final int MOST_BYTES = 1000;

  private final MockWebServer server = new MockWebServer();
  private final HttpTransport transport = HttpTransport.over(HttpClient.newHttpClient());

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static Request get(URI uri, Duration timeout, int mostBytes) {
    return new Request("GET", uri, Map.of(), new byte[0], timeout, mostBytes);
  }

  private static Request post(URI uri, String body) {
    return new Request(
        "POST",
        uri,
        Map.of("Content-Type", "application/x-www-form-urlencoded", "X-Trace", "7"),
        body.getBytes(StandardCharsets.UTF_8),
        LONG,
        MOST_BYTES);
  }

  private static MockResponse answer(int status, String body) {
    return new MockResponse.Builder().code(status).body(body).build();
  }

  private URI uri(String pathAndQuery) {
    return server.url(pathAndQuery).uri();
  }

  @Test
  void send_get_isThatOnTheWire() throws Exception {
    server.enqueue(answer(200, "hello"));

    Response response = transport.send(get(uri("/a%20b?x=%2B1&y="), LONG, MOST_BYTES));

    RecordedRequest request = server.takeRequest();
    assertThat(request.getRequestLine()).isEqualTo("GET /a%20b?x=%2B1&y= HTTP/1.1");
    assertThat(request.getBodySize()).isZero();
    assertThat(response.text()).isEqualTo("hello");
  }

  @Test
  void send_post_hasHeadersAndBodyOnTheWire() throws Exception {
    server.enqueue(answer(200, ""));

    Response response = transport.send(post(uri("/token"), "code=a%20b&x=\u00e9"));

    RecordedRequest request = server.takeRequest();
    assertThat(request.getRequestLine()).isEqualTo("POST /token HTTP/1.1");
    assertThat(bodyOf(request)).isEqualTo("code=a%20b&x=\u00e9");
    assertThat(request.getHeaders().toMultimap())
        .containsEntry("content-type", List.of("application/x-www-form-urlencoded"))
        .containsEntry("x-trace", List.of("7"))
        .containsEntry("content-length", List.of("15"));
    assertThat(response.body()).isEmpty();
  }

  private static String bodyOf(RecordedRequest request) {
    return request.getBody() == null ? "" : request.getBody().utf8();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "HTTP"})
  void send_plainHttp_asksForNoUpgradeToHttp2(String scheme) throws Exception {
    server.enqueue(answer(200, ""));
    URI uri = URI.create(uri("/token").toString().replaceFirst("http", scheme));

    Response response = transport.send(post(uri, "a=b"));

    assertThat(response.status()).isEqualTo(200);
    assertThat(server.takeRequest().getHeaders().names())
        .extracting(name -> name.toLowerCase(Locale.ROOT))
        .doesNotContain("upgrade", "http2-settings", "connection");
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 204, 304, 400, 401, 403, 407, 408, 421, 429, 500, 503})
  void send_anyStatus_isReturnedAndNothingIsSentAgain(int status) throws Exception {
    server.enqueue(answer(status, ""));
    server.enqueue(answer(200, "sent again"));

    Response response = transport.send(post(uri("/token"), "a=b"));

    assertThat(response.status()).isEqualTo(status);
    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void send_redirect_isReturnedNotFollowed(int status) throws Exception {
    server.enqueue(
        new MockResponse.Builder().code(status).setHeader("Location", uri("/elsewhere")).build());
    server.enqueue(answer(200, "followed"));

    Response response = transport.send(post(uri("/token"), "client_secret=x"));

    assertThat(response.status()).isEqualTo(status);
    assertThat(response.header("location")).contains(uri("/elsewhere").toString());
    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(value = Redirect.class, names = "NEVER", mode = EnumSource.Mode.EXCLUDE)
  void over_clientThatFollowsRedirects_isRefused(Redirect redirect) {
    HttpClient client = HttpClient.newBuilder().followRedirects(redirect).build();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpTransport.over(client))
        .withMessageContaining("followRedirects(Redirect.NEVER)");
  }

  @Test
  void shared_calledTwice_isTheSame() {
    assertThat(HttpTransport.shared()).isSameAs(HttpTransport.shared());
  }

  @Test
  void send_answerAsLongAsAllowed_isWhole() throws Exception {
    server.enqueue(answer(200, "x".repeat(MOST_BYTES)));

    Response response = transport.send(get(uri("/"), LONG, MOST_BYTES));

    assertThat(response.body()).hasSize(MOST_BYTES);
  }

  @ParameterizedTest
  @ValueSource(ints = {MOST_BYTES + 1, MOST_BYTES + 2, 100 * MOST_BYTES})
  void send_longerAnswer_isCutOneByteBehindTheLimit(int length) throws Exception {
    server.enqueue(answer(200, "x".repeat(length)));

    Response response = transport.send(get(uri("/"), LONG, MOST_BYTES));

    assertThat(response.text()).isEqualTo("x".repeat(MOST_BYTES + 1));
  }

  @Test
  void send_mostBytesIsTheGreatestInteger_returnsTheWholeAnswer() throws Exception {
    server.enqueue(answer(200, "hello"));

    Response response = transport.send(get(uri("/"), SHORT, Integer.MAX_VALUE));

    assertThat(response.text()).isEqualTo("hello");
  }

  @Test
  void send_endlessAnswer_isCutAndTheConnectionHungUp() throws Exception {
    try (PlainServer endless =
        new PlainServer(
            connection -> {
              OutputStream out = connection.getOutputStream();
              write(out, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
              while (true) {
                write(out, "x".repeat(1 << 16));
              }
            })) {
      Response response = transport.send(get(endless.uri(), LONG, MOST_BYTES));

      assertThat(response.body()).hasSize(MOST_BYTES + 1);
      assertThat(endless.sawHangUp()).isTrue();
    }
  }

  @Test
  void send_noAnswer_timesOutAndHangsUp() throws Exception {
    try (PlainServer silent = new PlainServer(PlainServer::readToTheEnd)) {
      Throwable thrown = catchThrowable(() -> transport.send(get(silent.uri(), SHORT, MOST_BYTES)));

      assertThat(thrown).isExactlyInstanceOf(HttpTimeoutException.class);
      assertThat(silent.sawHangUp()).isTrue();
    }
  }

  @Test
  void send_bodyStallsAfterTheHeaders_timesOutAndHangsUp() throws Exception {
    try (PlainServer stalling =
        new PlainServer(
            connection -> {
              write(
                  connection.getOutputStream(),
                  "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"access_token\":");
              PlainServer.readToTheEnd(connection);
            })) {
      Throwable thrown =
          catchThrowable(() -> transport.send(get(stalling.uri(), SHORT, MOST_BYTES)));

      assertThat(thrown).isExactlyInstanceOf(HttpTimeoutException.class);
      assertThat(stalling.sawHangUp()).isTrue();
    }
  }

  @Test
  void send_connectionCutWithinTheBody_isAnIoException() throws Exception {
    try (PlainServer cutting =
        new PlainServer(
            connection ->
                write(
                    connection.getOutputStream(),
                    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"access_token\":"))) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> transport.send(get(cutting.uri(), LONG, MOST_BYTES)))
          .isNotInstanceOf(ConnectException.class);
    }
  }

  @Test
  void send_nobodyListens_isAConnectException() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    URI uri = URI.create("http://127.0.0.1:" + port + "/token");

    assertThatExceptionOfType(ConnectException.class)
        .isThrownBy(() -> transport.send(post(uri, "a=b")));
  }

  @Test
  void send_interruptedWhileItWaits_throwsInterruptedExceptionAndHangsUp() throws Exception {
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    CountDownLatch received = new CountDownLatch(1);

    try (PlainServer silent =
        new PlainServer(
            connection -> {
              received.countDown();
              PlainServer.readToTheEnd(connection);
            })) {
      Request request = get(silent.uri(), LONG, MOST_BYTES);
      Thread waiting = new Thread(() -> thrown.set(catchThrowable(() -> transport.send(request))));
      waiting.start();
      received.await();
      waiting.interrupt();
      waiting.join();

      assertThat(silent.sawHangUp()).isTrue();
    }

    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void send_keptAliveConnectionIsClosedUnderAPost_failsAndDoesNotSendItAgain() throws Exception {
    server.enqueue(answer(200, "first"));
    server.enqueue(
        new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build());
    server.enqueue(answer(200, "sent again"));
    Response first = transport.send(post(uri("/token"), "a=1"));

    Throwable thrown = catchThrowable(() -> transport.send(post(uri("/token"), "a=2")));

    assertThat(first.text()).isEqualTo("first");
    assertThat(thrown).isInstanceOf(IOException.class).isNotInstanceOf(ConnectException.class);
    assertThat(List.of(server.takeRequest(), server.takeRequest()))
        .extracting(RecordedRequest::getConnectionIndex, RecordedRequest::getExchangeIndex)
        .containsExactly(tuple(0, 0), tuple(0, 1));
    assertThat(server.getRequestCount()).isEqualTo(2);
  }

  @Test
  void send_headerThatHttpForbids_isRefusedWithoutQuotingItsValue() {
    Request request =
        new Request(
            "GET",
            uri("/"),
            Map.of("Authorization", "Bearer hunter22\n"),
            new byte[0],
            LONG,
            MOST_BYTES);

    Throwable thrown = catchThrowable(() -> transport.send(request));

    assertThat(thrown).isNotNull();
    assertThat(String.valueOf(thrown)).doesNotContain("hunter22");
    assertThat(server.getRequestCount()).isZero();
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** Takes one connection and one request without body, and does to it what no real server does. */
  private static final class PlainServer implements AutoCloseable {
    private final ServerSocket socket;
    private final Thread thread;
    private final CountDownLatch hungUp = new CountDownLatch(1);

    PlainServer(Treatment treatment) throws IOException {
      socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      thread = new Thread(() -> serve(treatment));
      thread.start();
    }

    private void serve(Treatment treatment) {
      try (Socket connection = socket.accept()) {
        readHeaders(connection);
        treatment.apply(connection);
        hungUp.countDown();
      } catch (IOException e) {
        // The client has gone, which is what some tests wait for.
        hungUp.countDown();
      }
    }

    private static void readHeaders(Socket connection) throws IOException {
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
      String line = lines.readLine();
      while (line != null && !line.isEmpty()) {
        line = lines.readLine();
      }
    }

    static void readToTheEnd(Socket connection) throws IOException {
      connection.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    URI uri() {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
    }

    boolean sawHangUp() throws InterruptedException {
      return hungUp.await(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
      socket.close();
      thread.interrupt();
    }
  }

  @FunctionalInterface
  private interface Treatment {
    void apply(Socket connection) throws IOException;
  }
}
