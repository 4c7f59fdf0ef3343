package com.withampersand.sdk.token;

import java.util.ArrayList;
import java.util.List;

/** Time that passes when somebody pauses, and then at once. For one thread at a time. */
final class MovableTime implements Patience.Time {
  private final List<Long> pauses = new ArrayList<>();
  private Runnable eachPause = () -> {};
  private long now = Long.MAX_VALUE - 1_000_000; // a clock may run over

  /** Sets what happens during each pause. */
  MovableTime during(Runnable eachPause) {
    this.eachPause = eachPause;
    return this;
  }

  List<Long> pauses() {
    return pauses;
  }

  void pass(long nanos) {
    now += nanos;
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public void pause(long nanos) throws InterruptedException {
    pauses.add(nanos);
    now += nanos;
    eachPause.run();
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }
}
