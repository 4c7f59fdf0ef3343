package com.withampersand.sdk.benchmarks.scale;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/** How often per second some threads do something. */
final class Rate {
  private Rate() {}

  /** Does it for a while, each time with the next number. */
  static double during(Duration time, int threads, IntConsumer work) throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    long start = System.nanoTime();
    long end = start + time.toNanos();
    inParallel(
        threads,
        () -> {
          while (System.nanoTime() < end) {
            work.accept(next.getAndIncrement());
          }
        });
    return next.get() * 1e9 / (System.nanoTime() - start);
  }

  /** Does it so often, each time with the next number. */
  static double times(int count, int threads, IntConsumer work) throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    long start = System.nanoTime();
    inParallel(
        threads,
        () -> {
          for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
            work.accept(i);
          }
        });
    return count * 1e9 / (System.nanoTime() - start);
  }

  private static void inParallel(int threads, Runnable work) throws InterruptedException {
    AtomicReference<RuntimeException> failure = new AtomicReference<>(new NoFailure());
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    for (int i = 0; i < threads; i++) {
      executor.execute(
          () -> {
            try {
              work.run();
            } catch (RuntimeException e) {
              failure.set(e);
            }
          });
    }
    executor.shutdown();
    if (!executor.awaitTermination(1, TimeUnit.HOURS)) {
      throw new IllegalStateException("an hour is over");
    }
    if (!(failure.get() instanceof NoFailure)) {
      throw failure.get();
    }
  }

  private static final class NoFailure extends RuntimeException {}
}
