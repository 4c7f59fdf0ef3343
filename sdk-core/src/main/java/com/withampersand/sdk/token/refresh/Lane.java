package com.withampersand.sdk.token.refresh;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;

/** Runs tasks on an executor, so many at once and no more. */
final class Lane {
  private final Executor executor;
  private final int width;
  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Task> waiting = new ArrayDeque<>();
  private final Set<Task> handedOn = Collections.newSetFromMap(new IdentityHashMap<>());
  private int running;

  Lane(Executor executor, int width) {
    this.executor = executor;
    this.width = width;
  }

  /** Something to run. */
  interface Task {
    /** Does it; throws nothing. */
    void run();

    /** Is called in place of {@link #run} if the executor takes no more. */
    void rejected(RejectedExecutionException e);
  }

  /** Runs a task now, or as soon as there is room for it. */
  void run(Task task) {
    lock.lock();
    try {
      if (running == width) {
        waiting.add(task);
        return;
      }
      running++;
      handedOn.add(task);
    } finally {
      lock.unlock();
    }
    start(task);
  }

  /**
   * Gives up a task that has not begun. An executor that was shut down may have dropped it, and
   * then its place would be taken for good.
   */
  void giveUp(Task task) {
    if (takes(task)) {
      next();
    }
  }

  /** Tells whether a task is to be done with; once. */
  private boolean takes(Task task) {
    lock.lock();
    try {
      return handedOn.remove(task);
    } finally {
      lock.unlock();
    }
  }

  private void start(Task first) {
    try {
      executor.execute(() -> work(first));
    } catch (RejectedExecutionException e) {
      if (takes(first)) {
        first.rejected(e);
        next();
      }
    }
  }

  private void work(Task first) {
    if (!takes(first)) {
      return;
    }
    try {
      first.run();
    } finally {
      next();
    }
  }

  /** A new thread for each: one executor serves tasks of all kinds, so none may keep its thread. */
  private void next() {
    Task next;
    lock.lock();
    try {
      next = waiting.poll();
      if (next == null) {
        running--;
        return;
      }
      handedOn.add(next);
    } finally {
      lock.unlock();
    }
    start(next);
  }
}
