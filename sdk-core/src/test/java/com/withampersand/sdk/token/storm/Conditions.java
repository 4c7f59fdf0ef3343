package com.withampersand.sdk.token.storm;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what has to come about. */
final class Conditions {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final long POLL_NANOS = 2_000_000;

  private Conditions() {}

  static void until(String what, BooleanSupplier condition) {
    if (!within(LONGEST, condition)) {
      throw new AssertionError("it did not come about that " + what);
    }
  }

  /** Tells whether something comes about in that time. */
  static boolean within(Duration longest, BooleanSupplier condition) {
    long end = System.nanoTime() + longest.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return true;
  }
}
