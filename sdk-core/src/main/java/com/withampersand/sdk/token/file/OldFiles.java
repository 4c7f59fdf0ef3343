package com.withampersand.sdk.token.file;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.token.Row;
import com.withampersand.sdk.token.StoreTime;
import com.withampersand.sdk.token.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of the layout before rows: all in one directory, one for each grant, named for the hash
 * of the grant's key, and made of five lines: a heading, the three parts of the key, and the sealed
 * tokens.
 */
final class OldFiles {
  private static final String HEADING = "ampersand grant 1";
  private static final String STATE = "OLD";
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}\\.(grant|tmp)");
  private static final String GRANT = ".grant";
  private static final int LINES = 5;
  private static final StoreTime AT_ONCE = new StoreTime(0);

  private final Path root;

  OldFiles(Path root) {
    this.root = root;
  }

  /** Returns the lock file, without which no process of before works. */
  Path lock() {
    return root.resolve("lock");
  }

  Path grant(String id) {
    return root.resolve(id + GRANT);
  }

  boolean has(String id) {
    return Files.exists(grant(id), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Returns a grant as a row; null if there is none.
   *
   * @param now the store's time
   * @throws IllegalArgumentException if its file is not as it was written
   */
  @Nullable Row read(String id, StoreTime now) throws IOException {
    byte[] bytes = RowFiles.bytes(grant(id));
    return bytes == null ? null : row(id, bytes, now);
  }

  void delete(String id) throws IOException {
    Files.deleteIfExists(grant(id));
  }

  /** Returns the ids of the grants, in order. */
  List<String> ids() throws IOException {
    List<String> ids = new ArrayList<>();
    for (Path file : files()) {
      String name = file.getFileName().toString();
      if (name.endsWith(GRANT)) {
        ids.add(name.substring(0, name.length() - GRANT.length()));
      }
    }
    Collections.sort(ids);
    return ids;
  }

  /** Deletes the lock file, and what killed processes left unfinished. */
  void deleteRest() throws IOException {
    Files.deleteIfExists(lock());
    for (Path file : files()) {
      if (!file.getFileName().toString().endsWith(GRANT)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private List<Path> files() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(
            root, file -> NAME.matcher(file.getFileName().toString()).matches())) {
      files.forEach(found::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }

  private static Row row(String id, byte[] bytes, StoreTime now) {
    String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
    if (lines.length != LINES + 1 || !lines[0].equals(HEADING) || !lines[LINES].isEmpty()) {
      throw new IllegalArgumentException("it is cut or altered");
    }
    ConnectionKey key = new ConnectionKey(lines[1], lines[2], lines[3]);
    if (!key.id().equals(id)) {
      throw new IllegalArgumentException("it is the file of another grant");
    }
    return row(key, lines[4], now);
  }

  /** Returns the row of a grant that was sealed before rows. */
  static Row row(ConnectionKey key, @Nullable String sealed, StoreTime now) {
    return new Row(
        key,
        Row.Revision.random(),
        Version.OLD,
        null,
        STATE,
        null,
        null,
        0,
        now,
        now,
        now,
        AT_ONCE,
        now,
        sealed);
  }
}
