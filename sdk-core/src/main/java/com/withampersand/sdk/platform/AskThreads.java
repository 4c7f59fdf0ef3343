package com.withampersand.sdk.platform;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;

/** Daemon threads for requests to Ampersand: made on demand, gone after ten idle seconds. */
final class AskThreads {
  private static final int IDLE_SECONDS = 10;

  private final ThreadPoolExecutor threads;

  AskThreads(int most) {
    AtomicInteger number = new AtomicInteger();
    threads =
        new ThreadPoolExecutor(
            most,
            most,
            IDLE_SECONDS,
            SECONDS,
            new LinkedBlockingQueue<>(),
            task -> thread(task, number.incrementAndGet()));
    threads.allowCoreThreadTimeOut(true);
  }

  private static Thread thread(Runnable task, int number) {
    Thread thread = new Thread(null, task, "ampersand-tokens-" + number, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(AskThreads.class.getClassLoader());
    return thread;
  }

  /**
   * Runs a task as soon as a thread is free.
   *
   * @throws java.util.concurrent.RejectedExecutionException if they are closed
   */
  void run(Runnable task) {
    threads.execute(task);
  }

  /**
   * Checks that they are not closed.
   *
   * @throws IllegalStateException if they are
   */
  void requireOpen() {
    if (threads.isShutdown()) {
      throw new IllegalStateException("these AmpersandTokens are closed");
    }
  }

  /** Takes no more tasks; those that were taken are finished. */
  void close() {
    threads.shutdown();
  }
}
