package com.withampersand.sdk.token.file;

import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.StoreTime;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one row: the row; a draft of the next, while it is written; and a spare, while the
 * row is leased.
 *
 * <p>The spare is space that is taken on the disk before anything is sent to the provider: when a
 * draft of the result finds the disk full, the result is written over the spare, which takes no
 * more space, and the spare becomes the row.
 *
 * <p>The time of the row's file is when a sweep should look at the row, by which due rows are found
 * without being opened. It never is later than what the row says.
 *
 * <p>All but reading needs the lock of the row's stripe.
 */
final class RowFiles {
  private static final Logger LOG = LoggerFactory.getLogger(RowFiles.class);

  /** The time of a row that was not asked for. */
  static final StoreTime UNTIMED = new StoreTime(0);

  private static final int MOST_TRIES = 20;
  private static final long NANOS_BETWEEN_TRIES = 10_000_000;
  private static final int LARGEST = 64 * 1024 * 1024;
  private static final int SMALLEST_SPARE = 16 * 1024;
  private static final String SPARE_HEADING = "ampersand spare ";

  /** Later times do not fit into all file systems. */
  private static final long LATEST_MILLIS = 4_102_444_800_000L; // the year 2100

  private final Path shard;
  private final String id;
  private final StoreDirectory directory;

  RowFiles(Path shard, String id, StoreDirectory directory) {
    this.shard = shard;
    this.id = id;
    this.directory = directory;
  }

  Path row() {
    return shard.resolve(id + ".row");
  }

  private Path draft() {
    return shard.resolve(id + ".tmp");
  }

  private Path spare() {
    return shard.resolve(id + ".spare");
  }

