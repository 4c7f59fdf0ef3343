package com.withampersand.sdk.token.file;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.Row.Cursor;
import com.withampersand.sdk.token.Row.LeaseChange;
import com.withampersand.sdk.token.RowFilter;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.TokenStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps rows in the files of a directory, for any number of processes of one host.
 *
 * <p>What was written is on disk when a method returns, and a process that is killed meanwhile
 * leaves the old row or the new one. Threads and processes are kept apart by locks of the operating
 * system, which end with the process that has them. Reading needs no lock.
 *
 * <p>A write that gives a lease takes disk space for the write that will end it. So a full disk is
 * found before anything is sent to the provider, and not when its answer has to be stored. File
 * systems that never overwrite in place (Btrfs, ZFS) can still be full then.
 *
 * <p>On POSIX systems, what the store creates is for its owner alone (modes 0700 and 0600), and a
 * directory that belongs to another user than that of the process, or to which others can write, is
 * refused. Elsewhere the files get the rights that the directory above passes on. A file's name
 * tells nothing of the grant, but its {@link ConnectionKey} is readable in the file; the grant
 * itself is sealed.
 *
 * <p>The directory holds nothing but the store. To copy it, stop its processes or copy each file
 * whole; {@code lock} files must not be opened within a process that uses the store, since on POSIX
 * systems closing them gives up its locks.
 *
 * <p>Known limits:
 *
 * <ul>
 *   <li>The time is the file system's. It needs to keep milliseconds, as ext4, XFS, APFS and NTFS
 *       do; others are refused.
 *   <li>Network file systems: one host alone, or one that shows every host the same files, names
 *       and locks at once. NFS does not with its usual settings. A warning is logged.
 *   <li>Several stores of one directory in a process are as good as one, as long as they come from
 *       one class loader.
 *   <li>{@link #rows} with a filter reads each row. {@link #due} looks at the time of each file,
 *       and opens those alone that are due: seconds for a million. Larger fleets need a database.
 *   <li>A process that is stopped (SIGSTOP) while it writes keeps the others from writing 1/256 of
 *       the rows: their calls fail after two seconds.
 * </ul>
 *
 * <p>Safe to share between threads.
 */
public final class FileTokenStore implements TokenStore {
  private static final Logger LOG = LoggerFactory.getLogger(FileTokenStore.class);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);
  private static final String FIRST = "00";

  private final StoreDirectory directory;
  private final StripeLocks locks;
  private final OldFiles oldFiles;
  private final DueRows due;

  private FileTokenStore(StoreDirectory directory, StripeLocks locks) {
    this.directory = directory;
    this.locks = locks;
    this.oldFiles = new OldFiles(directory.root());
    this.due = new DueRows(directory, locks);
  }

  /**
   * Opens a store.
   *
   * @param directory the store's own directory; created if it is not there
   * @throws TokenStoreException if the directory cannot be created or used, belongs to another
   *     user, or others can write to it
   * @throws IllegalArgumentException if it is not on the machine's own file system
   */
  public static FileTokenStore open(Path directory) {
    boolean posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    return open(
        directory, new Disk.Local(posix), LONGEST_WAIT, nap -> NANOSECONDS.sleep(nap.toNanos()));
  }

  static FileTokenStore open(Path directory, Disk disk, Duration longestWait, StripeLocks.Nap nap) {
    return new FileTokenStore(
        StoreDirectory.open(directory, disk), new StripeLocks(longestWait, nap));
  }

  @Override
  public Row read(ConnectionKey key) {
    RowFiles files = directory.row(key.id());
    Row row = current(key, files);
    try {
      return row.asOf(directory.now());
    } catch (IOException e) {
      throw failed("read", key, files, e);
    }
  }

  /** Returns a row, at no time. */
  private Row current(ConnectionKey key, RowFiles files) {
    try {
      Row row = files.read();
      return row == null ? current(key, files, oldFiles.has(key.id())) : row;
    } catch (IllegalArgumentException e) {
      throw unreadable(key, files, e);
    } catch (IOException e) {
      throw failed("read", key, files, e);
    }
  }

  /** Looks again, since an old file that is not there may have been moved just now. */
  private Row current(ConnectionKey key, RowFiles files, boolean isOld) throws IOException {
    if (isOld) {
      throw notMigrated(key);
    }
    Row row = files.read();
    return row == null ? Row.absent(key, RowFiles.UNTIMED) : row;
  }

  @Override
  public boolean write(ConnectionKey key, Row.Revision expected, Row.Change next) {
    String id = key.id();
    RowFiles files = directory.row(id);
    try {
      directory.createStripe(id);
    } catch (IOException e) {
      throw failed("written", key, files, e);
    }
    return locks.exclusively(directory.lock(id), () -> isWritten(key, files, expected, next));
  }

  private boolean isWritten(
      ConnectionKey key, RowFiles files, Row.Revision expected, Row.Change next) {
    Row row = current(key, files);
    if (!row.revision().equals(expected)) {
      return false;
    }
    if (next.isRemoval()) {
      remove(key, files);
    } else {
      replace(key, files, row, next);
    }
    return true;
  }

  private static void replace(ConnectionKey key, RowFiles files, Row row, Row.Change next) {
    Row draft =
        next.lease() instanceof LeaseChange.Hold
            ? leasedDraft(key, files, now -> row.changed(next, now))
            : draft(key, files, now -> row.changed(next, now));
    try {
      files.commit();
    } catch (IOException e) {
      throw unknown("written", key, files, e);
    }
    if (draft.lease() == null) {
      files.deleteSpare();
    }
  }

  /** Also takes the space for the write that will end the lease. */
  private static Row leasedDraft(ConnectionKey key, RowFiles files, Function<StoreTime, Row> next) {
    try {
      Row draft = files.draft(next);
      files.reserve(draft);
      return draft;
    } catch (IOException e) {
      files.deleteDraft();
      throw failed("written", key, files, e);
    }
  }

  private static Row draft(ConnectionKey key, RowFiles files, Function<StoreTime, Row> next) {
    try {
      return files.draft(next);
    } catch (IOException e) {
      files.deleteDraft();
      return draftInSpare(key, files, next, e);
    }
  }

  private static Row draftInSpare(
      ConnectionKey key, RowFiles files, Function<StoreTime, Row> next, IOException cause) {
    try {
      Row draft = files.draftInSpare(next);
      LOG.warn(
          "The file {} took the space that was kept for it: {}", files.row(), cause.toString());
      return draft;
    } catch (IOException e) {
      cause.addSuppressed(e);
      throw failed("written", key, files, cause);
    }
  }

  private static void remove(ConnectionKey key, RowFiles files) {
    try {
      files.delete();
    } catch (IOException e) {
      throw unknown("deleted", key, files, e);
    }
    files.deleteDraft();
    files.deleteSpare();
  }

  /**
   * {@inheritDoc}
   *
   * <p>The order is that of {@link ConnectionKey#id()}.
   */
  @Override
  public List<Row> rows(RowFilter filter, @Nullable ConnectionKey after, int limit) {
    requireLimit(limit);
    String begin = after == null ? FIRST : after.id();
    List<Row> page = new ArrayList<>();
    try {
      directory.now(); // fails if the store is gone
      for (int shard = StoreDirectory.shardOf(begin);
          shard < StoreDirectory.SHARDS && page.size() < limit;
          shard++) {
        addFrom(directory.ids(shard, begin), filter, limit, page);
      }
      return page;
    } catch (IOException e) {
      throw notListed(e);
    }
  }

  private void addFrom(List<String> ids, RowFilter filter, int limit, List<Row> page)
      throws IOException {
    Iterator<String> rest = ids.iterator();
    while (rest.hasNext() && page.size() < limit) {
      Row row = directory.row(rest.next()).readable();
      Row timed = row == null ? null : row.asOf(directory.now());
      if (timed != null && filter.fits(timed)) {
        page.add(timed);
      }
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The index is the time of each row's file. If a copy of the directory did not keep those, a
   * walk puts them right, and sees the rows in their order from the next walk on.
   */
  @Override
  public List<Row> due(@Nullable Cursor after, int limit) {
    requireLimit(limit);
    try {
      return due.page(after, limit);
    } catch (IOException e) {
      throw notListed(e);
    }
  }

  private static void requireLimit(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a page holds one row or more, not " + limit);
    }
  }

  /**
   * Takes over the grants that an SDK before rows kept in this directory, in one file each. Their
   * rows have the state {@code OLD}, {@link com.withampersand.sdk.token.Version#OLD}, and what was
   * sealed as it is.
   *
   * <p>Stop the processes of the earlier version first; those that still run fail. This may be
   * called any number of times, and by several processes. A file that is not as it was written is
   * logged and stays; so does one whose grant has another row already.
   *
   * @return how many grants were taken over
   * @throws TokenStoreException if the store fails; what was taken over stays so
   */
  public int migrate() {
    try {
      return new Migration(directory, locks, oldFiles).run();
    } catch (IOException e) {
      throw new TokenStoreException(
          "The grants in " + directory.root() + " were not all taken over. Call migrate() again.",
          true,
          e);
    }
  }

  private static TokenStoreException failed(
      String what, ConnectionKey key, RowFiles files, IOException cause) {
    return new TokenStoreException(
        "The file "
            + files.row()
            + " of "
            + key
            + " could not be "
            + what
            + ". Nothing was changed.",
        true,
        cause);
  }

  private static TokenStoreException unknown(
      String what, ConnectionKey key, RowFiles files, IOException cause) {
    return new TokenStoreException(
        "The file "
            + files.row()
            + " of "
            + key
            + " may or may not have been "
            + what
            + ": read it again.",
        true,
        true,
        cause);
  }

  private static TokenStoreException unreadable(
      ConnectionKey key, RowFiles files, IllegalArgumentException cause) {
    return new TokenStoreException(
        "The file "
            + files.row()
            + " of "
            + key
            + " is not as it was written: "
            + cause.getMessage()
            + ". Nothing was changed. Restore it from a copy, or delete it: then the customer has"
            + " to connect again.",
        false,
        cause);
  }

  private TokenStoreException notMigrated(ConnectionKey key) {
    return new TokenStoreException(
        "The grant of "
            + key
            + " is in a file of an earlier version of the SDK, "
            + oldFiles.grant(key.id())
            + ". Call FileTokenStore.migrate() once.",
        false,
        null);
  }

  private TokenStoreException notListed(IOException cause) {
    return new TokenStoreException(
        "The token store " + directory.root() + " cannot be listed.", true, cause);
  }
}
