package com.withampersand.sdk.spring;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.withampersand.sdk.token.refresh.FreshTokens;
import com.withampersand.sdk.token.refresh.KeepAliveReport;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Sweeps the grants every few minutes, on a thread of its own, from when the application has
 * started until it begins to stop. Safe to share between threads.
 */
final class Sweeps implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(Sweeps.class);

  private final FreshTokens tokens;
  private final Duration interval;
  private final Observations observations;
  private @Nullable ScheduledExecutorService thread;
  private @Nullable Future<?> sweeping;

  Sweeps(FreshTokens tokens, Duration interval, Observations observations) {
    this.tokens = tokens;
    this.interval = interval;
    this.observations = observations;
  }

  /** Processes that start together do not sweep together. */
  @Override
  public synchronized void start() {
    long nanos = interval.toNanos();
    thread = Executors.newSingleThreadScheduledExecutor(Sweeps::daemon);
    sweeping =
        thread.scheduleWithFixedDelay(
            this::sweep, ThreadLocalRandom.current().nextLong(nanos), nanos, NANOSECONDS);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "ampersand-keep-alive");
    thread.setDaemon(true);
    return thread;
  }

  private void sweep() {
    try {
      KeepAliveReport report =
          observations.observe(
              "ampersand.keep-alive",
              tokens::keepAlive,
              swept -> swept.isComplete() ? "complete" : "cut off");
      log.debug(
          "Of {} grants that were due, {} were refreshed and {} failed",
          report.seen(),
          report.refreshed(),
          report.failed());
    } catch (RuntimeException e) {
      log.warn("A sweep of the grants failed, and is repeated in {}", interval, e);
    }
  }

  /** Interrupts a sweep: it begins no other grant. */
  @Override
  public synchronized void stop() {
    if (thread != null) {
      thread.shutdownNow();
      thread = null;
      sweeping = null;
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return sweeping != null && !sweeping.isDone();
  }
}