  boolean exists() {
    return Files.exists(row(), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Returns the row, at no time; null if there is none.
   *
   * @throws IllegalArgumentException if its file is not as it was written
   */
  @Nullable Row read() throws IOException {
    byte[] bytes = bytes(row());
    return bytes == null ? null : requireId(RowText.decode(bytes, UNTIMED));
  }

  private Row requireId(Row row) {
    if (!row.key().id().equals(id)) {
      throw new IllegalArgumentException("it is the file of another grant");
    }
    return row;
  }

  /**
   * Returns the row, at no time; null if there is none, and if it cannot be read: that is logged,
   * and must not keep other rows from being seen.
   */
  @Nullable Row readable() {
    try {
      return read();
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("The file {} cannot be read, and its grant is left out: {}", row(), e.toString());
      return null;
    }
  }

  /** Returns what is in a file; null if it is not there. */
  static byte @Nullable [] bytes(Path file) throws IOException {
    try {
      return Uninterrupted.run(() -> whole(file));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static byte[] whole(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      if (channel.size() > LARGEST) {
        throw new IOException("the file is larger than any row");
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
      readFully(channel, bytes);
      return bytes.array();
    }
  }

  private static void readFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
    }
  }

  /** Returns the time that the file of a row should have. */
  static StoreTime index(Row row) {
    return new StoreTime(Math.max(0, Math.min(row.lookAt().millis(), LATEST_MILLIS)));
  }

  /** Gives the row's file the time that it should have, and tells whether it had another. */
  boolean isIndexedAnew() throws IOException {
    Row row = readable();
    if (row == null || isIndexed(row)) {
      return false;
    }
    directory.disk().setTime(row(), FileTime.fromMillis(index(row).millis()));
    return isIndexed(row);
  }

  private boolean isIndexed(Row row) throws IOException {
    return StoreDirectory.modified(row()) == index(row).millis();
  }

  /**
   * Writes a row beside the one that is there, and returns it.
   *
   * @param next makes the row from the time of the write
   */
  Row draft(Function<StoreTime, Row> next) throws IOException {
    return Uninterrupted.run(
        () -> {
          Files.deleteIfExists(draft());
          try (FileChannel channel = directory.disk().create(draft())) {
            return write(channel, draft(), next);
          }
        });
  }

  /** Writes over an empty file or one that is long enough. */
  private Row write(FileChannel channel, Path file, Function<StoreTime, Row> next)
      throws IOException {
    Row row = next.apply(directory.timeOf(file));
    byte[] bytes = RowText.encode(row);
    if (bytes.length > LARGEST) {
      throw new IOException("the row is larger than any that can be read");
    }
    writeFully(channel, bytes);
    channel.truncate(bytes.length);
    directory.disk().setTime(file, FileTime.fromMillis(index(row).millis()));
    channel.force(true);
    return row;
  }

  private static void writeFully(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    channel.position(0);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Takes as much space as the result of a refresh may need, if it is not taken already. */
  void reserve(Row row) throws IOException {
    int size = RowText.encode(row).length;
    if (!Files.isRegularFile(spare(), LinkOption.NOFOLLOW_LINKS) || Files.size(spare()) < size) {
      Uninterrupted.run(() -> createSpare(Math.max(SMALLEST_SPARE, 2 * size)));
    }
  }

  private boolean createSpare(int size) throws IOException {
    Files.deleteIfExists(spare());
    try (FileChannel channel = directory.disk().create(spare())) {
      writeFully(channel, filler(size));
      channel.force(true);
      return true;
    } catch (IOException e) {
      deleteSpare();
      throw e;
    }
  }

  /** Returns what no file system stores in less space. */
  private byte[] filler(int size) {
    byte[] bytes = new byte[size];
    new SplittableRandom().nextBytes(bytes);
    byte[] heading = spareHeading();
    System.arraycopy(heading, 0, bytes, 0, heading.length);
    return bytes;
  }

  private byte[] spareHeading() {
    return (SPARE_HEADING + id + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Writes a row into the spare, and makes that the draft.
   *
   * @throws NoSuchFileException if there is no spare
   */
  Row draftInSpare(Function<StoreTime, Row> next) throws IOException {
    AtomicBoolean begun = new AtomicBoolean();
    Row row =
        Uninterrupted.run(
            () -> {
              try (FileChannel channel = directory.disk().open(spare())) {
                if (!begun.getAndSet(true)) {
                  requireSpare(channel);
                }
                channel.write(ByteBuffer.wrap(spareHeading()), 0); // for the time
                return write(channel, spare(), next);
              }
            });
    directory.disk().move(spare(), draft());
    return row;
  }

  /** Refuses any other file under the spare's name, by the very handle that is written to. */
  private void requireSpare(FileChannel channel) throws IOException {
    byte[] heading = spareHeading();
    ByteBuffer found = ByteBuffer.allocate(heading.length);
    readFully(channel, found);
    if (!Arrays.equals(found.array(), heading)) {
      throw new NoSuchFileException(spare().toString(), null, "it is not a spare");
    }
  }

  /** Puts the draft in the row's place. */
  void commit() throws IOException {
    for (int tries = 1; !isMoved(tries == MOST_TRIES); tries++) {
      LockSupport.parkNanos(NANOS_BETWEEN_TRIES);
    }
    sync();
  }

  /** Windows refuses to replace a file while another process reads it. */
  private boolean isMoved(boolean isLastTry) throws IOException {
    try {
      directory.disk().move(draft(), row());
      return true;
    } catch (AccessDeniedException e) {
      if (isLastTry) {
        throw e;
      }
      return false;
    }
  }

  private void sync() throws IOException {
    directory.disk().sync(shard);
  }

  /** Deletes the row. */
  void delete() throws IOException {
    Files.deleteIfExists(row());
    sync();
  }

  /** Deletes the draft. */
  void deleteDraft() {
    delete(draft());
  }

  /** Deletes the spare. */
  void deleteSpare() {
    delete(spare());
  }

  /** What is left costs space alone, and goes with the next write. */
  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.debug("The file {} is left", file, e);
    }
  }
}
