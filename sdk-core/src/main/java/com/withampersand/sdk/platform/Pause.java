package com.withampersand.sdk.platform;

import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.ApiException;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.NotConnectedException;
import com.withampersand.sdk.OAuthException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A time in which Ampersand is not asked again, since it was asked in vain just now.
 *
 * @param failure what came of it
 * @param count how many times in a row
 * @param from when it began, in milliseconds of the epoch
 * @param until when it ends, in milliseconds of the epoch
 */
record Pause(AmpersandException failure, int count, long from, long until) {
  private static final int MOST_DOUBLINGS = 5;
  private static final Duration LONGEST_TOLD = Duration.ofHours(1);

  /**
   * Returns the pause after a failure: twice as long each time, until 32 times the first; as long
   * as Ampersand said, if that is longer, but no more than an hour. An answer about the connection
   * is remembered for the first length only, since its user may do something about it at any time.
   *
   * @param before the pause before, if the time before failed as well
   * @param first how long the first one is
   */
  static Pause after(
      AmpersandException failure, @Nullable Pause before, Duration first, Instant now) {
    int count = before == null || isAnswer(failure) ? 1 : before.count + 1;
    return lasting(failure, count, first, now);
  }

  static Pause lasting(AmpersandException failure, int count, Duration first, Instant now) {
    long from = now.toEpochMilli();
    Duration doubled = first.multipliedBy(1L << Math.min(count - 1, MOST_DOUBLINGS));
    long told = told(failure, now).map(Duration::toMillis).orElse(0L);
    return new Pause(failure, count, from, from + Math.max(doubled.toMillis(), told));
  }

  private static boolean isAnswer(AmpersandException failure) {
    return failure instanceof OAuthException || failure instanceof NotConnectedException;
  }

  /** Returns a pause that is over as it begins, for a failure that is nothing of Ampersand's. */
  static Pause none(AmpersandException failure, Instant now) {
    return new Pause(failure, 0, now.toEpochMilli(), now.toEpochMilli());
  }

  /** Returns for how long Ampersand asked to be left alone, up to an hour. */
  static Optional<Duration> told(AmpersandException failure, Instant now) {
    return failure instanceof ApiException refused
        ? refused
            .retryAt()
            .map(instant -> Duration.between(now, instant))
            .map(told -> told.isNegative() ? Duration.ZERO : told)
            .map(told -> told.compareTo(LONGEST_TOLD) > 0 ? LONGEST_TOLD : told)
        : Optional.empty();
  }

  /** Tells whether it is on; a clock that was set back ends it. */
  boolean isOn(long now) {
    return from <= now && now < until;
  }

  /** Returns its failure for one caller. */
  AmpersandException toException(ConnectionKey key, long now) {
    Duration rest = isOn(now) ? Duration.ofMillis(until - now) : null;
    return failure.forCall(key, failure.isRetryable(), rest);
  }
}
