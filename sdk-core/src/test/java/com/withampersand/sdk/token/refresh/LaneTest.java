package com.withampersand.sdk.token.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LaneTest {
  private final Queue<Runnable> handedOn = new ArrayDeque<>();
  private final AtomicInteger ran = new AtomicInteger();
  private final AtomicInteger rejected = new AtomicInteger();
  private boolean isShutDown;
  private final Lane lane = new Lane(this::execute, 2);

  private void execute(Runnable task) {
    if (isShutDown) {
      throw new RejectedExecutionException();
    }
    handedOn.add(task);
  }

  private final class Counted implements Lane.Task {
    @Override
    public void run() {
      ran.incrementAndGet();
    }

    @Override
    public void rejected(RejectedExecutionException e) {
      rejected.incrementAndGet();
    }
  }

  private void runAll() {
    while (!handedOn.isEmpty()) {
      handedOn.remove().run();
    }
  }

  @Test
  void giveUp_taskThatWaits_isNotRun() {
    lane.run(new Counted());
    lane.run(new Counted());
    Lane.Task waits = new Counted();
    lane.run(waits);

    assertThat(lane.giveUp(waits)).isTrue();
    assertThat(lane.giveUp(waits)).isFalse();
    runAll();

    assertThat(ran).hasValue(2);
  }

  @Test
  void giveUp_taskThatTheExecutorDropped_makesRoomForTheNext() {
    Lane.Task first = new Counted();
    lane.run(first);
    lane.run(new Counted());
    lane.run(new Counted());
    handedOn.remove();

    assertThat(lane.giveUp(first)).isTrue();
    runAll();

    assertThat(ran).hasValue(2);
  }

  @Test
  void run_executorEndsWhileThousandsWait_eachIsRejected() {
    for (int i = 0; i < 100_000; i++) {
      lane.run(new Counted());
    }
    isShutDown = true;

    runAll();

    assertThat(ran).hasValue(2);
    assertThat(rejected).hasValue(99_998);
  }
}
