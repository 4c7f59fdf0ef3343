package com.withampersand.sdk.internal;

import java.time.Duration;
import java.util.Objects;

/** Checks of durations that a user passes, and comparisons. */
public final class Durations {
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private Durations() {}

  /** Returns the shorter of two. */
  public static Duration least(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** Returns the longer of two. */
  public static Duration most(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  /** Returns the nanoseconds in a duration, which counts as a hundred years if it is longer. */
  public static long nanos(Duration duration) {
    Duration bounded = duration.compareTo(LONGEST) < 0 ? duration : LONGEST;
    return (bounded.compareTo(LONGEST.negated()) > 0 ? bounded : LONGEST.negated()).toNanos();
  }

  /**
   * Returns a duration that is positive.
   *
   * @throws IllegalArgumentException if it is not, or is longer than 100 years
   */
  public static Duration requirePositive(Duration duration, String name) {
    if (requireNotNegative(duration, name).isZero()) {
      throw new IllegalArgumentException("the " + name + " must be positive");
    }
    return duration;
  }

  /**
   * Returns a duration that is positive or zero.
   *
   * @throws IllegalArgumentException if it is not, or is longer than 100 years
   */
  public static Duration requireNotNegative(Duration duration, String name) {
    Objects.requireNonNull(duration, name);
    if (duration.isNegative()) {
      throw new IllegalArgumentException(
          "the " + name + " must not be negative, as " + duration + " is");
    }
    if (duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "the " + name + " must be 100 years at most, not " + duration);
    }
    return duration;
  }
}
