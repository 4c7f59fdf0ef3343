package com.withampersand.sdk.benchmarks;

import java.time.Duration;

/** Repeats one operation of one contestant for some seconds, under a profiler. */
final class Repeat {
  private Repeat() {}

  public static void main(String[] args) throws Exception {
    Work work = Operation.valueOf(args[1]).checked(Contestants.load(args[0]));
    long end = System.nanoTime() + Duration.ofSeconds(Long.parseLong(args[2])).toNanos();
    long calls = 0;
    while (System.nanoTime() < end) {
      if (work.call().call() == null) {
        throw new IllegalStateException("no result");
      }
      calls++;
    }
    System.out.println(calls + " calls");
  }
}
