package com.withampersand.sdk.token.file;

import com.withampersand.sdk.token.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes rows of the files of the layout before rows. */
final class Migration {
  private static final Logger LOG = LoggerFactory.getLogger(Migration.class);

  private final StoreDirectory directory;
  private final StripeLocks locks;
  private final OldFiles oldFiles;

  Migration(StoreDirectory directory, StripeLocks locks, OldFiles oldFiles) {
    this.directory = directory;
    this.locks = locks;
    this.oldFiles = oldFiles;
  }

  /** Returns how many grants were taken over. */
  int run() throws IOException {
    oldFiles.deleteRest();
    int moved = 0;
    try {
      for (String id : oldFiles.ids()) {
        directory.createStripe(id);
        moved += locks.exclusively(directory.lock(id), () -> isMoved(id)) ? 1 : 0;
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    directory.disk().sync(directory.root());
    return moved;
  }

  private boolean isMoved(String id) {
    Row old = readable(id);
    try {
      return old != null && isMoved(id, directory.row(id), old);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file that cannot be read is logged: it must not keep others from being moved. */
  private @Nullable Row readable(String id) {
    try {
      return oldFiles.read(id, RowFiles.UNTIMED);
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("The file {} is left as it is: {}", oldFiles.grant(id), e.toString());
      return null;
    }
  }

  private boolean isMoved(String id, RowFiles files, Row old) throws IOException {
    if (files.exists() && !isSame(files.readable(), old)) {
      LOG.warn(
          "The file {} is left as it is: its grant has a newer row, {}. Delete the older one.",
          oldFiles.grant(id),
          files.row());
      return false;
    }
    if (!files.exists()) {
      files.draft(now -> OldFiles.row(old.key(), old.sealed(), now));
      files.commit();
    }
    oldFiles.delete(id);
    return true;
  }

  /** Tells whether a row was made of an old file before, by a process that was killed then. */
  private static boolean isSame(@Nullable Row row, Row old) {
    return row != null && Objects.equals(row.sealed(), old.sealed());
  }
}
