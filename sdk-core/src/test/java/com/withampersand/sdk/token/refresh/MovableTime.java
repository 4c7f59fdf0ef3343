package com.withampersand.sdk.token.refresh;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Time that passes when a test says so, for clocks and timers alike. It also counts the tasks that
 * run, so that a test can wait until nothing happens any more.
 */
final class MovableTime extends Clock implements AutoCloseable {
  static final Instant START = Instant.parse("2026-11-24T12:00:00Z");
  private static final long POLL_NANOS = 200_000;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          64, 64, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), MovableTime::daemon);
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(
          Comparator.<Task>comparingLong(task -> task.at).thenComparingLong(task -> task.number));
  private long nanos = Duration.ofHours(1).toNanos();
  private long numbers;
  private int active;

  private static final class Task {
    final Runnable work;
    final long at;
    final long number;

    Task(Runnable work, long at, long number) {
      this.work = work;
      this.at = at;
      this.number = number;
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "test-tokens");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public synchronized Instant instant() {
    return START.plusNanos(nanos - Duration.ofHours(1).toNanos());
  }

  /** Returns this time for a store: each look at it is a millisecond later than the last one. */
  Clock ofStore() {
    AtomicLong looks = new AtomicLong();
    return new Clock() {
      @Override
      public Instant instant() {
        return MovableTime.this.instant().plusMillis(looks.incrementAndGet());
      }

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
  }

  synchronized long nanoTime() {
    return nanos;
  }

  /** Returns threads whose tasks count as something that happens. */
  Executor executor() {
    return this::execute;
  }

  private void execute(Runnable work) {
    begun();
    threads.execute(
        () -> {
          try {
            work.run();
          } finally {
            ended();
          }
        });
  }

  private synchronized void begun() {
    active++;
  }

  private synchronized void ended() {
    active--;
  }

  Threads.Timer later(Runnable work, Duration after) {
    Task task;
    synchronized (this) {
      task = new Task(work, nanos + Math.max(0, after.toNanos()), numbers++);
      if (task.at > nanos) {
        tasks.add(task);
        return () -> remove(task);
      }
    }
    execute(work);
    return () -> {};
  }

  private synchronized void remove(Task task) {
    tasks.remove(task);
  }

  /** Lets time pass as it does: each timer runs at its time, and what it leads to is waited for. */
  void pass(Duration duration, int busy) {
    long end = nanoTime() + duration.toNanos();
    settle(busy);
    while (true) {
      List<Task> due = nextDue(end);
      if (due.isEmpty()) {
        settle(busy);
        return;
      }
      due.forEach(task -> execute(task.work));
      settle(busy);
    }
  }

  /**
   * Lets time pass if nothing happens at this moment, for tests in which something nearly always
   * does. What this leads to is not waited for.
   */
  void passIfIdle(Duration duration) {
    List<Task> due;
    synchronized (this) {
      if (active > 0) {
        return;
      }
      nanos += duration.toNanos();
      due = takeDue();
    }
    due.forEach(task -> execute(task.work));
  }

  private synchronized List<Task> nextDue(long end) {
    Task first = tasks.peek();
    if (first == null || first.at > end) {
      nanos = end;
      return List.of();
    }
    nanos = Math.max(nanos, first.at);
    return takeDue();
  }

  private List<Task> takeDue() {
    List<Task> due = new ArrayList<>();
    while (!tasks.isEmpty() && tasks.element().at <= nanos) {
      due.add(tasks.remove());
    }
    return due;
  }

  /** Lets all processes be frozen: whatever was due runs late, all at once. */
  void jump(Duration duration, int busy) {
    List<Task> due;
    synchronized (this) {
      nanos += duration.toNanos();
      due = takeDue();
    }
    due.forEach(task -> execute(task.work));
    settle(busy);
  }

  /** Drops all timers, as those of a process that dies. */
  synchronized void drop() {
    tasks.clear();
  }

  /** Moves the clocks and runs no timer. */
  synchronized void move(Duration duration) {
    nanos += duration.toNanos();
  }

  /** Waits until no more than so many tasks run: those that a test holds up. */
  void settle(int busy) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (active() > busy) {
      if (System.nanoTime() > end) {
        throw new AssertionError(active() + " tasks run, not " + busy);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private synchronized int active() {
    return active;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
