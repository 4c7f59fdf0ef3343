package com.withampersand.sdk.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.withampersand.sdk.http.HttpTransport.Request;
import com.withampersand.sdk.http.HttpTransport.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SharedHttpTransportTest {
  private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);
  private static final Duration TIMEOUT = Duration.ofSeconds(40);

  private final MockWebServer server = new MockWebServer();
  private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1_000);
  private final List<HttpClient> made = new ArrayList<>();
  private final List<HttpClient> closed = new ArrayList<>();
  private final SharedHttpTransport transport =
      new SharedHttpTransport(nanoTime::get, this::newClient, closed::add);

  @BeforeEach
  void start() throws IOException {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return new MockResponse.Builder().body("ok").build();
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpClient newClient() {
    HttpClient client = HttpClient.newHttpClient();
    made.add(client);
    return client;
  }

  private void pass(Duration time) {
    nanoTime.addAndGet(time.toNanos());
  }

  private Request post() {
    byte[] body = "grant_type=refresh_token".getBytes(StandardCharsets.UTF_8);
    return new Request("POST", server.url("/token").uri(), Map.of(), body, TIMEOUT, 1000);
  }

  private List<Integer> connectionsUsed() throws InterruptedException {
    List<Integer> connections = new ArrayList<>();
    for (int i = server.getRequestCount(); i > 0; i--) {
      connections.add(server.takeRequest().getConnectionIndex());
    }
    return connections;
  }

  @Test
  void send_withinHalfAMinute_keepsTheConnection() throws Exception {
    transport.send(post());
    pass(HALF_A_MINUTE.minusNanos(1));

    transport.send(post());

    assertThat(connectionsUsed()).containsExactly(0, 0);
  }

  @Test
  void send_afterHalfAMinute_opensAnotherConnection() throws Exception {
    transport.send(post());
    pass(HALF_A_MINUTE);

    transport.send(post());

    assertThat(connectionsUsed()).containsExactly(0, 1);
  }

  @Test
  void send_clientInSteadyUse_keepsNoConnectionForMoreThanHalfAMinute() throws Exception {
    for (int i = 0; i < 6; i++) {
      transport.send(post());
      pass(Duration.ofSeconds(20));
    }

    assertThat(connectionsUsed()).containsExactly(0, 0, 1, 1, 2, 2);
  }

  @Test
  void send_serverHasForgottenTheConnection_isAnsweredOverAnother() throws Exception {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return request.getExchangeIndex() == 0
                ? new MockResponse.Builder().body("ok").build()
                : new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build();
          }
        });
    transport.send(post());
    pass(HALF_A_MINUTE);

    Response response = transport.send(post());

    assertThat(response.text()).isEqualTo("ok");
    assertThat(server.getRequestCount()).isEqualTo(2);
  }

  @Test
  void send_clientIsReplaced_closesTheOneBefore() throws Exception {
    transport.send(post());
    transport.send(post());
    assertThat(closed).isEmpty();
    pass(HALF_A_MINUTE);

    transport.send(post());

    assertThat(made).hasSize(2);
    assertThat(closed).containsExactly(made.get(0));
  }

  @Test
  void send_clientIsReplacedUnderARequest_closesItAfterTheAnswer() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
            if (request.getConnectionIndex() == 0) {
              arrived.countDown();
              answer.await();
            }
            return new MockResponse.Builder().body("ok").build();
          }
        });
    FutureTask<Response> slow = new FutureTask<>(() -> transport.send(post()));
    new Thread(slow).start();
    arrived.await();
    pass(HALF_A_MINUTE);

    transport.send(post());
    List<HttpClient> closedBefore = List.copyOf(closed);
    answer.countDown();

    assertThat(slow.get().text()).isEqualTo("ok");
    assertThat(closedBefore).isEmpty();
    assertThat(closed).containsExactly(made.get(0));
  }

  @Test
  void send_clientsThatCannotBeClosed_areUsedAgainOnceTheyHaveNoConnection() throws Exception {
    SharedHttpTransport onOldJdk =
        new SharedHttpTransport(nanoTime::get, this::newClient, client -> false);

    for (int i = 0; i < 200; i++) {
      onOldJdk.send(post());
      pass(HALF_A_MINUTE);
    }

    assertThat(made).hasSize((int) SharedHttpTransport.REST.dividedBy(HALF_A_MINUTE) + 1);
  }

  @Test
  void send_clientWasNotUsedForALongTime_isNotUsedAgainBeforeItRested() throws Exception {
    SharedHttpTransport onOldJdk =
        new SharedHttpTransport(nanoTime::get, this::newClient, client -> false);
    onOldJdk.send(post());
    pass(SharedHttpTransport.REST.multipliedBy(2));

    onOldJdk.send(post());

    assertThat(made).hasSize(2);
  }

  @Test
  void send_clientCannotBeMade_promisesThatNothingWasSentAndTriesAgain() throws Exception {
    AtomicBoolean tooManyFiles = new AtomicBoolean(true);
    SharedHttpTransport failing =
        new SharedHttpTransport(
            nanoTime::get,
            () -> {
              if (tooManyFiles.getAndSet(false)) {
                throw new UncheckedIOException(new IOException("Too many open files"));
              }
              return newClient();
            },
            closed::add);

    assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> failing.send(post()));
    assertThat(failing.send(post()).text()).isEqualTo("ok");
  }

  @Test
  void send_laterClientCannotBeMade_keepsTheOneBefore() throws Exception {
    AtomicBoolean tooManyFiles = new AtomicBoolean();
    SharedHttpTransport failing =
        new SharedHttpTransport(
            nanoTime::get,
            () -> {
              if (tooManyFiles.get()) {
                throw new UncheckedIOException(new IOException("Too many open files"));
              }
              return newClient();
            },
            closed::add);
    failing.send(post());
    pass(HALF_A_MINUTE);
    tooManyFiles.set(true);

    assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> failing.send(post()));
    assertThat(closed).isEmpty();
    tooManyFiles.set(false);
    failing.send(post());

    assertThat(closed).containsExactly(made.get(0));
  }
}
