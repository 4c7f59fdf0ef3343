package com.withampersand.sdk.token.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** What is done to files. None of it follows a symbolic link. */
interface Disk {
  /**
   * Creates a file for its owner alone.
   *
   * @throws java.nio.file.FileAlreadyExistsException if there is anything of that name
   */
  FileChannel create(Path file) throws IOException;

  /** Opens a file that is there, for reading and writing. */
  FileChannel open(Path file) throws IOException;

  /** Creates a directory for its owner alone, with those above. */
  void createDirectories(Path directory) throws IOException;

  /** Gives a file another name, in one step, in place of what has that name. */
  void move(Path from, Path to) throws IOException;

  /** Sets the time at which a file was changed last. */
  void setTime(Path file, FileTime time) throws IOException;

  /** Brings the names in a directory to disk. */
  void sync(Path directory) throws IOException;

  /** The machine's own file system. */
  record Local(boolean posix) implements Disk {
    private static final FileAttribute<?>[] NONE = {};

    private FileAttribute<?>[] ownerOnly(String permissions) {
      return posix
          ? new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
          }
          : NONE;
    }

    @Override
    public FileChannel create(Path file) throws IOException {
      return FileChannel.open(
          file,
          Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
          ownerOnly("rw-------"));
    }

    @Override
    public FileChannel open(Path file) throws IOException {
      return FileChannel.open(
          file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
      Files.createDirectories(directory, ownerOnly("rwx------"));
    }

    @Override
    public void move(Path from, Path to) throws IOException {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void setTime(Path file, FileTime time) throws IOException {
      Files.getFileAttributeView(file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setTimes(time, null, null);
    }

    /** Elsewhere than on POSIX systems a directory cannot be opened. */
    @Override
    public void sync(Path directory) throws IOException {
      if (posix) {
        Uninterrupted.run(() -> isSynced(directory));
      }
    }

    private static boolean isSynced(Path directory) throws IOException {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
        return true;
      }
    }
  }
}
