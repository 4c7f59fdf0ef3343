package com.withampersand.sdk.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Many threads that want the same token at once.
 *
 * @param longest how long the slowest waited
 * @param failed how many got no token
 */
public record Storm(Duration longest, int failed) {
  /** Lets some threads call at once, and waits for all. */
  public static Storm of(int threads, Callable<String> call) throws InterruptedException {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    CountDownLatch ready = new CountDownLatch(threads);
    CountDownLatch go = new CountDownLatch(1);
    try {
      List<Future<String>> calls = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        calls.add(
            executor.submit(
                () -> {
                  ready.countDown();
                  go.await();
                  return call.call();
                }));
      }
      ready.await();
      long start = System.nanoTime();
      go.countDown();
      int failed = 0;
      for (Future<String> one : calls) {
        failed += isGood(one) ? 0 : 1;
      }
      return new Storm(Duration.ofNanos(System.nanoTime() - start), failed);
    } finally {
      executor.shutdownNow();
    }
  }

  private static boolean isGood(Future<String> call) throws InterruptedException {
    try {
      return Fixture.ACCESS_TOKEN.equals(call.get());
    } catch (ExecutionException e) {
      return false;
    }
  }
}
