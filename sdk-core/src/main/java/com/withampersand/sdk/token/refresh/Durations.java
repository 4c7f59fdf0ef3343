package com.withampersand.sdk.token.refresh;

import java.time.Duration;
import java.util.Objects;

/** Checks of durations that a user hands in. */
final class Durations {
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private Durations() {}

  /** Returns the nanoseconds in a duration, which counts as a hundred years if it is longer. */
  static long nanos(Duration duration) {
    Duration bounded = duration.compareTo(LONGEST) < 0 ? duration : LONGEST;
    return (bounded.compareTo(LONGEST.negated()) > 0 ? bounded : LONGEST.negated()).toNanos();
  }

  static Duration requirePositive(Duration duration, String name) {
    if (requireNotNegative(duration, name).isZero()) {
      throw new IllegalArgumentException("the " + name + " has to be longer than nothing");
    }
    return duration;
  }

  static Duration requireNotNegative(Duration duration, String name) {
    Objects.requireNonNull(duration, name);
    if (duration.isNegative()) {
      throw new IllegalArgumentException(
          "the " + name + " cannot be less than nothing, as " + duration + " is");
    }
    if (duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "the " + name + " has to be 100 years at most, not " + duration);
    }
    return duration;
  }
}
