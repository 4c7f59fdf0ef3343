package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.internal.Durations;
import com.withampersand.sdk.token.Row;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How {@link FreshTokens#keepAlive(SweepOptions)} goes about it. Immutable, and safe to share
 * between threads.
 */
public final class SweepOptions {
  private static final SweepOptions DEFAULTS =
      new SweepOptions(16, Duration.ofMinutes(10), null, key -> {});

  private final int parallelism;
  private final Duration deadline;
  private final Row.@Nullable Cursor after;
  private final Consumer<? super ConnectionKey> progress;

  private SweepOptions(
      int parallelism,
      Duration deadline,
      Row.@Nullable Cursor after,
      Consumer<? super ConnectionKey> progress) {
    this.parallelism = parallelism;
    this.deadline = deadline;
    this.after = after;
    this.progress = progress;
  }

  /** Returns the defaults: 16 grants at once, for ten minutes, from the start. */
  public static SweepOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Sets how many grants are refreshed at once; the default is 16.
   *
   * @throws IllegalArgumentException if it is less than 1 or more than 1,000
   */
  public SweepOptions parallelism(int atOnce) {
    if (atOnce < 1 || atOnce > 1000) {
      throw new IllegalArgumentException(
          "a sweep refreshes 1 to 1,000 grants at once, not " + atOnce);
    }
    return new SweepOptions(atOnce, deadline, after, progress);
  }

  /**
   * Sets after how long the sweep begins no other grant; the default is ten minutes.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public SweepOptions deadline(Duration longest) {
    return new SweepOptions(
        parallelism, Durations.requirePositive(longest, "deadline"), after, progress);
  }

  /** Goes on where an earlier sweep {@linkplain KeepAliveReport#last() ended}. */
  public SweepOptions after(Row.Cursor last) {
    return new SweepOptions(parallelism, deadline, Objects.requireNonNull(last, "last"), progress);
  }

  /**
   * Sets what hears of each grant that is done with; the default is nothing. It runs on the thread
   * that sweeps; what it throws is logged.
   */
  public SweepOptions onProgress(Consumer<? super ConnectionKey> listener) {
    return new SweepOptions(
        parallelism, deadline, after, Objects.requireNonNull(listener, "listener"));
  }

  int parallelism() {
    return parallelism;
  }

  Duration deadline() {
    return deadline;
  }

  Row.@Nullable Cursor after() {
    return after;
  }

  Consumer<? super ConnectionKey> progress() {
    return progress;
  }
}
