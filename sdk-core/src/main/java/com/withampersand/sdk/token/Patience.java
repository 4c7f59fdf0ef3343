package com.withampersand.sdk.token;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long somebody goes on trying, and how long they pause in between: 10 ms at first, each time a
 * fifth longer, half a second at most. So nobody is late by more than about a fifth of what they
 * have waited, and a long wait costs two looks a second. Pauses are jittered, or all that wait
 * would look at once.
 *
 * <p>Not safe to share between threads.
 */
final class Patience {
  static final long SHORTEST_PAUSE = Duration.ofMillis(10).toNanos();
  static final long LONGEST_PAUSE = Duration.ofMillis(500).toNanos();

  private final Time time;
  private final long end;
  private long pause = SHORTEST_PAUSE;

  private Patience(Time time, long end) {
    this.time = time;
    this.end = end;
  }

  static Patience starting(Time time, Duration longest) {
    return new Patience(time, time.nanos() + NANOSECONDS.convert(longest));
  }

  /**
   * Pauses before the next try. The last pause lasts until the end.
   *
   * @return whether there was time left
   */
  boolean pause() throws InterruptedException {
    long left = end - time.nanos();
    if (left <= 0) {
      return false;
    }
    time.pause(Math.min(left, ThreadLocalRandom.current().nextLong(pause / 2, pause + 1)));
    pause = Math.min(LONGEST_PAUSE, pause + pause / 5);
    return true;
  }

  /** Measures and passes time. No time of day: that is the database's to tell. */
  interface Time {
    Time REAL =
        new Time() {
          @Override
          public long nanos() {
            return System.nanoTime();
          }

          @Override
          public void pause(long nanos) throws InterruptedException {
            NANOSECONDS.sleep(nanos);
          }
        };

    /** Returns nanoseconds since some instant. */
    long nanos();

    void pause(long nanos) throws InterruptedException;
  }
}
