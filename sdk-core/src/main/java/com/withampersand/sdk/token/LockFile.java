package com.withampersand.sdk.token;

import com.withampersand.sdk.TokenStoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file whose bytes are locked, as long as somebody in this process has or wants one of them.
 *
 * <p>There is one instance for each file in the whole process, since on POSIX systems a lock is the
 * process's: closing any channel on the file gives up all of its locks, whichever channel took them
 * (see {@link FileLock}). So one channel takes them all, and it is closed when nobody is left.
 */
final class LockFile {
  private static final Logger LOG = LoggerFactory.getLogger(LockFile.class);
  private static final ConcurrentMap<Path, LockFile> IN_USE = new ConcurrentHashMap<>();

  private final GrantLocks threads = new GrantLocks();
  private final FileChannel channel;

  /** Changed within {@link #IN_USE}, which does one thing at a time for each file. */
  private int users;

  private LockFile(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Works with a lock file.
   *
   * @param path its real path
   * @throws TokenStoreException if it is not there
   */
  static <T> T using(Path path, Function<LockFile, T> work) {
    LockFile file =
        IN_USE.compute(path, (p, present) -> (present == null ? open(p) : present).joined());
    try {
      return work.apply(file);
    } finally {
      IN_USE.computeIfPresent(path, (p, present) -> present.left() ? null : present);
    }
  }

  private static LockFile open(Path path) {
    try {
      return new LockFile(FileChannel.open(path, StandardOpenOption.WRITE));
    } catch (IOException e) {
      throw new TokenStoreException(
          "The lock file "
              + path
              + " cannot be opened: is the directory there? Nothing was changed.",
          true,
          e);
    }
  }

  private LockFile joined() {
    users++;
    return this;
  }

  /** Closes the channel behind the last user, and tells whether that was the last. */
  private boolean left() {
    users--;
    if (users > 0) {
      return false;
    }
    try {
      channel.close();
    } catch (IOException e) {
      LOG.warn("The lock file of a token store did not close", e);
    }
    return true;
  }

  /** Returns what holds the threads of this process apart. */
  GrantLocks threads() {
    return threads;
  }

  /**
   * Locks one byte against other processes, if it is free. Interrupts do not matter to this, as
   * they would to waiting in the channel, which they close.
   */
  @Nullable FileLock tryLock(long position) throws IOException {
    try {
      return channel.tryLock(position, 1, false);
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }
}
