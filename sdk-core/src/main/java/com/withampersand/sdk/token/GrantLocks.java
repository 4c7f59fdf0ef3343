package com.withampersand.sdk.token;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.withampersand.sdk.TokenStoreException;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Lets one thread of this process at a time have a grant. It remembers those grants only that
 * somebody has or waits for.
 */
final class GrantLocks {
  private final ConcurrentMap<ConnectionKey, GrantLock> locks = new ConcurrentHashMap<>();

  /** Returns how long a caller waits, if that can be waited for. */
  static Duration requireWait(Duration longestWait) {
    if (longestWait.isNegative()) {
      throw new IllegalArgumentException("nobody can wait for less than no time: " + longestWait);
    }
    return longestWait;
  }

  /**
   * Does work on a grant while no other thread does.
   *
   * @throws IllegalStateException if this thread is at it already
   * @throws TokenStoreException if the grant stays locked for too long, or the thread is
   *     interrupted while it waits
   */
  <T> T exclusively(ConnectionKey key, Duration longestWait, Supplier<T> work) {
    GrantLock lock =
        locks.compute(key, (k, present) -> (present == null ? new GrantLock() : present).joined());
    try {
      lock.acquire(key, longestWait);
      try {
        return work.get();
      } finally {
        lock.release();
      }
    } finally {
      locks.computeIfPresent(key, (k, present) -> present.left() ? null : present);
    }
  }

  static TokenStoreException interrupted(ConnectionKey key, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new TokenStoreException(
        "The thread was interrupted while it waited for the grant "
            + key
            + ". Nothing was changed.",
        true,
        cause);
  }

  static TokenStoreException stayedLocked(ConnectionKey key, Duration longestWait) {
    return new TokenStoreException(
        "The grant "
            + key
            + " stayed locked for "
            + longestWait
            + ". Nothing was changed; try again.",
        true,
        null);
  }

  /** The lock of one grant. It goes when the last thread that wants it has left. */
  private static final class GrantLock {
    private final ReentrantLock lock = new ReentrantLock();

    /** Changed within {@code locks}, which does one thing at a time for each key. */
    private int users;

    GrantLock joined() {
      users++;
      return this;
    }

    /** Tells whether that was the last user. */
    boolean left() {
      users--;
      return users == 0;
    }

    void acquire(ConnectionKey key, Duration longestWait) {
      if (lock.isHeldByCurrentThread()) {
        throw new IllegalStateException(
            "the change of a grant must not use the store for the same grant: " + key);
      }
      try {
        if (!lock.tryLock() && !lock.tryLock(NANOSECONDS.convert(longestWait), NANOSECONDS)) {
          throw stayedLocked(key, longestWait);
        }
      } catch (InterruptedException e) {
        throw interrupted(key, e);
      }
    }

    void release() {
      lock.unlock();
    }
  }
}
