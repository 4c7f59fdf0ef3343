package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport;
import com.withampersand.sdk.token.ConnectionKey;
import java.net.ConnectException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Repetitions over real HTTP. */
class RetryTest {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
  private static final ConnectRequest CONNECT =
      ConnectRequest.of(new ConnectionKey("salesforce", "acme", "ada"));

  private final ApiServer server = new ApiServer();
  private final AmpersandClient client =
      server.builder().clock(Clock.fixed(NOON, ZoneOffset.UTC)).build();

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 502, 503, 504})
  void read_serviceInTrouble_isRepeatedUntilItSucceeds(int status) {
    server.answer(status, "text/html", "<html>").answer(status, "", "").json(200, "[]");

    assertThat(client.projects().list()).isEmpty();

    assertThat(server.requestCount()).isEqualTo(3);
    assertThat(server.waits).hasSize(2);
  }

  @Test
  void read_serviceStaysInTrouble_isGivenUpAfterThreeAttempts() {
    for (int i = 0; i < 4; i++) {
      server.answer(503, "", "");
    }

    ApiException error = catchThrowableOfType(ApiException.class, () -> client.projects().list());

    assertThat(error.httpStatus()).isEqualTo(503);
    assertThat(error.isRetryable()).isTrue();
    assertThat(server.requestCount()).isEqualTo(3);
  }

  @Test
  void read_retriesTurnedOff_isSentOnce() {
    server.answer(503, "", "");
    AmpersandClient once = server.builder().retries(0).build();

    assertThatExceptionOfType(ApiException.class).isThrownBy(() -> once.projects().list());

    assertThat(server.requestCount()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 504})
  void creation_serviceInTrouble_isSentOnceAndTheOutcomeUnknown(int status) {
    server.answer(status, "", "");

    ApiException error =
        catchThrowableOfType(
            ApiException.class, () -> client.providerApps().create(new DeclaredApp()));

    assertThat(server.requestCount()).isEqualTo(1);
    assertThat(error.isOutcomeUnknown()).isTrue();
    assertThat(error.isRetryable()).isFalse();
  }

  @Test
  void creation_saidToBeRetryable_isRepeated() {
    server.problem(503, "{\"retryable\":true}").json(200, ApiServer.APP);

    assertThat(client.providerApps().create(new DeclaredApp()).id()).isEqualTo("pa-1");

    assertThat(server.take()).isEqualTo(server.take());
  }

  @Test
  void creation_tooManyRequests_isRepeated() {
    server.answer(429, "", "").text("https://example.com/");

    assertThat(client.connections().connectUrl(CONNECT)).hasToString("https://example.com/");
  }

  @Test
  void creation_answerLost_isSentOnceAndTheOutcomeUnknown() {
    server.answer(new MockResponse.Builder().onRequestBody(new SocketEffect.CloseSocket()).build());

    TransportException error =
        catchThrowableOfType(
            TransportException.class, () -> client.providerApps().create(new DeclaredApp()));

    assertThat(server.requestCount()).isEqualTo(1);
    assertThat(error.isOutcomeUnknown()).isTrue();
    assertThat(error.isRetryable()).isFalse();
  }

  @Test
  void creation_nothingLeftThisMachine_isRepeated() {
    AtomicInteger attempts = new AtomicInteger();
    HttpTransport downAtFirst =
        request -> {
          if (attempts.incrementAndGet() < 3) {
            throw new ConnectException("refused");
          }
          return HttpTransport.shared().send(request);
        };
    server.json(200, ApiServer.APP);

    server.builder().transport(downAtFirst).build().providerApps().create(new DeclaredApp());

    assertThat(attempts).hasValue(3);
    assertThat(server.requestCount()).isEqualTo(1);
  }

  @Test
  void anyCall_saidNotToBeRetryable_isSentOnce() {
    server.problem(503, "{\"retryable\":false}");

    ApiException error = catchThrowableOfType(ApiException.class, () -> client.projects().list());

    assertThat(error.isRetryable()).isFalse();
    assertThat(server.requestCount()).isEqualTo(1);
  }

  @Test
  void retryAfter_secondsOrDateOrTimestamp_isWaitedForAndTheLatestCounts() {
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            ZonedDateTime.ofInstant(NOON.plusSeconds(4), ZoneOffset.UTC));
    server
        .answer(new MockResponse.Builder().code(429).setHeader("Retry-After", "3").build())
        .answer(new MockResponse.Builder().code(503).setHeader("Retry-After", date).build())
        .json(200, "[]")
        .answer(
            new MockResponse.Builder()
                .code(429)
                .setHeader("Retry-After", "2")
                .body("{\"retryAfter\":\"2026-11-24T12:00:09.5Z\"}")
                .build())
        .json(200, "[]");

    client.projects().list();
    client.projects().list();

    List<Duration> least =
        List.of(Duration.ofSeconds(3), Duration.ofSeconds(4), Duration.ofMillis(9500));
    assertThat(server.waits).hasSize(3);
    Iterator<Duration> expected = least.iterator();
    assertThat(server.waits)
        .allSatisfy(
            wait -> {
              Duration told = expected.next();
              assertThat(wait).isBetween(told, told.plusMillis(500));
            });
  }

  @Test
  void retryAfter_longerThanTheCap_isToldRatherThanWaitedFor() {
    server.answer(new MockResponse.Builder().code(429).setHeader("Retry-After", "3600").build());

    ApiException error = catchThrowableOfType(ApiException.class, () -> client.projects().list());

    assertThat(error.retryAfter()).contains(NOON.plusSeconds(3600));
    assertThat(error.isRetryable()).isTrue();
    assertThat(server.waits).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "-5", "99999999999999999999", "1e3", ""})
  void retryAfter_unreadable_countsAsNotSaid(String value) {
    server
        .answer(new MockResponse.Builder().code(429).setHeader("Retry-After", value).build())
        .json(200, "[]");

    client.projects().list();

    assertThat(server.waits).hasSize(1);
    assertThat(server.waits.get(0)).isLessThanOrEqualTo(Duration.ofMillis(500));
  }

  @Test
  void deletion_doneBeforeTheAnswerFailed_isNotAnErrorTheSecondTime() {
    server.answer(504, "", "").problem(404, "{}");

    client.providerApps().delete("pa-1");

    assertThat(server.requestCount()).isEqualTo(2);
  }

  @Test
  void deletion_ofNothing_isAnError() {
    server.problem(404, "{}");

    ApiException error =
        catchThrowableOfType(ApiException.class, () -> client.providerApps().delete("pa-1"));

    assertThat(error.httpStatus()).isEqualTo(404);
  }

  @Test
  void wait_interrupted_stopsAtOnceAndRestoresTheFlag() {
    server.answer(503, "", "");
    AmpersandClient interrupted =
        server
            .builder()
            .pause(
                wait -> {
                  throw new InterruptedException();
                })
            .build();

    TransportException error =
        catchThrowableOfType(TransportException.class, () -> interrupted.projects().list());

    assertThat(Thread.interrupted()).isTrue();
    assertThat(error).hasMessageContaining("interrupted").hasCauseInstanceOf(ApiException.class);
    assertThat(server.requestCount()).isEqualTo(1);
  }

  @Test
  void call_interruptedWhileItWaitsForTheAnswer_isNotRepeated() {
    Thread.currentThread().interrupt();

    TransportException error =
        catchThrowableOfType(TransportException.class, () -> client.projects().list());

    assertThat(Thread.interrupted()).isTrue();
    assertThat(error.isOutcomeUnknown()).isTrue();
    assertThat(server.waits).isEmpty();
  }

  @Test
  void credential_fromASupplier_isAskedForOnEachAttempt() {
    Iterator<String> keys = List.of("old-key", "new-key").iterator();
    server.answer(503, "", "").json(200, "[]");

    AmpersandClient.builder("my-project", () -> Secret.of(keys.next()))
        .baseUrl(server.baseUrl())
        .pause(wait -> {})
        .build()
        .projects()
        .list();

    assertThat(server.takeRequest().getHeaders().get("X-Api-Key")).isEqualTo("old-key");
    assertThat(server.takeRequest().getHeaders().get("X-Api-Key")).isEqualTo("new-key");
  }

  @Test
  void answer_longerThanTheBound_isOutsideTheSpecification() {
    server.json(200, "[\"" + "x".repeat(AmpersandClient.MAX_RESPONSE_BYTES) + "\"]");

    ProtocolException error =
        catchThrowableOfType(ProtocolException.class, () -> client.projects().list());

    assertThat(error).hasMessageContaining("more than 16777216 bytes");
  }

  @Test
  void answer_ofSeveralMebibytes_isRead() {
    String connections = (ApiServer.CONNECTION + ",").repeat(6000);
    server.json(200, "[" + connections.substring(0, connections.length() - 1) + "]");

    assertThat(client.connections().list()).hasSize(6000);
  }
}
