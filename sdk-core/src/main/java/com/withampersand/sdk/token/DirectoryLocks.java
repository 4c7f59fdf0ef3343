package com.withampersand.sdk.token;

import com.withampersand.sdk.TokenStoreException;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread of all processes at a time have a grant. Each grant is one byte of the
 * directory's lock file, far beyond its end. That file is made once and never deleted, with a grant
 * or otherwise: if it were, its successor could be locked while somebody has the old one locked.
 */
final class DirectoryLocks {
  private static final Duration SHORTEST_NAP = Duration.ofMillis(1);
  private static final Duration LONGEST_NAP = Duration.ofMillis(50);
  private static final int POSITION_DIGITS = 16;
  private static final long HIGHEST_POSITION = Long.MAX_VALUE >> 1;

  private final Path lockFile;
  private final Duration longestWait;
  private final Nap nap;

  /**
   * Creates the locks.
   *
   * @param lockFile by its real path
   */
  DirectoryLocks(Path lockFile, Duration longestWait, Nap nap) {
    this.lockFile = lockFile;
    this.longestWait = GrantLocks.requireWait(longestWait);
    this.nap = nap;
  }

  /** What is done between two looks at a lock that another process has. */
  @FunctionalInterface
  interface Nap {
    void take(Duration duration) throws InterruptedException;
  }

  /**
   * Does work on a grant while no other thread or process does.
   *
   * @param hash the hexadecimal hash of the key
   * @throws IllegalStateException if this thread is at it already
   * @throws TokenStoreException if the lock file is gone, the grant stays locked for too long, or
   *     the thread is interrupted while it waits
   */
  <T> T exclusively(ConnectionKey key, String hash, Supplier<T> work) {
    long begin = System.nanoTime();
    return LockFile.using(
        lockFile,
        file ->
            file.threads()
                .exclusively(
                    key,
                    longestWait,
                    () -> thenReleasing(awaitLock(file, key, position(hash), begin), work)));
  }

  /** Does work on a grant if nobody else does just now. */
  void ifFree(String hash, Runnable work) {
    LockFile.using(
        lockFile,
        file -> {
          FileLock lock = tryLock(file, position(hash));
          return lock != null && thenReleasing(lock, () -> done(work));
        });
  }

  private static boolean done(Runnable work) {
    work.run();
    return true;
  }

  private static long position(String hash) {
    return HexFormat.fromHexDigitsToLong(hash, 0, POSITION_DIGITS) & HIGHEST_POSITION;
  }

  /** Looks again and again, less and less often: no channel can be waited on for a bounded time. */
  private FileLock awaitLock(LockFile file, ConnectionKey key, long position, long begin) {
    Duration pause = SHORTEST_NAP;
    FileLock lock = tryLock(file, position);
    while (lock == null) {
      Duration left = longestWait.minusNanos(System.nanoTime() - begin);
      if (left.isZero() || left.isNegative()) {
        throw GrantLocks.stayedLocked(key, longestWait);
      }
      rest(key, shorter(pause, left));
      pause = shorter(pause.multipliedBy(2), LONGEST_NAP);
      lock = tryLock(file, position);
    }
    return lock;
  }

  private void rest(ConnectionKey key, Duration duration) {
    try {
      nap.take(duration);
    } catch (InterruptedException e) {
      throw GrantLocks.interrupted(key, e);
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private @Nullable FileLock tryLock(LockFile file, long position) {
    try {
      return file.tryLock(position);
    } catch (IOException e) {
      throw failure("cannot be locked", e);
    }
  }

  private <T> T thenReleasing(FileLock lock, Supplier<T> work) {
    try {
      return work.get();
    } finally {
      release(lock);
    }
  }

  private void release(FileLock lock) {
    try {
      lock.release();
    } catch (IOException e) {
      throw failure("cannot be released", e);
    }
  }

  private TokenStoreException failure(String what, IOException cause) {
    return new TokenStoreException("The lock file " + lockFile + " " + what + ".", true, cause);
  }
}
