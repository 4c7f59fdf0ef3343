package com.withampersand.sdk.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
 * @param failures why some got no token
 */
public record Storm(Duration longest, List<String> failures) {
  /** Copies the failures. */
  public Storm {
    failures = List.copyOf(failures);
  }

  /** Returns how many got no token. */
  public int failed() {
    return failures.size();
  }

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
      List<String> failures = new ArrayList<>();
      for (Future<String> one : calls) {
        failure(one).ifPresent(failures::add);
      }
      return new Storm(Duration.ofNanos(System.nanoTime() - start), failures);
    } finally {
      executor.shutdownNow();
    }
  }

  private static Optional<String> failure(Future<String> call) throws InterruptedException {
    try {
      boolean isRight = Fixture.ACCESS_TOKEN.equals(call.get());
      return isRight ? Optional.empty() : Optional.of("another token");
    } catch (ExecutionException e) {
      return Optional.of(String.valueOf(e.getCause()));
    }
  }
}
