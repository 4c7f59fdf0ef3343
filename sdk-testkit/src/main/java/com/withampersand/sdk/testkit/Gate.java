package com.withampersand.sdk.testkit;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Holds requests at a chosen point until a test releases them, so that a test needs no sleep.
 *
 * <pre>{@code
 * Gate gate = new Gate();
 * salesforce.nextTokenRequest(Fault.holdWork(gate));
 * Future<?> refresh = executor.submit(() -> product.refresh());
 * gate.awaitArrived(1); // Salesforce works on the request
 * // … what happens meanwhile …
 * gate.release();
 * refresh.get();
 * }</pre>
 *
 * <p>One gate can hold requests at several points and of several fakes. A fake that is closed lets
 * go of what it holds without carrying it out.
 *
 * <p>Safe to share between threads.
 *
 * @see Fault
 */
public final class Gate implements AutoCloseable {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int arrived;
  private boolean open;

  /** Creates a gate that is closed. */
  public Gate() {}

  /** Returns how many requests have arrived here, released ones included. */
  public int arrived() {
    lock.lock();
    try {
      return arrived;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until so many requests have arrived here, released ones included.
   *
   * @throws IllegalStateException if they have not after 30 seconds, or if the thread is
   *     interrupted
   */
  public void awaitArrived(int count) {
    long left = LONGEST_WAIT.toNanos();
    lock.lock();
    try {
      while (arrived < count) {
        if (left <= 0) {
          throw new IllegalStateException(
              "%d of %d requests have arrived after %s".formatted(arrived, count, LONGEST_WAIT));
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for requests to arrive", e);
    } finally {
      lock.unlock();
    }
  }

  /** Opens the gate for good: for the requests that wait here, and for those that come. */
  public void release() {
    lock.lock();
    try {
      open = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Opens the gate, as {@link #release()} does. */
  @Override
  public void close() {
    release();
  }

  /**
   * Waits until the gate is open.
   *
   * @throws Shutdown.Stopped if the fake stops first
   */
  void pass(Shutdown shutdown) {
    shutdown.wakes(this);
    lock.lock();
    try {
      arrived++;
      changed.signalAll();
      while (!open) {
        shutdown.check();
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets the waiting threads look whether their fake has stopped. */
  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
