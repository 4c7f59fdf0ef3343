package com.withampersand.sdk.token;

import com.withampersand.sdk.TokenStoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a directory, one for each grant. A file is named for the hash of the grant's key,
 * which suits every file system whatever the key holds, and is made of five lines: a heading, the
 * three parts of the key, none of which can hold a line's end, and the envelope.
 *
 * <p>Writing and deleting need the lock of the grant. Reading does not, since files are replaced in
 * one step.
 */
final class GrantFiles {
  private static final Logger LOG = LoggerFactory.getLogger(GrantFiles.class);
  private static final String HEADING = "ampersand grant 1";
  private static final String HASH = "[0-9a-f]{64}";
  private static final String FINISHED = ".grant";
  private static final String UNFINISHED = ".tmp";
  private static final String LOCK_FILE = "lock";
  private static final int LINES = 5;

  private final DurableDirectory directory;

  /**
   * Opens a directory, and creates it if it is not there.
   *
   * @throws TokenStoreException if it cannot be created
   */
  GrantFiles(Path path) {
    try {
      this.directory = DurableDirectory.open(path);
      directory.createIfMissing(LOCK_FILE);
    } catch (IOException e) {
      throw new TokenStoreException("The token store " + path + " cannot be opened.", true, e);
    }
  }

  /** Returns the real path of the lock file, which is there as long as the directory is. */
  Path lockFile() {
    return directory.path().resolve(LOCK_FILE);
  }

  static String hash(ConnectionKey key) {
    return HexFormat.of().formatHex(key.sha256());
  }

  Path path(ConnectionKey key) {
    return directory.path().resolve(hash(key) + FINISHED);
  }

  /**
   * Returns the envelope of a grant, if the grant is there.
   *
   * @throws TokenStoreException if its file or the directory cannot be read
   */
  Optional<String> read(ConnectionKey key) {
    Path file = path(key);
    try {
      return Optional.of(envelope(lines(file), key).orElseThrow(() -> unreadable(key, file)));
    } catch (NoSuchFileException e) {
      requireDirectory();
      return Optional.empty();
    } catch (IOException e) {
      throw failure("read", key, e);
    }
  }

  private static String[] lines(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n", -1);
  }

  private static Optional<String> envelope(String[] lines, ConnectionKey key) {
    return key(lines).filter(key::equals).map(same -> lines[LINES - 1]);
  }

  /** Returns the key in a file; empty if the file is not as it was written. */
  private static Optional<ConnectionKey> key(String[] lines) {
    if (lines.length != LINES + 1 || !lines[0].equals(HEADING) || !lines[LINES].isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new ConnectionKey(lines[1], lines[2], lines[3]));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static TokenStoreException unreadable(ConnectionKey key, Path file) {
    return new TokenStoreException(
        "The file "
            + file
            + " of the grant "
            + key
            + " is not as it was written: it was cut, altered or renamed. Nothing was changed; restore it, or save or delete the grant.",
        false,
        null);
  }

  /** A missing grant is an everyday matter; a missing disk must not look like one. */
  private void requireDirectory() {
    if (Files.notExists(lockFile())) {
      throw new TokenStoreException(
          "The token store " + directory.path() + " is gone: its lock file is not there.",
          true,
          null);
    }
  }

  void write(ConnectionKey key, String envelope) {
    String text =
        String.join("\n", HEADING, key.provider(), key.groupRef(), key.consumerRef(), envelope, "");
    String hash = hash(key);
    try {
      directory.replace(hash + FINISHED, hash + UNFINISHED, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw failure("written", key, e);
    }
  }

  boolean delete(ConnectionKey key) {
    String hash = hash(key);
    try {
      directory.delete(hash + UNFINISHED);
      return directory.delete(hash + FINISHED);
    } catch (IOException e) {
      throw failure("deleted", key, e);
    }
  }

  private TokenStoreException failure(String what, ConnectionKey key, IOException cause) {
    return new TokenStoreException(
        "The file " + path(key) + " of the grant " + key + " could not be " + what + ".",
        true,
        cause);
  }

  /**
   * Returns the keys in the order of their hashes. A file that cannot be read is left out, and
   * logged: it must not keep those behind it from being seen.
   */
  List<ConnectionKey> keys(@Nullable ConnectionKey after, int limit) {
    String begin = after == null ? "" : hash(after);
    return hashes(FINISHED).stream()
        .filter(hash -> hash.compareTo(begin) > 0)
        .map(this::keyOf)
        .flatMap(Optional::stream)
        .limit(limit)
        .toList();
  }

  private Optional<ConnectionKey> keyOf(String hash) {
    Path file = directory.path().resolve(hash + FINISHED);
    try {
      Optional<ConnectionKey> key = key(lines(file)).filter(found -> hash(found).equals(hash));
      if (key.isEmpty()) {
        LOG.warn("{} is not as it was written, and its grant is left out of the list", file);
      }
      return key;
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new TokenStoreException("The file " + file + " could not be read.", true, e);
    }
  }

  /** Returns the hashes of the grants whose writers were killed, or are at it. */
  List<String> unfinished() {
    return hashes(UNFINISHED);
  }

  void deleteUnfinished(String hash) {
    try {
      directory.delete(hash + UNFINISHED);
    } catch (IOException e) {
      LOG.warn("What a killed process left in a token store could not be deleted", e);
    }
  }

  private List<String> hashes(String suffix) {
    try (Stream<Path> files = Files.list(directory.path())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches(HASH + "\\" + suffix))
          .map(name -> name.substring(0, name.length() - suffix.length()))
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new TokenStoreException(
          "The token store " + directory.path() + " cannot be listed.", true, e);
    }
  }
}
