package com.withampersand.sdk.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;

import com.withampersand.sdk.http.HttpTransport.Request;
import com.withampersand.sdk.http.HttpTransport.Response;
import java.io.IOException;
import java.net.Authenticator;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLHandshakeException;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JdkHttpTransportTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final int MOST_BYTES = 1000;

  private final Logger serverLog = Logger.getLogger(MockWebServer.class.getName());
  private final MockWebServer server = new MockWebServer();
  private final HttpTransport transport = HttpTransport.over(HttpClient.newHttpClient());

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
    serverLog.setLevel(null);
  }

  private static Request get(URI uri, Duration timeout, int mostBytes) {
    return new Request("GET", uri, Map.of(), new byte[0], timeout, mostBytes);
  }

  private static Request post(URI uri, String body) {
    return post(uri, body, LONG);
  }

  private static Request post(URI uri, String body, Duration timeout) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return new Request("POST", uri, Map.of(), bytes, timeout, MOST_BYTES);
  }

  private static MockResponse answer(int status, String body) {
    return new MockResponse.Builder().code(status).body(body).build();
  }

  private URI uri(String pathAndQuery) {
    return server.url(pathAndQuery).uri();
  }

  /** Returns the bodies of the requests that arrived whole. */
  private List<String> bodies() throws InterruptedException {
    List<String> bodies = new ArrayList<>();
    for (int i = server.getRequestCount(); i > 0; i--) {
      RecordedRequest request = server.takeRequest();
      if (request.getFailure() == null && request.getBody() != null) {
        bodies.add(request.getBody().utf8());
      }
    }
    return bodies;
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

  /** The JDK's client answers a challenge by itself, with the whole request. */
  @Test
  void send_clientWithAuthenticatorIsChallenged_failsAndDoesNotSendTheBodyAgain() throws Exception {
    HttpClient repeating =
        HttpClient.newBuilder()
            .authenticator(
                new Authenticator() {
                  @Override
                  protected PasswordAuthentication getPasswordAuthentication() {
                    return new PasswordAuthentication("name", "password".toCharArray());
                  }
                })
            .build();
    server.enqueue(
        new MockResponse.Builder()
            .code(401)
            .setHeader("WWW-Authenticate", "Basic realm=\"a\"")
            .build());
    server.enqueue(answer(200, "sent again"));

    Throwable thrown =
        catchThrowable(() -> HttpTransport.over(repeating).send(post(uri("/token"), "a=b")));

    assertThat(thrown).isInstanceOf(IOException.class).isNotInstanceOf(ConnectException.class);
    assertThat(bodies()).containsExactly("a=b");
  }

  /** The property tells the JDK's client to repeat a POST whose connection was closed. */
  @Test
  void send_jdkRepeatsEveryMethod_failsAndDoesNotSendThePostAgain() throws Exception {
    server.enqueue(answer(200, "first"));
    server.enqueue(
        new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build());
    server.enqueue(answer(200, "sent again"));

    List<String> outcomes =
        TwoPosts.inJvmWith("-Djdk.httpclient.enableAllMethodRetry", uri("/token"));

    assertThat(outcomes).containsExactly("200 first", "outcome unknown");
    assertThat(bodies()).containsExactly("a=1", "a=2");
  }

  /** A connection that waits in the queue of a server, which does not take it. */
  @Test
  void send_noConnectionInTime_promisesThatNothingWasSent() throws Exception {
    try (FullServer full = new FullServer()) {
      Request request = post(full.uri(), "a=b", SHORT);

      Throwable thrown = catchThrowable(() -> transport.send(request));

      assertThat(thrown).isInstanceOf(HttpConnectTimeoutException.class);
    }
  }

  @Test
  void send_tlsHandshakeStalls_promisesThatNothingWasSent() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      URI uri = URI.create("https://127.0.0.1:" + silent.getLocalPort() + "/token");

      Throwable thrown = catchThrowable(() -> transport.send(post(uri, "a=b", SHORT)));

      assertThat(thrown).isInstanceOf(HttpConnectTimeoutException.class);
    }
  }

  @Test
  void send_tlsToAServerWithoutTls_promisesThatNothingWasSent() {
    URI uri = URI.create(uri("/token").toString().replaceFirst("http", "https"));

    Throwable thrown =
        catchThrowable(() -> transport.send(post(uri, "a=b", Duration.ofSeconds(2))));

    // A server that waits for the end of a line may never answer the first message of TLS.
    assertThat(thrown)
        .isInstanceOfAny(
            ConnectException.class, SSLHandshakeException.class, HttpConnectTimeoutException.class);
  }

  @Test
  void send_clientIsBroken_promisesThatNothingWasSent() {
    HttpClient broken =
        HttpClient.newBuilder()
            .proxy(
                new ProxySelector() {
                  @Override
                  public List<Proxy> select(URI uri) {
                    throw new IllegalStateException("no proxy is set");
                  }

                  @Override
                  public void connectFailed(URI uri, SocketAddress address, IOException e) {}
                })
            .build();

    Throwable thrown =
        catchThrowable(() -> HttpTransport.over(broken).send(post(uri("/token"), "a=b")));

    assertThat(thrown).isInstanceOf(ConnectException.class).hasMessage("no proxy is set");
  }

  @Test
  void send_unknownHost_namesIt() {
    URI uri = URI.create("http://" + "x".repeat(64) + ".invalid/token");

    Throwable thrown = catchThrowable(() -> transport.send(post(uri, "a=b")));

    assertThat(thrown).isInstanceOf(UnknownHostException.class).hasMessage(uri.getHost());
  }

  @Test
  void send_timeoutOfCenturies_isAnswered() throws Exception {
    server.enqueue(answer(200, "hello"));
    Request request = post(uri("/token"), "a=b", ChronoUnit.FOREVER.getDuration());

    assertThat(transport.send(request).text()).isEqualTo("hello");
  }

  /**
   * An interrupt that comes as the time is up is neither lost nor made up: it ends the call, or is
   * still there after it.
   */
  @Test
  void send_interruptRacesWithTheDeadline_isNeitherLostNorMadeUp() throws Exception {
    int rounds = Integer.getInteger("http.races", 500);
    serverLog.setLevel(Level.OFF);
    AtomicInteger lost = new AtomicInteger();
    AtomicInteger madeUp = new AtomicInteger();
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return answer(200, "ok").newBuilder().bodyDelay(3, TimeUnit.MILLISECONDS).build();
          }
        });
    ExecutorService interrupters = Executors.newSingleThreadExecutor();
    try {
      for (int i = 0; i < rounds; i++) {
        Thread sender = Thread.currentThread();
        long pause = TimeUnit.MICROSECONDS.toNanos(i * 37 % 6000);
        boolean interrupting = i % 4 != 0;
        Request request = post(uri("/token"), "a=b", Duration.ofMillis(1 + i % 5));
        Future<?> interrupter =
            interrupters.submit(
                () -> {
                  LockSupport.parkNanos(pause);
                  if (interrupting) {
                    sender.interrupt();
                  }
                });
        boolean ended =
            catchThrowable(() -> transport.send(request)) instanceof InterruptedException;
        while (!interrupter.isDone()) {
          Thread.onSpinWait();
        }
        boolean left = Thread.interrupted();
        boolean seen = ended || left;
        (interrupting ? lost : madeUp).addAndGet(seen == interrupting ? 0 : 1);
      }
    } finally {
      interrupters.shutdown();
    }

    assertThat(lost).hasValue(0);
    assertThat(madeUp).hasValue(0);
  }

  /** A server whose queue of connections is full, so that the system drops further ones. */
  private static final class FullServer implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final List<Socket> queued = new ArrayList<>();

    FullServer() throws IOException {
      for (int i = 0; i < 8; i++) {
        Socket next = new Socket();
        queued.add(next);
        try {
          next.connect(socket.getLocalSocketAddress(), 100);
        } catch (SocketTimeoutException e) {
          return;
        }
      }
      throw new IOException("the queue of connections is longer than expected");
    }

    URI uri() {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/token");
    }

    @Override
    public void close() throws IOException {
      for (Socket connection : queued) {
        connection.close();
      }
      socket.close();
    }
  }
}
