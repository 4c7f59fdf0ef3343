package com.withampersand.sdk.platform;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;

/**
 * When something has to be over.
 *
 * @param nanos by this process's monotonic clock
 */
record Deadline(long nanos) {
  /** No request is repeated with less time left: it would end in doubt and nothing else. */
  private static final Duration SHORTEST_ATTEMPT = Duration.ofSeconds(1);

  /** Returns the end of a time limit that begins now; a limit below zero is over. */
  static Deadline in(Duration limit) {
    return new Deadline(System.nanoTime() + Math.max(0, NANOSECONDS.convert(limit)));
  }

  /** Returns what is left; zero if it is over. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
  }

  /** Returns what is left, but no more than {@code most}. */
  Duration leftUpTo(Duration most) {
    Duration left = left();
    return left.compareTo(most) < 0 ? left : most;
  }

  /** Tells whether another attempt makes sense after a wait. */
  boolean allowsAttemptAfter(Duration wait) {
    return left().minus(wait).compareTo(SHORTEST_ATTEMPT) >= 0;
  }
}
