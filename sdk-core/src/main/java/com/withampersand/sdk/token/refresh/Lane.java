package com.withampersand.sdk.token.refresh;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Runs tasks on an executor, so many at once and no more. */
final class Lane {
  private final Executor executor;
  private final int width;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Task> waiting = new LinkedHashSet<>();
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
   * then its place would be taken for good; and one that waits must not be kept for nothing.
   *
   * @return whether it had not begun
   */
  boolean giveUp(Task task) {
    if (takes(task)) {
      startNext();
      return true;
    }
    lock.lock();
    try {
      return waiting.remove(task);
    } finally {
      lock.unlock();
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

  /** Starts a task, or, for as long as tasks are rejected, those that wait behind it. */
  private void start(Task first) {
    Task task = first;
    while (task != null && !isStarted(task)) {
      task = next();
    }
  }

  private boolean isStarted(Task task) {
    try {
      executor.execute(() -> work(task));
      return true;
    } catch (RejectedExecutionException e) {
      if (!takes(task)) {
        return true;
      }
      task.rejected(e);
      return false;
    }
  }

  private void work(Task first) {
    if (!takes(first)) {
      return;
    }
    try {
      first.run();
    } finally {
      startNext();
    }
  }

  private void startNext() {
    Task next = next();
    if (next != null) {
      start(next);
    }
  }

  /** A new thread for each: one executor serves tasks of all kinds, so none may keep its thread. */
  private @Nullable Task next() {
    lock.lock();
    try {
      Iterator<Task> first = waiting.iterator();
      if (!first.hasNext()) {
        running--;
        return null;
      }
      Task next = first.next();
      first.remove();
      handedOn.add(next);
      return next;
    } finally {
      lock.unlock();
    }
  }
}
