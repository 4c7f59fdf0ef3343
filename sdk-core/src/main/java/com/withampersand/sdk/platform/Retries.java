package com.withampersand.sdk.platform;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.TransportException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Decides whether a call that failed is made again, and after which wait. A function of its
 * arguments alone.
 *
 * @param most how many times a call is made again at most
 * @param longestWait how long one wait may be
 * @param maxRetryTime how long a call may go on, from its start to the start of its last repetition
 */
record Retries(int most, Duration longestWait, Duration maxRetryTime) {
  private static final Duration FIRST_WAIT = Duration.ofMillis(500);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  /** Creates the rule for calls whose single waits are half a minute at most. */
  Retries(int most, Duration maxRetryTime) {
    this(most, LONGEST_WAIT, maxRetryTime);
  }

  /**
   * How a call stands.
   *
   * @param idempotent whether making it twice does what making it once does
   * @param made how many times it was made again already
   * @param elapsed how long it has gone on
   * @param jitter from zero to one, by chance: keeps callers from coming back all at once
   */
  record Attempt(boolean idempotent, int made, Duration elapsed, double jitter) {}

  /** Returns how long to wait before the call is made again; empty if it must not be. */
  Optional<Duration> waitBefore(Attempt attempt, AmpersandException failure, Instant now) {
    if (attempt.made >= most || !mayRepeat(failure, attempt.idempotent)) {
      return Optional.empty();
    }
    Duration wait =
        told(failure, now)
            .map(told -> told.plus(share(FIRST_WAIT, attempt.jitter)))
            .orElseGet(() -> backoff(attempt));
    boolean tooLong =
        wait.compareTo(longestWait) > 0 || attempt.elapsed.plus(wait).compareTo(maxRetryTime) > 0;
    return tooLong ? Optional.empty() : Optional.of(wait);
  }

  private static boolean mayRepeat(AmpersandException failure, boolean idempotent) {
    if (failure instanceof TransportException) {
      return failure.isRetryable() && !failure.isOutcomeUnknown();
    }
    return failure instanceof ApiException refused
        && refused
            .problem()
            .retryable()
            .orElseGet(() -> isPassing(refused.httpStatus(), idempotent));
  }

  /** A call that was answered with 429 was not carried out. */
  private static boolean isPassing(int status, boolean idempotent) {
    return status == 429 || (idempotent && status >= 502 && status <= 504);
  }

  private static Optional<Duration> told(AmpersandException failure, Instant now) {
    return failure instanceof ApiException refused
        ? refused.retryAt().map(instant -> atLeastZero(Duration.between(now, instant)))
        : Optional.empty();
  }

  private static Duration atLeastZero(Duration duration) {
    return duration.isNegative() ? Duration.ZERO : duration;
  }

  /** Doubles from half a second to the longest; between half of that and the whole, by chance. */
  private static Duration backoff(Attempt attempt) {
    Duration doubled = FIRST_WAIT.multipliedBy(1L << Math.min(attempt.made, 6));
    Duration whole = doubled.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : doubled;
    return share(whole, 0.5 + attempt.jitter / 2);
  }

  private static Duration share(Duration whole, double share) {
    return Duration.ofNanos((long) (whole.toNanos() * share));
  }
}
