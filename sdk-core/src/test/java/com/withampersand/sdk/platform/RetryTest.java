package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Problem;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.http.HttpTransport;
import java.net.ConnectException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

  private static final ConnectionChange CHANGE =
      ConnectionChange.builder().workspaceRef("acme").build();

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
    AmpersandClient once = server.builder().maxRetries(0).build();

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
    server.answer(
        new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build());

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
        .answer(
            new MockResponse.Builder()
                .code(503)
                .setHeader("Retry-After", date.replace("GMT", "UTC"))
                .build())
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

    assertThat(error.retryAt()).contains(NOON.plusSeconds(3600));
    assertThat(error.isRetryable()).isTrue();
    assertThat(server.waits).isEmpty();
  }

  @Test
  void retryAfter_surroundedByBlanks_isRead() {
    HttpTransport blanks =
        request ->
            new HttpTransport.Response(429, Map.of("retry-after", List.of(" 60 ")), new byte[0]);
    AmpersandClient padded =
        server.builder().transport(blanks).clock(Clock.fixed(NOON, ZoneOffset.UTC)).build();

    ApiException error = catchThrowableOfType(ApiException.class, () -> padded.projects().list());

    assertThat(error.retryAt()).contains(NOON.plusSeconds(60));
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "-5", "99999999999999999999", "999999999999999999", "1e3", ""})
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

  @ParameterizedTest
  @ValueSource(strings = {"{\"retryable\":true}", ""})
  void deletion_goneAfterAnAnswerThatMayFollowIt_isDone(String problem) {
    server.problem(503, problem).answer(429, "", "").problem(404, "{}");

    client.connections().delete("c-1");

    assertThat(server.requestCount()).isEqualTo(3);
  }

  @Test
  void deletion_goneAlthoughNoAttemptCanHaveDoneIt_isAnError() {
    server.answer(429, "", "").problem(404, "{}");

    ApiException error =
        catchThrowableOfType(ApiException.class, () -> client.connections().delete("c-1"));

    assertThat(error.httpStatus()).isEqualTo(404);
    assertThat(error.isOutcomeUnknown()).isFalse();
  }

  @Test
  void deletion_refusedAfterAnAttemptThatMayHaveDoneIt_isAnErrorOfUnknownOutcome() {
    server.answer(503, "", "").problem(403, "{}");

    ApiException error =
        catchThrowableOfType(ApiException.class, () -> client.connections().delete("c-1"));

    assertThat(error.httpStatus()).isEqualTo(403);
    assertThat(error.isOutcomeUnknown()).isTrue();
  }

  @Test
  void update_goneAfterAnAttemptThatMayHaveDoneIt_isAnErrorAllTheSame() {
    server.answer(503, "", "").problem(404, "{\"requestId\":\"r-1\"}");

    ApiException error = catchThrowableOfType(ApiException.class, this::update);

    assertThat(error.httpStatus()).isEqualTo(404);
    assertThat(error.problem().requestId()).contains("r-1");
    assertThat(error.isOutcomeUnknown()).isTrue();
    assertThat(error)
        .hasMessageStartingWith("An attempt before may have been carried out")
        .hasMessageContaining("request id r-1");
  }

  @Test
  void update_unreachableAfterAnAttemptThatMayHaveDoneIt_isRepeatedAndTheOutcomeUnknown() {
    AtomicInteger attempts = new AtomicInteger();
    HttpTransport downLater =
        request -> {
          if (attempts.incrementAndGet() > 1) {
            throw new ConnectException("refused");
          }
          return HttpTransport.shared().send(request);
        };
    server.answer(504, "", "");
    AmpersandClient unlucky = server.builder().transport(downLater).build();

    TransportException error =
        catchThrowableOfType(
            TransportException.class, () -> unlucky.connections().update("c-1", CHANGE));

    assertThat(attempts).hasValue(3);
    assertThat(error.isOutcomeUnknown()).isTrue();
    assertThat(error.isRetryable()).isTrue();
    assertThat(error).hasCauseInstanceOf(ConnectException.class);
  }

  @Test
  void update_redirectedAfterAnAttemptThatMayHaveDoneIt_leavesTheOutcomeUnknown() {
    server.answer(503, "", "").answer(302, "", "");

    ProtocolException error = catchThrowableOfType(ProtocolException.class, this::update);

    assertThat(error.isOutcomeUnknown()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"retryable\":false}", ""})
  void update_serviceStaysInTrouble_mayHaveBeenCarriedOut(String problem) {
    server.problem(503, problem).problem(503, problem).problem(503, problem);

    ApiException error = catchThrowableOfType(ApiException.class, this::update);

    assertThat(error.isOutcomeUnknown()).isTrue();
    assertThat(error.isRetryable()).isEqualTo(problem.isEmpty());
  }

  @Test
  void read_serviceStaysInTrouble_hasNoOutcomeToAskFor() {
    server.answer(500, "", "");

    ApiException error = catchThrowableOfType(ApiException.class, () -> client.projects().list());

    assertThat(error.isOutcomeUnknown()).isFalse();
    assertThat(error.isRetryable()).isTrue();
  }

  @Test
  void creation_saidToBeRetryableToTheEnd_wasNotCarriedOut() {
    for (int i = 0; i < 3; i++) {
      server.problem(503, "{\"retryable\":true}");
    }

    ApiException error =
        catchThrowableOfType(
            ApiException.class, () -> client.providerApps().create(new DeclaredApp()));

    assertThat(error.isOutcomeUnknown()).isFalse();
    assertThat(error.isRetryable()).isTrue();
  }

  private void update() {
    client.connections().update("c-1", CHANGE);
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
    AmpersandClient interrupted = interruptedAtPause(1);

    TransportException error =
        catchThrowableOfType(TransportException.class, () -> interrupted.projects().list());

    assertThat(Thread.interrupted()).isTrue();
    assertThat(error).hasMessageContaining("interrupted").hasCauseInstanceOf(ApiException.class);
    assertThat(error.isRetryable()).isTrue();
    assertThat(error.isOutcomeUnknown()).isFalse();
    assertThat(server.requestCount()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void wait_interruptedAfterAnAttemptThatMayHaveDoneIt_leavesTheOutcomeUnknown(int pause) {
    server.answer(503, "", "").answer(429, "", "");
    AmpersandClient interrupted = interruptedAtPause(pause);

    TransportException error =
        catchThrowableOfType(
            TransportException.class, () -> interrupted.connections().update("c-1", CHANGE));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(error.isOutcomeUnknown()).isTrue();
    assertThat(server.requestCount()).isEqualTo(pause);
  }

  private AmpersandClient interruptedAtPause(int number) {
    AtomicInteger pauses = new AtomicInteger();
    return server
        .builder()
        .pause(
            wait -> {
              if (pauses.incrementAndGet() == number) {
                throw new InterruptedException();
              }
            })
        .build();
  }

  @Test
  void wait_threadInterruptedBefore_endsAtOnce() {
    HttpTransport interrupting =
        request -> {
          Thread.currentThread().interrupt();
          return new HttpTransport.Response(503, Map.of("Retry-After", List.of("20")), new byte[0]);
        };
    AmpersandClient waiting =
        AmpersandClient.builder("my-project", Secret.of(ApiServer.KEY))
            .transport(interrupting)
            .build();

    TransportException error =
        catchThrowableOfType(TransportException.class, () -> waiting.projects().list());

    assertThat(Thread.interrupted()).isTrue();
    assertThat(error).hasMessageContaining("interrupted while it waited");
    assertThat(String.valueOf(error.getMessage()))
        .containsOnlyOnce("[see ")
        .endsWith(" [see " + error.page() + "]");
  }

  @Test
  void wait_thatWouldEndAfterTheTotalTime_isNotBegun() {
    Duration slow = Duration.ofMillis(500);
    server
        .answer(
            new MockResponse.Builder()
                .code(503)
                .headersDelay(slow.toMillis(), TimeUnit.MILLISECONDS)
                .build())
        .json(200, "[]");
    AmpersandClient hurried = server.builder().maxRetryTime(slow.plusMillis(100)).build();

    assertThatExceptionOfType(ApiException.class).isThrownBy(() -> hurried.projects().list());

    assertThat(server.requestCount()).isEqualTo(1);
  }

  @Test
  void wait_manyTimes_isNotTheSameTwice() {
    for (int i = 0; i < 20; i++) {
      server.answer(503, "", "").json(200, "[]");
      client.projects().list();
    }

    assertThat(server.waits).doesNotHaveDuplicates();
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
  void refusal_longerThan64KiB_isKnownByItsStatusAlone() {
    String detail = "{\"detail\":\"" + "x".repeat(1 << 16) + "\"}";
    server.answer(403, "application/problem+json", detail);

    ApiException error = catchThrowableOfType(ApiException.class, () -> client.projects().list());

    assertThat(error.httpStatus()).isEqualTo(403);
    assertThat(error.problem()).isEqualTo(Problem.none());
  }

  @Test
  void refusal_longerThanTheBound_isARefusalAllTheSame() {
    String page = "<html>" + "x".repeat(AmpersandClient.MAX_RESPONSE_BYTES);
    server.answer(503, "text/html", page).json(200, "[]");

    assertThat(client.projects().list()).isEmpty();
  }

  @Test
  void answer_ofSeveralMebibytes_isRead() {
    String connections = (ApiServer.CONNECTION + ",").repeat(6000);
    server.json(200, "[" + connections.substring(0, connections.length() - 1) + "]");

    assertThat(client.connections().list()).hasSize(6000);
  }
}
