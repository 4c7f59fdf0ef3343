package com.withampersand.sdk.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs something on several threads that begin together. */
final class Race {
  /** How often a test lets them run. */
  static final int ROUNDS = 20;

  private static final long LONGEST_SECONDS = 50;

  private Race() {}

  /** What one thread does. */
  @FunctionalInterface
  interface Runner<T> {
    T run(int number) throws Exception;
  }

  /** Returns what each of the threads returned; fails as the first that failed. */
  static <T> List<T> of(int threads, Runner<T> runner) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService executor = Executors.newFixedThreadPool(threads, Race::daemon);
    try {
      List<Future<T>> runs = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        runs.add(executor.submit(waiting(start, i, runner)));
      }
      start.countDown();
      return results(runs);
    } finally {
      executor.shutdownNow();
    }
  }

  /** Makes a thread that keeps no build from ending. */
  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "race");
    thread.setDaemon(true);
    return thread;
  }

  private static <T> Callable<T> waiting(CountDownLatch start, int number, Runner<T> runner) {
    return () -> {
      start.await();
      return runner.run(number);
    };
  }

  private static <T> List<T> results(List<Future<T>> runs) throws Exception {
    List<T> results = new ArrayList<>();
    for (Future<T> run : runs) {
      results.add(run.get(LONGEST_SECONDS, TimeUnit.SECONDS));
    }
    return results;
  }
}
