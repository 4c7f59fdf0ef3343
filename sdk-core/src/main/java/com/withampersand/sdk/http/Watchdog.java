package com.withampersand.sdk.http;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * Ends what takes too long. It has one daemon thread, which starts with the first deadline and ends
 * when there was none for a while.
 */
final class Watchdog {
  /** Watches over all exchanges of the process: for ten seconds after the last deadline. */
  static final Watchdog SHARED = new Watchdog(Duration.ofSeconds(10));

  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, Watchdog::thread);

  /** Creates a watchdog whose thread ends when it was idle for so long. */
  Watchdog(Duration idle) {
    timer.setKeepAliveTime(idle.toNanos(), NANOSECONDS);
    timer.allowCoreThreadTimeOut(true);
    timer.setRemoveOnCancelPolicy(true);
  }

  /**
   * Runs {@code action} once {@code time} has passed.
   *
   * @param action must not block
   * @return to be canceled if what is watched ends before
   */
  Future<?> after(Duration time, Runnable action) {
    return timer.schedule(action, time.toNanos(), NANOSECONDS);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "ampersand-http-deadlines");
    thread.setDaemon(true);
    // It outlives the call that started it, and must not keep that caller's classes loaded.
    thread.setContextClassLoader(Watchdog.class.getClassLoader());
    return thread;
  }
}
