package com.withampersand.sdk.testkit;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ends the waits of requests as a fake stops. */
final class Shutdown {
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Set<Gate> gates = ConcurrentHashMap.newKeySet();

  /** Ends a request that was waiting as its fake stopped. */
  static final class Stopped extends RuntimeException {
    Stopped() {
      super("the fake has stopped", null, false, false);
    }
  }

  /** Wakes a gate at the stop. */
  void wakes(Gate gate) {
    gates.add(gate);
  }

  void check() {
    if (stopped.getCount() == 0) {
      throw new Stopped();
    }
  }

  void sleep(Duration duration) {
    try {
      if (stopped.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new Stopped();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Stopped();
    }
  }

  void stop() {
    stopped.countDown();
    gates.forEach(Gate::wake);
  }
}
