package com.withampersand.sdk.token;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A directory whose files are created for their owner alone, are replaced in one step, and are on
 * disk when a method returns. An interrupt does not keep a method from its work: what is to be
 * written may exist nowhere else.
 */
final class DurableDirectory {
  private static final FileAttribute<?>[] NONE = {};

  private final Path path;
  private final boolean posix;

  private DurableDirectory(Path path, boolean posix) {
    this.path = path;
    this.posix = posix;
  }

  /**
   * Opens a directory, and creates it if it is not there.
   *
   * @throws IllegalArgumentException if it is within an archive or the like
   */
  static DurableDirectory open(Path path) throws IOException {
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      throw new IllegalArgumentException(
          "files are locked and kept on the machine's own file system alone, not at " + path);
    }
    boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    boolean isNew = Files.notExists(path);
    Files.createDirectories(path, ownerOnly(posix, "rwx------"));
    DurableDirectory directory = new DurableDirectory(path.toRealPath(), posix);
    if (isNew) {
      directory.syncParents();
    }
    return directory;
  }

  private static FileAttribute<?>[] ownerOnly(boolean posix, String permissions) {
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : NONE;
  }

  /** Returns the real path. */
  Path path() {
    return path;
  }

  /** Creates an empty file, unless it is there; in that case it is not opened. */
  void createIfMissing(String name) throws IOException {
    try {
      create(path.resolve(name));
      sync(path);
    } catch (FileAlreadyExistsException e) {
      return; // as wanted
    }
  }

  private void create(Path file) throws IOException {
    Files.createFile(file, ownerOnly(posix, "rw-------"));
  }

  /**
   * Writes a file in place of the one that is there, if any. Whenever this ends, be it by a power
   * cut, there is the old one or the new one.
   *
   * @param unfinished the name of the file until it is written; what is left of an earlier try goes
   */
  void replace(String name, String unfinished, byte[] content) throws IOException {
    Path draft = path.resolve(unfinished);
    Files.deleteIfExists(draft);
    create(draft);
    // Not a channel: an interrupt would close it.
    try (FileOutputStream out = new FileOutputStream(draft.toFile())) {
      out.write(content);
      out.getFD().sync();
    }
    Files.move(draft, path.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    sync(path);
  }

  /** Deletes a file, and tells whether there was one. */
  boolean delete(String name) throws IOException {
    boolean deleted = Files.deleteIfExists(path.resolve(name));
    if (deleted) {
      sync(path);
    }
    return deleted;
  }

  private void syncParents() throws IOException {
    for (Path parent = path.getParent(); parent != null; parent = parent.getParent()) {
      sync(parent);
    }
  }

  /**
   * Brings the names in a directory to disk. Elsewhere than on POSIX systems it cannot be opened.
   */
  private void sync(Path directory) throws IOException {
    boolean interrupted = false;
    try {
      while (posix && !isSynced(directory)) {
        interrupted |= Thread.interrupted();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean isSynced(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
      return true;
    } catch (ClosedByInterruptException e) {
      return false;
    }
  }
}
