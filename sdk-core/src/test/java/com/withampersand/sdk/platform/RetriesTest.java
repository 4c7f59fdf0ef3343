package com.withampersand.sdk.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.Problem;
import com.withampersand.sdk.ProtocolException;
import com.withampersand.sdk.TransportException;
import com.withampersand.sdk.platform.Retries.Attempt;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The retry table. */
class RetriesTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Retries RETRIES = new Retries(3, Duration.ofSeconds(20));

  private static ApiException refusal(
      int status, @Nullable Boolean retryable, @Nullable Duration after) {
    Problem problem =
        retryable == null ? Problem.none() : Problem.of(Map.of("retryable", retryable));
    Instant retryAfter = after == null ? null : NOW.plus(after);
    return new ApiException("refused", status, problem, retryAfter, false, false);
  }

  private static Optional<Duration> wait(AmpersandException failure, Attempt attempt) {
    return RETRIES.waitBefore(attempt, failure, NOW);
  }

  private static Attempt first(boolean idempotent) {
    return new Attempt(idempotent, 0, Duration.ZERO, 0);
  }

  /** {@code told} is what the problem says of being retryable. */
  @ParameterizedTest(name = "{0}, said to be retryable: {1} -> idempotent {2}, creating {3}")
  @CsvSource({
    "400, , false, false",
    "401, , false, false",
    "403, , false, false",
    "404, , false, false",
    "409, , false, false",
    "422, , false, false",
    "429, , true, true",
    "500, , false, false",
    "501, , false, false",
    "502, , true, false",
    "503, , true, false",
    "504, , true, false",
    "505, , false, false",
    "429, false, false, false",
    "503, false, false, false",
    "503, true, true, true",
    "500, true, true, true",
    "409, true, true, true"
  })
  void waitBefore_refusal_isAsTheTableSays(
      int status, @Nullable Boolean told, boolean idempotent, boolean creating) {
    AmpersandException failure = refusal(status, told, null);

    assertThat(wait(failure, first(true)).isPresent()).isEqualTo(idempotent);
    assertThat(wait(failure, first(false)).isPresent()).isEqualTo(creating);
  }

  @Test
  void waitBefore_requestThatNeverLeft_isRepeatedWhateverItIs() {
    AmpersandException failure = new TransportException("refused", true, false, null);

    assertThat(wait(failure, first(true))).isPresent();
    assertThat(wait(failure, first(false))).isPresent();
  }

  @Test
  void waitBefore_lostAnswer_isRepeatedInNoCase() {
    assertThat(wait(new TransportException("reset", true, true, null), first(true))).isEmpty();
    assertThat(wait(new TransportException("reset", false, true, null), first(false))).isEmpty();
    assertThat(wait(new ProtocolException("HTML", false), first(true))).isEmpty();
  }

  @Test
  void waitBefore_triedOftenEnough_isNotRepeated() {
    AmpersandException failure = refusal(503, null, null);

    assertThat(wait(failure, new Attempt(true, 2, Duration.ZERO, 0))).isPresent();
    assertThat(wait(failure, new Attempt(true, 3, Duration.ZERO, 0))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 250", "0, 1, 500", "1, 0, 500", "1, 1, 1000", "2, 0.5, 1500"})
  void waitBefore_nothingSaid_doublesAndIsJittered(int made, double jitter, long millis) {
    Attempt attempt = new Attempt(true, made, Duration.ZERO, jitter);

    assertThat(wait(refusal(503, null, null), attempt)).contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({"6, 0, 15000", "6, 1, 30000", "9, 1, 30000", "2000000000, 1, 30000"})
  void waitBefore_triedVeryOften_waitsForTheCapAtMost(int made, double jitter, long millis) {
    Retries stubborn = new Retries(Integer.MAX_VALUE, Duration.ofHours(1));
    Attempt attempt = new Attempt(true, made, Duration.ZERO, jitter);

    assertThat(stubborn.waitBefore(attempt, refusal(503, null, null), NOW))
        .contains(Duration.ofMillis(millis));
  }

  @Test
  void waitBefore_failureThatIsNotRetryable_isNotRepeatedThoughNothingLeft() {
    assertThat(wait(new TransportException("locked", false, false, null), first(true))).isEmpty();
  }

  @Test
  void waitBefore_toldWhen_waitsUntilThenAndNotShorter() {
    AmpersandException failure = refusal(429, null, Duration.ofSeconds(7));

    assertThat(wait(failure, first(false))).contains(Duration.ofSeconds(7));
    assertThat(wait(failure, new Attempt(true, 0, Duration.ZERO, 1)))
        .contains(Duration.ofMillis(7500));
  }

  @Test
  void waitBefore_toldATimeGoneBy_doesNotWait() {
    assertThat(wait(refusal(429, null, Duration.ofSeconds(-7)), first(true)))
        .contains(Duration.ZERO);
  }

  @Test
  void waitBefore_toldToWaitLongerThanTheCap_givesUpRatherThanComeTooEarly() {
    Retries patient = new Retries(3, Duration.ofHours(1));

    assertThat(patient.waitBefore(first(true), refusal(429, null, Duration.ofSeconds(30)), NOW))
        .isPresent();
    assertThat(patient.waitBefore(first(true), refusal(429, null, Duration.ofSeconds(31)), NOW))
        .isEmpty();
  }

  @Test
  void waitBefore_totalTimeWouldBeOver_givesUp() {
    AmpersandException failure = refusal(429, null, Duration.ofSeconds(5));

    assertThat(wait(failure, new Attempt(true, 0, Duration.ofSeconds(15), 0))).isPresent();
    assertThat(wait(failure, new Attempt(true, 0, Duration.ofSeconds(16), 0))).isEmpty();
  }
}
