package com.withampersand.sdk.token.file;

import com.withampersand.sdk.TokenStoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one thread of all processes at a time write to a stripe of rows. A stripe has a lock file
 * that is made once and never deleted: if it were, its successor could be locked while the old one
 * is.
 *
 * <p>On POSIX systems a lock belongs to the process, and closing any channel on the file gives it
 * up, whichever channel took it (see {@link FileLock}). So a thread opens the file only while it
 * has the stripe to itself in this process, and files are told apart by what they are, not by their
 * paths: a directory may have several.
 */
final class StripeLocks {
  private static final Logger LOG = LoggerFactory.getLogger(StripeLocks.class);
  private static final Duration SHORTEST_NAP = Duration.ofMillis(1);
  private static final Duration LONGEST_NAP = Duration.ofMillis(20);

  /** By the lock file's identity; holds those alone that a thread has or waits for. */
  private static final ConcurrentMap<Object, InProcess> IN_PROCESS = new ConcurrentHashMap<>();

  private final Duration longestWait;
  private final Nap nap;

  StripeLocks(Duration longestWait, Nap nap) {
    this.longestWait = longestWait;
    this.nap = nap;
  }

  /** What is done between two tries to get a lock that another process has. */
  @FunctionalInterface
  interface Nap {
    void take(Duration duration) throws InterruptedException;
  }

  /**
   * Does work while no other thread or process has the stripe.
   *
   * @throws TokenStoreException if the lock file cannot be opened, the stripe stays locked for too
   *     long, or the thread is interrupted while it waits; the work was not done then
   */
  <T> T exclusively(Path lockFile, Supplier<T> work) {
    return locked(lockFile, longestWait, work).orElseThrow(() -> stayedLocked(lockFile));
  }

  /** Does work if the stripe is free now, and returns what it returned. */
  <T> Optional<T> ifFree(Path lockFile, Supplier<T> work) {
    return locked(lockFile, Duration.ZERO, work);
  }

  private <T> Optional<T> locked(Path lockFile, Duration wait, Supplier<T> work) {
    long end = System.nanoTime() + wait.toNanos();
    Object identity = identity(lockFile);
    InProcess stripe =
        IN_PROCESS.compute(
            identity, (k, present) -> (present == null ? new InProcess() : present).joined());
    try {
      return stripe.isTaken(lockFile, end)
          ? whileTaken(stripe, lockFile, end, work)
          : Optional.empty();
    } finally {
      IN_PROCESS.computeIfPresent(identity, (k, present) -> present.left() ? null : present);
    }
  }

  /** Returns what a file is, whatever its path; on Windows, which does not say, its real path. */
  private static Object identity(Path lockFile) {
    try {
      Object key =
          Files.readAttributes(lockFile, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
              .fileKey();
      return key == null ? lockFile.toRealPath() : key;
    } catch (IOException e) {
      throw failure(lockFile, e);
    }
  }

  private <T> Optional<T> whileTaken(InProcess stripe, Path lockFile, long end, Supplier<T> work) {
    try {
      FileChannel channel = open(lockFile);
      try {
        return isLocked(channel, lockFile, end) ? Optional.of(work.get()) : Optional.empty();
      } finally {
        close(channel, lockFile);
      }
    } finally {
      stripe.release();
    }
  }

  private static FileChannel open(Path lockFile) {
    try {
      return FileChannel.open(lockFile, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw failure(lockFile, e);
    }
  }

  /** Ends the lock, too. */
  private static void close(FileChannel channel, Path lockFile) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.warn("The lock file {} of a token store did not close", lockFile, e);
    }
  }

  /** Tries again and again, less and less often: no channel can be waited on for a bounded time. */
  private boolean isLocked(FileChannel channel, Path lockFile, long end) {
    Duration pause = SHORTEST_NAP;
    while (!isLocked(channel, lockFile)) {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (left.isNegative() || left.isZero()) {
        return false;
      }
      rest(lockFile, shorter(pause, left));
      pause = shorter(pause.multipliedBy(2), LONGEST_NAP);
    }
    return true;
  }

  /** Interrupts do not matter to this, as they would to waiting in the channel. */
  private static boolean isLocked(FileChannel channel, Path lockFile) {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      throw failure(lockFile, e);
    }
  }

  private void rest(Path lockFile, Duration duration) {
    try {
      nap.take(duration);
    } catch (InterruptedException e) {
      throw interrupted(lockFile, e);
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private TokenStoreException stayedLocked(Path lockFile) {
    return new TokenStoreException(
        "The file "
            + lockFile
            + " stayed locked for "
            + longestWait
            + " by another process or thread. Nothing was changed; try again.",
        true,
        null);
  }

  private static TokenStoreException interrupted(Path lockFile, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new TokenStoreException(
        "The thread was interrupted while it waited for the lock of "
            + lockFile
            + ". Nothing was changed; try again.",
        true,
        cause);
  }

  private static TokenStoreException failure(Path lockFile, IOException cause) {
    return new TokenStoreException(
        "The file "
            + lockFile
            + " cannot be locked: is the directory of the token store there, and its owner's alone?"
            + " Nothing was changed.",
        true,
        cause);
  }

  /** Keeps the threads of this process apart. It goes when the last that wants it has left. */
  private static final class InProcess {
    private final ReentrantLock lock = new ReentrantLock();

    /** Changed within {@link #IN_PROCESS}, which does one thing at a time for each file. */
    private int users;

    InProcess joined() {
      users++;
      return this;
    }

    /** Tells whether that was the last user. */
    boolean left() {
      users--;
      return users == 0;
    }

    /** Waits to have the stripe, and tells whether the thread has it. */
    boolean isTaken(Path lockFile, long end) {
      try {
        return lock.tryLock() || lock.tryLock(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        throw interrupted(lockFile, e);
      }
    }

    void release() {
      lock.unlock();
    }
  }
}
